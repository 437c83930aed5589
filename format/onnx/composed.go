package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// These functions are an activation whose results are scaled and shifted.

// composed returns an activation of a stream times a factor, plus a term.
func (c *call) composed(a format.Activation, factor, term float64) (value, error) {
	v, err := c.activate(a)
	if err != nil || factor == 1 && term == 0 {
		return v, err
	}
	s := v.(*stream)
	n := s.width()
	return c.scaleAndShift(s, slices.Repeat([]float64{factor}, n), slices.Repeat([]float64{term}, n))
}

// selu is gamma · elu(x).
func selu(c *call) ([]value, error) {
	a := format.Activation{Kind: format.ActivationELU}
	var err error
	if a.Alpha, err = c.floatAttribute("alpha", 1.6732632); err != nil {
		return nil, err
	}
	gamma, err := c.floatAttribute("gamma", 1.050701)
	if err != nil {
		return nil, err
	}
	return one(c.composed(a, float64(gamma), 0))
}

// celu is elu(x) if its alpha is 1.
func celu(c *call) ([]value, error) {
	alpha, err := c.floatAttribute("alpha", 1)
	if err != nil {
		return nil, err
	}
	if alpha != 1 {
		return nil, c.unsupported("with an alpha of %v, want 1", alpha)
	}
	return one(c.activate(format.Activation{Kind: format.ActivationELU, Alpha: 1}))
}

// prelu is a LeakyRelu if it has one slope for all features.
func prelu(c *call) ([]value, error) {
	slope, err := c.array(1, "the slope")
	if err != nil {
		return nil, err
	}
	if !slope.isFloat() || !slope.uniform() {
		return nil, c.unsupported("with a slope for every feature, want one for all")
	}
	return one(c.activate(format.Activation{Kind: format.ActivationLeakyReLU, Alpha: slope.floats[0]}))
}

// clip is Relu if it only has the lower bound 0, and otherwise a HardSigmoid
// between two bounds.
func clip(c *call) ([]value, error) {
	bounds := [2]float32{float32(math.Inf(-1)), float32(math.Inf(1))}
	for i, name := range []string{"min", "max"} {
		var err error
		if c.model.opset < 11 {
			bounds[i], err = c.floatAttribute(name, bounds[i])
		} else {
			var a *array
			if a, err = c.array(1+i, name); a != nil && err == nil {
				if !a.isFloat() || a.length() != 1 {
					return nil, c.unsupported("%s is not a float", name)
				}
				bounds[i] = a.floats[0]
			}
		}
		if err != nil {
			return nil, err
		}
	}
	low, high := float64(bounds[0]), float64(bounds[1])
	switch {
	case low == 0 && (high == math.MaxFloat32 || math.IsInf(high, 1)):
		return one(c.activate(format.Activation{Kind: format.ActivationReLU}))
	case math.Abs(low) < math.MaxFloat32 && high < math.MaxFloat32 && low < high:
		a := format.Activation{Kind: format.ActivationHardSigmoid, Alpha: float32(1 / (high - low)), Beta: float32(-low / (high - low))}
		return one(c.composed(a, high-low, low))
	}
	return nil, c.unsupported("to the range from %v to %v, want two bounds, or only the lower bound 0", low, high)
}

// An absolute is |x|, or 1 + |x|: a part of softsign, which PyTorch writes as
// x / (1 + |x|).
type absolute struct {
	of   *stream
	plus bool
}

func abs(c *call) ([]value, error) {
	s, ok := c.in[0].(*stream)
	if !ok {
		return unary(func(x float32) float32 { return float32(math.Abs(float64(x))) })(c)
	}
	return []value{&absolute{of: s}}, nil
}

// softsign computes a part of x / (1 + |x|), and reports false if an operator of
// two inputs is not such a part.
func (c *call) softsign(operator string) (value, bool, error) {
	a, isFirst := c.in[0].(*absolute)
	b, isSecond := c.in[1].(*absolute)
	other := c.in[1]
	if isSecond {
		a, other = b, c.in[0]
	}
	if !isFirst && !isSecond {
		return nil, false, nil
	}
	if v, ok := other.(*array); ok && operator == "Add" && !a.plus && v.isFloat() && v.length() == 1 && v.floats[0] == 1 {
		return &absolute{of: a.of, plus: true}, true, nil
	}
	if s, ok := other.(*stream); ok && operator == "Div" && a.plus && isSecond && s == a.of {
		v, err := c.activate(format.Activation{Kind: format.ActivationSoftsign})
		return v, true, err
	}
	return nil, true, c.unsupported("of an absolute value, which is read in x / (1 + |x|) only")
}
