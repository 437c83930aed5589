package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// mapFlow applies a function to every number of a flow.
func (t *tracer) mapFlow(c *call, f *flow, a format.Activation) (*flow, error) {
	v, err := t.put(c, &format.Map{Function: a}, f.value)
	if err != nil {
		return nil, err
	}
	return f.with(v, f.shape, f.memory), nil
}

// mapAll applies functions one after the other to input 0.
func (t *tracer) mapAll(c *call, list ...format.Activation) ([]value, error) {
	f, err := t.settled(c, 0)
	for _, a := range list {
		if err != nil {
			return nil, err
		}
		f, err = t.mapFlow(c, f, a)
	}
	return one(f, err)
}

func scaledBy(factor float32) format.Activation {
	return format.Activation{Kind: format.ActivationAffine, Alpha: factor}
}

// selu evaluates Selu, which is gamma times Elu.
func (t *tracer) selu(c *call) ([]value, error) {
	alpha, err := c.floatAttribute("alpha", 1.67326319217681884765625)
	if err != nil {
		return nil, err
	}
	gamma, err := c.floatAttribute("gamma", 1.05070102214813232421875)
	if err != nil {
		return nil, err
	}
	return t.mapAll(c, format.Activation{Kind: format.ActivationELU, Alpha: alpha}, scaledBy(gamma))
}

// celu evaluates Celu, which is alpha times Elu of x/alpha.
func (t *tracer) celu(c *call) ([]value, error) {
	alpha, err := c.floatAttribute("alpha", 1)
	if err != nil {
		return nil, err
	}
	elu := format.Activation{Kind: format.ActivationELU, Alpha: 1}
	switch {
	case alpha == 1:
		return t.mapAll(c, elu)
	case !(alpha > 0):
		return nil, c.unsupported("with an alpha of %v", alpha)
	}
	return t.mapAll(c, scaledBy(1/alpha), elu, scaledBy(alpha))
}

// A multiple is a flow times a number.
type multiple struct {
	of *flow
	by float32
}

// sameAs reports whether two flows have the same numbers along the same axes.
func (f *flow) sameAs(g *flow) bool {
	return f.value == g.value && slices.Equal(f.shape, g.shape) && slices.Equal(f.memory, g.memory)
}

// multipleOf returns the flow of which another is a multiple.
func multipleOf(f *flow) multiple {
	if f.multiple.of == nil {
		return multiple{f, 1}
	}
	return f.multiple
}

// multiplied multiplies a flow with a number. A number that undoes the one before, as
// GELU's does, gives the original flow.
func (t *tracer) multiplied(c *call, f *flow, factor float32) (*flow, error) {
	m := multipleOf(f)
	m.by *= factor
	if m.by == 1 {
		return m.of, nil
	}
	r, err := t.mapFlow(c, f, scaledBy(factor))
	if err != nil {
		return nil, err
	}
	r.multiple = m
	return r, nil
}

// erf evaluates Erf as a part of GELU, x/2 · (1 + erf(x/√2)), its only supported use.
type erf struct {
	x   *flow // GELU's x
	one bool  // 1 was added
}

func (t *tracer) erf(c *call) ([]value, error) {
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	m := multipleOf(f)
	if math.Abs(float64(m.by)-math.Sqrt2/2) > 1e-6 {
		return nil, c.unsupported("of something other than x/√2, as in GELU")
	}
	return []value{&erf{x: m.of}}, nil
}

// scaled evaluates a product with a number or a division by one; nil: it is neither.
func (t *tracer) scaled(c *call, function format.BinaryFunction) (*flow, error) {
	for i := range 2 {
		a, ok := c.in[i].(*array)
		if !ok || len(a.shape) > rankOfFlow(c.in[1-i]) {
			continue
		}
		switch c.in[1-i].(type) {
		case *flow, *tensors:
		default:
			continue
		}
		f, err := t.settled(c, 1-i)
		if err != nil {
			return nil, err
		}
		n, ok := t.scalar(a)
		switch {
		case !ok || n == 0:
		case function == format.BinaryMul:
			return t.multiplied(c, f, n)
		case function == format.BinaryDiv && i == 1:
			m := multipleOf(f)
			if m.by /= n; m.by == 1 {
				return m.of, nil
			}
			v, err := t.put(c, &format.Constant{Frames: 1, Channels: 1, Data: []float32{n}})
			if err != nil {
				return nil, err
			}
			if v, err = t.put(c, &format.Binary{Function: function}, f.value, v); err != nil {
				return nil, err
			}
			r := f.with(v, f.shape, f.memory)
			r.multiple = m
			return r, nil
		}
	}
	return nil, nil
}

// erfBinary evaluates an operator of two values of which one is a part of GELU.
func (t *tracer) erfBinary(c *call, function format.BinaryFunction) (*flow, *erf, error) {
	for i := range 2 {
		e, ok := c.in[i].(*erf)
		if !ok {
			continue
		}
		if a, ok := c.in[1-i].(*array); ok && function == format.BinaryAdd && !e.one {
			if n, ok := t.scalar(a); ok && n == 1 {
				return nil, &erf{x: e.x, one: true}, nil
			}
		}
		if _, ok := c.in[1-i].(*array); !ok && function == format.BinaryMul && e.one {
			f, _, err := t.flow(c, 1-i)
			if err != nil {
				return nil, nil, err
			}
			if m := multipleOf(f); m.of.sameAs(e.x) {
				g, err := t.mapFlow(c, m.of, format.Activation{Kind: format.ActivationGELU})
				if err == nil {
					g, err = t.multiplied(c, g, 2*m.by)
				}
				return g, nil, err
			}
		}
		return nil, nil, c.unsupported("it uses Erf, but not as in GELU")
	}
	return nil, nil, nil
}

// logSoftmax evaluates LogSoftmax as x - max(x) - log Σ exp(x - max(x)), which is
// exact for numbers of any size.
func (t *tracer) logSoftmax(c *call) ([]value, error) {
	f, axes, err := t.softmaxAxes(c)
	if err != nil {
		return nil, err
	}
	if f.time >= 0 && slices.Contains(axes, f.time) {
		return nil, c.unsupported("over the steps of a sequence")
	}
	others := axesWithout(f.memory, axes)
	axes = f.withoutOnes(axes...)
	v, err := t.matrix(c, f, others, axes)
	if err != nil {
		return nil, err
	}
	rows, n := f.size(others), f.size(axes)
	greatest, err := t.reshaped(v, rows*n, 1)
	if err != nil {
		return nil, err
	}
	if n > 1 {
		if greatest, err = t.put(c, &format.FramePool{Kernel: n, Stride: n}, greatest); err != nil {
			return nil, err
		}
	}
	if v, err = t.put(c, &format.Binary{Function: format.BinarySub}, v, greatest); err != nil {
		return nil, err
	}
	sum, err := t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationExp}}, v)
	if err != nil {
		return nil, err
	}
	if sum, err = t.sumOfChannels(c, sum, 1); err != nil {
		return nil, err
	}
	if sum, err = t.put(c, &format.Map{Function: format.Activation{Kind: format.ActivationLog}}, sum); err != nil {
		return nil, err
	}
	v, err = t.put(c, &format.Binary{Function: format.BinarySub}, v, sum)
	return one(f.with(v, f.shape, append(others, axes...)), err)
}

// sumOfChannels returns the sum of the channels of each frame, times a number.
func (t *tracer) sumOfChannels(c *call, v int, factor float32) (int, error) {
	n := t.shapes[v].Channels
	weight := make([]float32, n)
	for i := range weight {
		weight[i] = factor
	}
	return t.linear(c, v, n, 1, weight, nil)
}

// resize evaluates Resize and Upsample that repeat numbers a whole number of times.
func (t *tracer) resize(c *call) ([]value, error) {
	f, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	for name, usual := range map[string][]string{
		"mode": {"nearest"}, "nearest_mode": {"floor"}, "coordinate_transformation_mode": {"asymmetric"}, "keep_aspect_ratio_policy": {"stretch"},
	} {
		v, err := c.textAttribute(name, usual[0])
		if err != nil {
			return nil, err
		}
		if v != usual[0] {
			return nil, c.unsupported("with %s %s, want %s", name, quote(v), usual[0])
		}
	}
	for _, name := range []string{"cubic_coeff_a", "extrapolation_value"} { // of other modes
		if _, err := c.floatAttribute(name, 0); err != nil {
			return nil, err
		}
	}
	factors, err := t.resizeFactors(c, f)
	if err != nil {
		return nil, err
	}
	for k, n := range factors {
		if n == 1 {
			continue
		}
		// [before and axis][behind] → the numbers behind, so many times. An axis of
		// length 1 may lie anywhere, but behind that of time.
		memory := f.memory
		at := slices.Index(memory, k)
		if at < 0 {
			at = 0
			if f.time >= 0 && f.time != k && f.shape[f.time] > 1 {
				at = 1
			}
			memory = slices.Insert(slices.Clone(memory), at, k)
		}
		before, behind := memory[:at+1], memory[at+1:]
		v, err := t.reshaped(f.value, f.size(before), f.size(behind))
		if err != nil {
			return nil, err
		}
		parts := make([]int, n)
		for i := range parts {
			parts[i] = v
		}
		if v, err = t.put(c, &format.Concat{Axis: format.AxisChannels}, parts...); err != nil {
			return nil, err
		}
		shape := slices.Clone(f.shape)
		shape[k] *= n
		f = f.with(v, shape, memory)
	}
	return []value{f}, nil
}

// resizeFactors returns how many times Resize repeats each axis.
func (t *tracer) resizeFactors(c *call, f *flow) ([]int, error) {
	factors := make([]int, len(f.shape))
	scales := len(c.in) - 1
	if c.node.operator == "Resize" && c.model.opset >= 11 {
		scales = 2
	}
	if a, ok := c.input(scales).(*array); ok && a.isFloat() && a.length() == len(f.shape) {
		for k, v := range a.floats {
			factors[k] = int(v)
			if v != float32(factors[k]) || v < 1 || v > maxParts {
				return nil, c.unsupported("by a factor of %v, want a whole number", v)
			}
		}
		return factors, nil
	}
	sizes, given, err := c.list(3, "sizes")
	if err != nil {
		return nil, err
	}
	if !given || len(sizes) != len(f.shape) {
		return nil, c.unsupported("its sizes are not given")
	}
	for k, n := range sizes {
		if n < 1 || n%int64(f.shape[k]) != 0 || n/int64(f.shape[k]) > maxParts {
			return nil, c.unsupported("to the length %d of an axis of %d, want a multiple", n, f.shape[k])
		}
		factors[k] = int(n) / f.shape[k]
	}
	return factors, nil
}
