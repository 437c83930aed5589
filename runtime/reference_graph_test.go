package runtime_test

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A sequence value is a value of a graph at each step, or once for the whole
// sequence: [steps][frames*channels].
type sequenceValue [][]float64

// referenceGraph returns the outputs of a graph for a sequence of n steps, whose
// inputs are xs [input][n][size] of numbers or tokens [input][n][frames], computed in
// float64 directly from the definitions, with the model's weights. error is a
// relative error to add to every value of a node, to measure its effect.
func referenceGraph(g *format.Graph, n int, xs [][]float32, tokens [][]int32, error float64) []sequenceValue {
	values, err := g.Values()
	if err != nil {
		panic(err)
	}
	of := make([]sequenceValue, len(values))
	ids := make([][][]int32, len(values))
	for i, in := range g.Inputs {
		size := in.Frames * in.Channels
		for t := range n {
			if in.Tokens > 0 {
				ids[i] = append(ids[i], tokens[i][t*size:][:size])
			} else {
				of[i] = append(of[i], widen(xs[i][t*size:][:size]))
			}
		}
	}
	for i := range g.Nodes {
		node, at := &g.Nodes[i], len(g.Inputs)+i
		var in []sequenceValue
		var shapes []format.Value
		for _, v := range node.Inputs {
			in, shapes = append(in, of[v]), append(shapes, values[v])
		}
		if e, ok := node.Op.(*format.Embedding); ok {
			of[at] = referenceLookup(e, ids[node.Inputs[0]])
			continue
		}
		steps := n
		if !values[at].EachStep() {
			steps = 1
		}
		of[at] = referenceNode(node.Op, in, shapes, values[at], steps)
		for _, step := range of[at] {
			for k := range step {
				step[k] *= 1 + error*float64(1-2*(k%2))
			}
		}
	}
	var outputs []sequenceValue
	for _, out := range g.Outputs {
		outputs = append(outputs, of[out.Value])
	}
	return outputs
}

func referenceLookup(e *format.Embedding, ids [][]int32) (v sequenceValue) {
	for _, step := range ids {
		var row []float64
		for _, token := range step {
			for k := range e.Size {
				row = append(row, float64(e.At(int(token), k)))
			}
		}
		v = append(v, row)
	}
	return v
}

// referenceNode returns the value of an op.
func referenceNode(op format.Op, in []sequenceValue, shapes []format.Value, out format.Value, steps int) (v sequenceValue) {
	switch op := op.(type) {
	case *format.Layer:
		return referenceFrames(op, in[0], out.Frames)
	case *format.SequencePool:
		return sequenceValue{referenceSequencePool(op.Pool, in)}
	case *format.OverlapAdd:
		return referenceOverlapAdd(op, in[0], shapes[0].Frames, out.Size())
	case *format.Window:
		return referenceWindow(op, in[0], out.Channels)
	}
	for t := range steps {
		var xs [][]float64
		for _, x := range in {
			xs = append(xs, x[min(t, len(x)-1)]) // a Repeat reads a single step
		}
		v = append(v, referenceStepOf(op, xs, shapes, out))
	}
	return v
}

// referenceFrames runs a layer over the frames of all steps.
func referenceFrames(l *format.Layer, x sequenceValue, frames int) sequenceValue {
	var list [][]float64
	for _, step := range x {
		for t := range frames {
			list = append(list, step[t*l.InputSize:][:l.InputSize])
		}
	}
	out := make([][]float64, len(list))
	for d := range l.Directions {
		w := &l.Directions[d]
		p := l.Unpack(w)
		activations := l.Cell.Activations(l.Variant)
		if w.Activations != nil {
			activations = w.Activations
		}
		if !l.Cell.Recurrent() {
			for t, frame := range list {
				out[t] = affine(p.WeightIH, p.BiasIH, frame, 0, l.HiddenSize)
				if activations[0].Kind == format.ActivationSoftmax {
					out[t] = softmax(shifted(out[t]))
					continue
				}
				for i, v := range out[t] {
					out[t][i] = graphFunction(activations[0], v)
				}
			}
			continue
		}
		unpadded := func(v []float32, n int) []float64 {
			if v == nil {
				return make([]float64, n)
			}
			return widen(v[:n])
		}
		h, c := unpadded(w.H0, l.StateSize()), unpadded(w.C0, l.HiddenSize)
		for k := range list {
			t := k
			if d == 1 || l.Reverse {
				t = len(list) - 1 - k
			}
			h, c = referenceStep(l, activations, p, noRounding, list[t], h, c)
			out[t] = append(out[t], h...)
		}
	}
	v := make(sequenceValue, len(x))
	for i, frame := range out {
		v[i/frames] = append(v[i/frames], frame...)
	}
	return v
}

func referenceSequencePool(pool format.Pool, in []sequenceValue) []float64 {
	x := in[0]
	switch pool {
	case format.PoolFirst:
		return slices.Clone(x[0])
	case format.PoolLast:
		return slices.Clone(x[len(x)-1])
	case format.PoolAttention:
		var scores []float64
		for _, s := range in[1] {
			scores = append(scores, s[0])
		}
		sum := make([]float64, len(x[0]))
		for t, weight := range softmax(shifted(scores)) {
			for k, v := range x[t] {
				sum[k] += weight * v
			}
		}
		return sum
	}
	return referencePool(pool, x, nil)
}

// shifted returns x minus its greatest number.
func shifted(x []float64) []float64 {
	y, greatest := slices.Clone(x), slices.Max(x)
	for i := range y {
		y[i] -= greatest
	}
	return y
}

func referenceOverlapAdd(o *format.OverlapAdd, x sequenceValue, frames, size int) (v sequenceValue) {
	hop := o.Stride * o.Channels
	var rest []float64
	for _, step := range x {
		sum := make([]float64, (frames-1)*hop+o.Kernel*o.Channels)
		copy(sum, rest)
		for i, y := range step {
			frame, at := i/(o.Kernel*o.Channels), i%(o.Kernel*o.Channels)
			sum[frame*hop+at] += y
		}
		v = append(v, slices.Clone(sum[:size]))
		if o.Carry {
			rest = sum[size:]
		}
	}
	return v
}

func referenceWindow(w *format.Window, x sequenceValue, channels int) (v sequenceValue) {
	flat := make([]float64, w.Before*channels)
	for _, step := range x {
		flat = append(flat, step...)
	}
	flat = append(flat, make([]float64, w.After*channels)...)
	size := len(x[0])
	for t := range x {
		v = append(v, slices.Clone(flat[t*size:][:size+(w.Before+w.After)*channels]))
	}
	return v
}

// at returns number c of frame t of a value, or of its only frame or channel.
func at(x []float64, v format.Value, t, c int) float64 {
	return x[min(t, v.Frames-1)*v.Channels+min(c, v.Channels-1)]
}

// referenceStepOf returns the value of an op that reads a single step.
func referenceStepOf(op format.Op, x [][]float64, in []format.Value, out format.Value) []float64 {
	y := make([]float64, 0, out.Size())
	// each appends a number for every frame and channel.
	each := func(f func(t, c int) float64) []float64 {
		for t := range out.Frames {
			for c := range out.Channels {
				y = append(y, f(t, c))
			}
		}
		return y
	}
	switch op := op.(type) {
	case *format.Constant:
		return widen(op.Data)
	case *format.Conv:
		return each(func(t, o int) float64 {
			sum := float64(op.Bias[o])
			for k := range op.Kernel {
				for c := range op.InputSize {
					sum += float64(op.Weight.At(o, k*op.InputSize+c)) * at(x[0], in[0], t*op.Stride+k*op.Dilation, c)
				}
			}
			return sum
		})
	case *format.Depthwise:
		return each(func(t, c int) float64 {
			sum := float64(op.Bias[c])
			for k := range op.Kernel {
				sum += float64(op.Weight[k*op.Channels+c]) * at(x[0], in[0], t*op.Stride+k*op.Dilation, c)
			}
			return sum
		})
	case *format.Pad:
		return each(func(t, c int) float64 {
			if from := op.Source(t, in[0].Frames); from >= 0 {
				return at(x[0], in[0], from, c)
			}
			return float64(op.Value)
		})
	case *format.FramePool:
		return each(func(t, c int) float64 {
			v := at(x[0], in[0], t*op.Stride, c)
			for k := 1; k < op.Kernel; k++ {
				if next := at(x[0], in[0], t*op.Stride+k, c); op.Mean {
					v += next
				} else {
					v = max(v, next)
				}
			}
			if op.Mean {
				v /= float64(op.Kernel)
			}
			return v
		})
	case *format.Norm:
		return referenceNorm(op, x[0], out)
	case *format.Binary:
		return each(func(t, c int) float64 {
			a, b := at(x[0], in[0], t, c), at(x[1], in[1], t, c)
			switch op.Function {
			case format.BinarySub:
				return a - b
			case format.BinaryMul:
				return a * b
			case format.BinaryDiv:
				return a / b
			case format.BinaryMax:
				return max(a, b)
			case format.BinaryMin:
				return min(a, b)
			}
			return a + b
		})
	case *format.Concat:
		if op.Axis == format.AxisFrames {
			return slices.Concat(x...)
		}
		for t := range out.Frames {
			for i, v := range x {
				y = append(y, v[t*in[i].Channels:][:in[i].Channels]...)
			}
		}
		return y
	case *format.Slice:
		return each(func(t, c int) float64 {
			if op.Axis == format.AxisFrames {
				t = op.Start + t*op.Step
			} else {
				c = op.Start + c*op.Step
			}
			return at(x[0], in[0], t, c)
		})
	case *format.Reshape, *format.Repeat:
		return slices.Clone(x[0])
	case *format.Transpose:
		return each(func(t, c int) float64 { return at(x[0], in[0], c, t) })
	case *format.Map:
		if op.Function.Kind == format.ActivationSoftmax {
			for t := range out.Frames {
				y = append(y, softmax(shifted(x[0][t*out.Channels:][:out.Channels]))...)
			}
			return y
		}
		return each(func(t, c int) float64 { return graphFunction(op.Function, at(x[0], in[0], t, c)) })
	case *format.PReLU:
		return each(func(t, c int) float64 {
			if v := at(x[0], in[0], t, c); v >= 0 {
				return v
			}
			return at(x[0], in[0], t, c) * float64(op.Slope[c])
		})
	case *format.RFFT:
		return referenceRFFT(op, x[0], in[0].Channels, out)
	case *format.IRFFT:
		return referenceIRFFT(op, x[0], out)
	case *format.MatMul:
		return each(func(t, c int) float64 {
			sum := 0.0
			for k := range in[0].Channels {
				if op.Transposed {
					sum += at(x[0], in[0], t, k) * at(x[1], in[1], c, k)
				} else {
					sum += at(x[0], in[0], t, k) * at(x[1], in[1], k, c)
				}
			}
			return sum
		})
	}
	panic("an unknown op")
}

func referenceNorm(n *format.Norm, x []float64, v format.Value) []float64 {
	y := make([]float64, len(x))
	normalize := func(at func(i int) int, count int) {
		mean, squares := 0.0, 0.0
		if n.Kind == format.NormLayer || n.Kind == format.NormInstance {
			for i := range count {
				mean += x[at(i)] / float64(count)
			}
		}
		for i := range count {
			squares += (x[at(i)] - mean) * (x[at(i)] - mean)
		}
		by := math.Sqrt(squares/float64(count) + float64(n.Epsilon))
		if n.Kind == format.NormL2 {
			by = max(math.Sqrt(squares), float64(n.Epsilon))
		}
		for i := range count {
			y[at(i)] = (x[at(i)] - mean) / by
		}
	}
	if n.Kind == format.NormInstance {
		for c := range v.Channels {
			normalize(func(i int) int { return i*v.Channels + c }, v.Frames)
		}
	} else {
		for t := range v.Frames {
			normalize(func(i int) int { return t*v.Channels + i }, v.Channels)
		}
	}
	for i := range y {
		if n.Gain != nil {
			y[i] *= float64(n.Gain[i%v.Channels])
		}
		if n.Bias != nil {
			y[i] += float64(n.Bias[i%v.Channels])
		}
	}
	return y
}

// graphFunction returns the function of a Map.
func graphFunction(a format.Activation, x float64) float64 {
	switch a.Kind {
	case format.ActivationExp:
		return math.Exp(x)
	case format.ActivationLog:
		return math.Log(x)
	case format.ActivationSqrt:
		return math.Sqrt(x)
	case format.ActivationSquare:
		return x * x
	case format.ActivationAbs:
		return math.Abs(x)
	case format.ActivationReciprocal:
		return 1 / x
	case format.ActivationGELU:
		return x / 2 * (1 + math.Erf(x/math.Sqrt2))
	case format.ActivationGELUTanh:
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	case format.ActivationSiLU:
		return x * sigmoid(x)
	case format.ActivationHardSwish:
		return x * min(max(x/6+0.5, 0), 1)
	case format.ActivationClip:
		return min(max(x, float64(a.Alpha)), float64(a.Beta))
	case format.ActivationSin:
		return math.Sin(x)
	case format.ActivationCos:
		return math.Cos(x)
	case format.ActivationSign:
		switch {
		case x < 0:
			return -1
		case x > 0:
			return 1
		}
		return 0
	case format.ActivationFloor:
		return math.Floor(x)
	}
	return function(a, x)
}

// referenceGraphOutput applies a model's output function and normalization to a
// step of its only output.
func referenceGraphOutput(m *format.Model, x []float64) []float64 {
	y := slices.Clone(x)
	switch m.Output {
	case format.OutputSoftmax:
		return softmax(shifted(x))
	case format.OutputLogSoftmax:
		for i, v := range softmax(shifted(x)) {
			y[i] = math.Log(v)
		}
	case format.OutputSigmoid:
		for i, v := range x {
			y[i] = sigmoid(v)
		}
	case format.OutputArgMax:
		return []float64{float64(slices.Index(x, slices.Max(x)))}
	}
	if n := m.Normalization; n != nil {
		for i, scale := range n.OutputScale {
			y[i] = y[i]*float64(scale) + float64(n.OutputMean[i])
		}
	}
	return y
}
