package modeltest

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

const (
	mostChannels = 48  // of a value of a random graph
	mostNumbers  = 160 // numbers in such a value
)

// graphOps are functions that each write a node of one kind, if a value fits. Rare kinds
// are listed twice. Only NewSeeds uses the last ones.
var graphOps = [...]func(w *graphWriter) bool{
	(*graphWriter).randomLayer, (*graphWriter).randomLayer, (*graphWriter).embedding, (*graphWriter).embedding, (*graphWriter).conv, (*graphWriter).depthwise,
	(*graphWriter).window, (*graphWriter).pad, (*graphWriter).framePool, (*graphWriter).sequencePool,
	(*graphWriter).norm, (*graphWriter).binary, (*graphWriter).concat, (*graphWriter).slice,
	(*graphWriter).reshape, (*graphWriter).transpose, (*graphWriter).repeat, (*graphWriter).mapped,
	(*graphWriter).prelu, (*graphWriter).constant, (*graphWriter).matMul, (*graphWriter).overlapAdd,
	(*graphWriter).rfft, (*graphWriter).irfft,
}

// newOps is the number of graphOps that only the graphs of NewSeeds have.
const newOps = 2

func (w *graphWriter) embedding() bool {
	for i, v := range w.values {
		if v.Tokens > 0 && (!w.traits[i].read || w.r.IntN(3) == 0) {
			w.embed(i)
			return true
		}
	}
	return false
}

// embed reads tokens with an embedding, which may have more tokens than the input.
func (w *graphWriter) embed(i int) {
	e := &format.Embedding{Tokens: w.values[i].Tokens + w.r.IntN(2), Size: 1 + w.r.IntN(9)}
	e.Table = uniform(w.r, e.Tokens*e.Size, 1)
	w.add(e, within(1), i)
}

func (w *graphWriter) randomLayer() bool {
	i := w.any(mostNumbers)
	if i >= 0 {
		w.layer(i)
	}
	return i >= 0
}

// layer reads a value with a layer: recurrent or dense, in any form.
func (w *graphWriter) layer(i int) int {
	v := w.values[i]
	i = w.tame(i, 8)
	s := Spec{Variant: format.VariantTanh, Input: v.Channels, Seed: w.r.Uint64()}
	if w.r.IntN(2) == 0 || !v.EachStep() {
		s.Below = 1 + w.r.IntN(12)
		s.DenseActivation = w.function(false).Canonical()
		if w.r.IntN(2) == 0 {
			s.DenseActivation = format.Activation{}
		}
	} else {
		cells := Cells()
		c := cells[w.r.IntN(len(cells))]
		s.Cell, s.Variant, s.Hidden = c.Cell, c.Variant, 1+w.r.IntN(10)
		s.InitialState = w.r.IntN(3) == 0
		w.special(&s)
	}
	l := s.Model().Layers[0]
	return w.add(&l, within(layerBound(&l, w.traits[i].bound)), i)
}

// special adds rare features to a recurrent layer.
func (w *graphWriter) special(s *Spec) {
	one := func() bool { return w.r.IntN(5) == 0 }
	if !w.streams {
		s.Bidirectional = w.r.IntN(3) == 0
		s.Reverse = !s.Bidirectional && one()
	}
	if one() {
		s.Clip = 2
	}
	if s.Cell.HasCellState() {
		s.Peephole, s.InputForget = one(), one()
		if one() {
			s.Projection = 1 + w.r.IntN(s.Hidden)
		}
	}
	if s.Cell.Activations(s.Variant)[0].Kind != format.ActivationReLU && one() {
		s.Activations = [3]format.Activation{format.ActivationHardSigmoid.Default(), format.ActivationSoftsign.Default(), format.ActivationELU.Default()}
	}
}

// layerBound returns a bound of the outputs of a layer.
func layerBound(l *format.Layer, in float64) float64 {
	if l.Bounded() {
		return 1
	}
	return 2*in*math.Sqrt(float64(l.InputSize)) + 2
}

func (w *graphWriter) conv() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	v := w.values[i]
	kernel, stride, dilation := w.kernel(v.Frames)
	outputs := 1 + w.r.IntN(10)
	bound := 1 / math.Sqrt(float64(v.Channels*kernel))
	c, err := format.PackConv(v.Channels, outputs, kernel, stride, dilation, uniform(w.r, outputs*v.Channels*kernel, bound), uniform(w.r, outputs, bound))
	if err != nil {
		panic(err)
	}
	i = w.tame(i, 8)
	w.add(c, within(w.traits[i].bound/bound+1), i)
	return true
}

func (w *graphWriter) depthwise() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	v := w.values[i]
	d := &format.Depthwise{Channels: v.Channels}
	d.Kernel, d.Stride, d.Dilation = w.kernel(v.Frames)
	d.Weight, d.Bias = uniform(w.r, d.Kernel*d.Channels, 1), uniform(w.r, d.Channels, 1)
	i = w.tame(i, 8)
	w.add(d, within(w.traits[i].bound*float64(d.Kernel)+1), i)
	return true
}

// kernel returns a random kernel that fits into that many frames.
func (w *graphWriter) kernel(frames int) (kernel, stride, dilation int) {
	kernel = 1 + w.r.IntN(min(frames, 4))
	stride, dilation = 1+w.r.IntN(3), 1
	if kernel > 1 {
		dilation = 1 + w.r.IntN((frames-1)/(kernel-1))
	}
	return kernel, stride, dilation
}

func (w *graphWriter) window() bool {
	i := w.pick(func(v format.Value) bool { return v.EachStep() && v.Size() <= mostNumbers/2 })
	if i < 0 {
		return false
	}
	n := &format.Window{Before: 1 + w.r.IntN(3)}
	if !w.streams && w.r.IntN(2) == 0 {
		n.Before, n.After = w.r.IntN(3), 1+w.r.IntN(2)
	}
	w.add(n, w.moved(i), i)
	return true
}

func (w *graphWriter) pad() bool {
	i := w.any(mostNumbers / 2)
	if i < 0 {
		return false
	}
	v := w.values[i]
	p := &format.Pad{Mode: format.PadMode(w.r.IntN(4))}
	most := 3
	switch p.Mode {
	case format.PadReflect:
		if most = v.Frames - 1; most == 0 {
			return false
		}
	case format.PadWrap:
		most = v.Frames
	case format.PadConstant:
		p.Value = float32(w.r.IntN(3)) - 1
	}
	most = min(most, 3)
	p.Before = w.r.IntN(most + 1)
	if p.After = w.r.IntN(most + 1); p.Before+p.After == 0 {
		p.After = 1
	}
	t := w.moved(i)
	t.bound = max(t.bound, 1)
	w.add(p, t, i)
	return true
}

func (w *graphWriter) framePool() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	p := &format.FramePool{Mean: w.r.IntN(2) == 0}
	p.Kernel, p.Stride, _ = w.kernel(w.values[i].Frames)
	w.add(p, within(w.traits[i].bound), i)
	return true
}

func (w *graphWriter) sequencePool() bool {
	i := w.pick(func(v format.Value) bool { return v.EachStep() && v.Phase <= 2 && v.Size() <= mostNumbers })
	if i < 0 {
		return false
	}
	pools := [...]format.Pool{format.PoolFirst, format.PoolLast, format.PoolMax, format.PoolMean, format.PoolAttention}
	p := &format.SequencePool{Pool: pools[w.r.IntN(len(pools))]}
	reads := []int{i}
	if p.Pool == format.PoolAttention {
		reads = append(reads, w.score(i))
	}
	t := w.moved(i)
	t.exact = t.exact && (p.Pool == format.PoolFirst || p.Pool == format.PoolLast || p.Pool == format.PoolMax)
	w.add(p, t, reads...)
	return true
}

// score reduces a value to one number per step.
func (w *graphWriter) score(i int) int {
	if n := w.values[i].Size(); w.values[i].Frames > 1 {
		i = w.add(&format.Reshape{Frames: 1, Channels: n}, w.moved(i), i)
	}
	l := Spec{Variant: format.VariantTanh, Input: w.values[i].Channels, Below: 1, Seed: w.r.Uint64()}.Model().Layers[0]
	i = w.tame(i, 4)
	return w.add(&l, within(layerBound(&l, w.traits[i].bound)), i)
}

func (w *graphWriter) repeat() bool {
	if w.streams {
		return false
	}
	i := w.pick(func(v format.Value) bool { return !v.EachStep() })
	if i < 0 {
		return false
	}
	w.add(&format.Repeat{}, w.moved(i), i)
	return true
}

func (w *graphWriter) norm() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	v := w.values[i]
	n := &format.Norm{Kind: format.NormKind(w.r.IntN(4)), Epsilon: 0.25, Size: v.Channels}
	if w.r.IntN(2) == 0 {
		n.Gain = uniform(w.r, v.Channels, 1)
	}
	if w.r.IntN(2) == 0 {
		n.Bias = uniform(w.r, v.Channels, 1)
	}
	w.add(n, within(math.Sqrt(float64(v.Size()))+1), i)
	return true
}

// binary combines two values. The second may be a constant.
func (w *graphWriter) binary() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	v := w.values[i]
	fits := func(m, n, most int) bool { return m == n || m == 1 || n == 1 && m <= most }
	k := w.with(i, func(x format.Value) bool {
		return fits(x.Frames, v.Frames, 4) && fits(x.Channels, v.Channels, mostChannels/4)
	})
	if k < 0 || w.r.IntN(4) == 0 {
		shape := format.Value{Frames: v.Frames, Channels: v.Channels}
		if w.r.IntN(2) == 0 {
			shape.Frames = 1
		}
		if w.r.IntN(2) == 0 {
			shape.Channels = 1
		}
		k = w.numbers(shape)
	}
	b := &format.Binary{Function: format.BinaryFunction(w.r.IntN(6))}
	bound := max(w.traits[i].bound, w.traits[k].bound)
	switch b.Function {
	case format.BinaryAdd, format.BinarySub:
		bound = w.traits[i].bound + w.traits[k].bound
	case format.BinaryMul:
		i, k = w.tame(i, 8), w.tame(k, 8)
		bound = w.traits[i].bound * w.traits[k].bound
	case format.BinaryDiv:
		if w.values[k].Phase < 0 {
			b.Function = format.BinaryMul // the divisor would be a constant, which may be near 0
			break
		}
		k = w.clip(k, 0.5, 4)
		bound = 2 * w.traits[i].bound
	}
	if w.values[k].Phase >= 0 && w.r.IntN(2) == 0 && b.Function != format.BinaryDiv {
		i, k = k, i
	}
	w.add(b, within(bound), i, k)
	return true
}

// numbers adds a constant of a shape.
func (w *graphWriter) numbers(v format.Value) int {
	c := &format.Constant{Frames: v.Frames, Channels: v.Channels, Data: uniform(w.r, v.Size(), 1)}
	return w.add(c, within(1))
}

// constant concatenates a constant with a value, or multiplies a value by it.
func (w *graphWriter) constant() bool {
	i := w.pick(func(v format.Value) bool { return v.Size() <= mostNumbers/2 && v.Channels < mostChannels })
	if i < 0 {
		return false
	}
	v := w.values[i]
	if w.r.IntN(2) == 0 {
		columns := 1 + w.r.IntN(8)
		k := w.numbers(format.Value{Frames: v.Channels, Channels: columns})
		i = w.tame(i, 8)
		w.add(&format.MatMul{}, within(w.traits[i].bound*float64(v.Channels)), i, k)
		return true
	}
	k := w.numbers(format.Value{Frames: 1, Channels: v.Channels})
	t := traits{bound: max(1, w.traits[i].bound), exact: w.traits[i].exact}
	reads := []int{i, k}
	if w.r.IntN(2) == 0 {
		reads = []int{k, i}
	}
	w.add(&format.Concat{Axis: format.AxisFrames}, t, reads...)
	return true
}

func (w *graphWriter) concat() bool {
	i := w.any(mostNumbers / 3)
	if i < 0 {
		return false
	}
	v, axis := w.values[i], format.Axis(w.r.IntN(2))
	reads := []int{i}
	for range 1 + w.r.IntN(2) {
		if k := w.with(i, func(x format.Value) bool {
			if axis == format.AxisFrames {
				return x.Channels == v.Channels && x.Size() <= mostNumbers/3
			}
			return x.Frames == v.Frames && x.Channels <= mostChannels/2
		}); k >= 0 {
			reads = append(reads, k)
		}
	}
	if len(reads) < 2 {
		reads = append(reads, i)
	}
	w.add(&format.Concat{Axis: axis}, w.moved(reads...), reads...)
	return true
}

func (w *graphWriter) slice() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	v := w.values[i]
	s := &format.Slice{Axis: format.Axis(w.r.IntN(2)), Step: 1 + w.r.IntN(2)}
	size := v.Channels
	if s.Axis == format.AxisFrames {
		size = v.Frames
	}
	s.Count = 1 + w.r.IntN((size+s.Step-1)/s.Step)
	span := (s.Count - 1) * s.Step
	s.Start = w.r.IntN(size - span)
	if w.r.IntN(3) == 0 {
		s.Start, s.Step = s.Start+span, -s.Step
	}
	w.add(s, w.moved(i), i)
	return true
}

func (w *graphWriter) reshape() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	n := w.values[i].Size()
	frames := 1 + w.r.IntN(min(n, 16))
	for n%frames != 0 || n/frames > mostChannels && frames < n {
		frames = frames%n + 1
	}
	w.add(&format.Reshape{Frames: frames, Channels: n / frames}, w.moved(i), i)
	return true
}

func (w *graphWriter) transpose() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	w.add(&format.Transpose{}, w.moved(i), i)
	return true
}

// mapped applies a function to a value in its domain.
func (w *graphWriter) mapped() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	f := w.function(w.traits[i].exact)
	switch f.Kind {
	case format.ActivationNone:
		return false
	case format.ActivationLog, format.ActivationSqrt, format.ActivationReciprocal:
		i = w.clip(i, 0.5, 4)
	case format.ActivationExp, format.ActivationSquare:
		i = w.tame(i, 2)
	default:
		i = w.tame(i, 16)
	}
	w.add(&format.Map{Function: f}, within(max(8, w.traits[i].bound)), i)
	return true
}

// function returns a function, with random constants if it has any. Discontinuous
// functions are only for exact numbers; for others, it returns none that needs numbers in
// a range.
func (w *graphWriter) function(exact bool) format.Activation {
	kinds := 0
	for format.ActivationKind(kinds).Known() {
		kinds++
	}
	f := format.ActivationKind(w.r.IntN(kinds)).Default()
	switch f.Kind {
	case format.ActivationThresholdedReLU, format.ActivationSign, format.ActivationFloor:
		if !exact {
			return format.Activation{Kind: format.ActivationTanh}
		}
	case format.ActivationClip:
		f.Alpha, f.Beta = -1.5, 1.25
	case format.ActivationAffine:
		f.Alpha, f.Beta = 0.75, -0.5
	}
	return f
}

func (w *graphWriter) prelu() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	n := w.values[i].Channels
	w.add(&format.PReLU{Slope: uniform(w.r, n, 1), Size: n}, within(w.traits[i].bound), i)
	return true
}

// matMul multiplies two values of matching shapes, or a value by itself.
func (w *graphWriter) matMul() bool {
	i := w.pick(func(v format.Value) bool { return v.Frames <= 12 && v.Channels <= 24 })
	if i < 0 {
		return false
	}
	v, op := w.values[i], &format.MatMul{Transposed: w.r.IntN(2) == 0}
	k := w.with(i, func(x format.Value) bool {
		if op.Transposed {
			return x.Channels == v.Channels && x.Frames <= 12
		}
		return x.Frames == v.Channels && x.Channels <= 24
	})
	if k < 0 {
		k, op.Transposed = i, true
	}
	same := i == k
	i = w.tame(i, 2)
	if same {
		k = i
	} else {
		k = w.tame(k, 2)
	}
	w.add(op, within(4*float64(v.Channels)), i, k)
	return true
}

func (w *graphWriter) overlapAdd() bool {
	i := w.any(mostNumbers)
	if i < 0 {
		return false
	}
	v := w.values[i]
	op := &format.OverlapAdd{Kernel: 1 + w.r.IntN(4)}
	for v.Channels%op.Kernel != 0 {
		op.Kernel--
	}
	op.Channels = v.Channels / op.Kernel
	op.Stride = 1 + w.r.IntN(op.Kernel)
	op.Carry = v.EachStep() && w.r.IntN(2) == 0
	w.add(op, within(w.traits[i].bound*float64(op.Kernel)), i)
	return true
}

// windowFunction returns a window, or none.
func (w *graphWriter) windowFunction() format.WindowFunction {
	f := format.WindowFunction{Kind: format.WindowKind(w.r.IntN(4))}
	f.Symmetric = f.Kind != format.WindowNone && w.r.IntN(2) == 0
	return f
}

func (w *graphWriter) rfft() bool {
	i := w.pick(func(v format.Value) bool { return v.Size() <= mostNumbers/2 && v.Channels <= 16 })
	if i < 0 {
		return false
	}
	v := w.values[i]
	f := &format.RFFT{Window: w.windowFunction()}
	f.Kernel, f.Stride, _ = w.kernel(min(v.Frames, 40/v.Channels))
	for f.Size = f.Kernel*v.Channels + w.r.IntN(4); !format.FourierSize(f.Size); {
		f.Size++
	}
	i = w.tame(i, 8)
	w.add(f, within(w.traits[i].bound*float64(f.Kernel*v.Channels)), i)
	return true
}

func (w *graphWriter) irfft() bool {
	i := w.pick(func(v format.Value) bool { return v.Size() <= mostNumbers && format.FourierSize(v.Channels-2) })
	if i < 0 {
		return false
	}
	f := &format.IRFFT{Window: w.windowFunction(), Size: w.values[i].Channels - 2}
	f.Count = 1 + w.r.IntN(f.Size)
	w.add(f, within(2*w.traits[i].bound), i)
	return true
}
