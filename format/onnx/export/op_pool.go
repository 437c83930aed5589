package export

import "github.com/rnnrun/rnnrun/format"

// sequencePool writes a pool over the steps.
func (w *writer) sequencePool(p *format.SequencePool, in []int, out int) error {
	if w.stream {
		return w.refuse("a pool over all steps in a graph for streaming")
	}
	l, axis := framed, int64(1)
	if w.values[in[0]].Frames == 1 && w.values[in[0]].tensors[flat] != "" {
		l, axis = flat, 0
	}
	t := w.as(in[0], l)
	switch p.Pool {
	case format.PoolFirst:
		t = w.part(t, axis, 0, 1)
	case format.PoolLast:
		t = w.part(t, axis, -1, endOfAxis)
	case format.PoolMax:
		t = w.node("ReduceMax", []string{t}, "axes", []int{int(axis)})
	case format.PoolMean:
		t = w.node("ReduceMean", []string{t}, "axes", []int{int(axis)})
	case format.PoolAttention:
		weights := w.node("Softmax", []string{w.as(in[1], l)}, "axis", int(axis))
		t = w.node("ReduceSum", []string{w.node("Mul", []string{t, weights}), w.ints(axis)})
	default:
		return w.refuse("the pool %v", p.Pool)
	}
	w.set(out, l, t)
	return nil
}

// repeat writes a value of the sequence at each step.
func (w *writer) repeat(in, out int) error {
	shape := w.node("Concat", []string{w.ints(1), w.size(1), w.ints(1, 1)}, "axis", 0)
	w.set(out, framed, w.node("Expand", []string{w.as(in, framed), shape}))
	return nil
}
