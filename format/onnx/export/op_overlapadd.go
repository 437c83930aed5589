package export

import "github.com/rnnrun/rnnrun/format"

// overlapAdd writes the sum of frames that overlap. A frame of K taps is cut into parts
// of one stride each; the parts of the same number of all frames lie side by side, and
// those of the next number begin a stride later.
func (w *writer) overlapAdd(o *format.OverlapAdd, in, out int) error {
	x, y := &w.values[in], &w.values[out]
	stride, channels := int64(o.Stride), int64(o.Channels)
	parts := (int64(o.Kernel) + stride - 1) / stride
	t, axis := "", int64(2)
	if o.Carry {
		t, axis = w.frames(in), 1
	} else {
		t = w.as(in, framed)
	}
	sum := ""
	for i := range parts {
		part := w.partOfFrames(t, o, axis, i, int64(x.Frames))
		if parts > 1 {
			part = w.node("Pad", []string{part, w.pads(int(axis)+2, int(axis), i*stride, (parts-1-i)*stride)})
		}
		if sum == "" {
			sum = part
		} else {
			sum = w.node("Add", []string{sum, part})
		}
	}
	behind := int64(o.Kernel) - stride
	if !o.Carry {
		if unused := parts*stride - int64(o.Kernel); unused > 0 {
			sum = w.part(sum, axis, 0, int64(y.Frames))
		}
		w.set(out, framed, sum)
		return nil
	}
	if behind > 0 {
		sum = w.carried(o, sum, (parts-1)*stride, behind)
	}
	w.set(out, framed, w.reshape(sum, 0, -1, int64(y.Frames), channels))
	return nil
}

// partOfFrames returns part i of all frames side by side, each of a stride.
func (w *writer) partOfFrames(t string, o *format.OverlapAdd, axis, i, frames int64) string {
	stride, channels := int64(o.Stride), int64(o.Channels)
	from, to := i*stride, min((i+1)*stride, int64(o.Kernel))
	if from > 0 || to < int64(o.Kernel) {
		t = w.part(t, axis+1, from*channels, to*channels)
	}
	if missing := (i+1)*stride - to; missing > 0 {
		t = w.node("Pad", []string{t, w.pads(int(axis)+2, int(axis)+1, 0, missing*channels)})
	}
	if axis == 1 {
		return w.reshape(t, 0, -1, channels)
	}
	return w.reshape(t, 0, 0, frames*stride, channels)
}

// pads returns the numbers that pad one of that many axes.
func (w *writer) pads(axes, axis int, before, after int64) string {
	list := make([]int64, 2*axes)
	list[axis], list[axes+axis] = before, after
	return w.ints(list...)
}

// carried returns the frames of the steps, without the surplus ones after them, whose
// number is given. In a stream the surplus is the state, which is added to the first
// frames.
func (w *writer) carried(o *format.OverlapAdd, sum string, there, behind int64) string {
	if !w.stream {
		return w.part(sum, 1, 0, -there)
	}
	before, next := w.state("frames", nil, sequences, int(behind), o.Channels)
	length := w.part(w.node("Shape", []string{sum}), 0, 1, 2)
	rest := w.node("Sub", []string{length, w.ints(behind)})
	before = w.node("Pad", []string{before, w.node("Concat", []string{w.ints(0, 0, 0, 0), rest, w.ints(0)}, "axis", 0)})
	sum = w.node("Add", []string{sum, before})
	tail := w.part(sum, 1, -there, endOfAxis)
	if behind < there {
		tail = w.part(tail, 1, 0, behind)
	}
	next(tail)
	return w.part(sum, 1, 0, -there)
}
