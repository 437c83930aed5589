package export

import "github.com/rnnrun/rnnrun/format"

// A window that a convolution writes.
type window struct {
	*format.Window
	in int
}

// window writes the frames around those of each step: it pads the frames of all
// steps with zeros or the state before and zeros after, and then takes those of
// each step.
func (w *writer) window(n *format.Window, in, out int) error {
	if w.slidesAlong(n, in, out) {
		w.windows[out] = window{n, in}
		return nil
	}
	x, y := &w.values[in], &w.values[out]
	t := w.frames(in)
	if w.stream {
		t = w.continued(n, in, t)
	} else {
		t = w.node("Pad", []string{t, w.ints(0, int64(n.Before), 0, 0, int64(n.After), 0)})
	}
	steps := w.node("Squeeze", []string{w.size(1), w.ints(0)})
	first := w.node("Mul", []string{w.node("Range", []string{w.whole(0), steps, w.whole(1)}), w.whole(int64(x.Frames))})
	each := make([]int64, y.Frames)
	for i := range each {
		each[i] = int64(i)
	}
	places := w.node("Add", []string{w.node("Unsqueeze", []string{first, w.ints(1)}), w.ints(each...)})
	w.set(out, framed, w.node("Gather", []string{t, places}, "axis", 1))
	return nil
}

// continued returns the frames of steps after those of the state.
func (w *writer) continued(n *format.Window, in int, t string) string {
	before, next := w.state("frames", nil, sequences, n.Before, w.values[in].Channels)
	t = w.node("Concat", []string{before, t}, "axis", 1)
	next(w.part(t, 1, int64(-n.Before), endOfAxis))
	return t
}

// endOfAxis is beyond the end of every axis.
const endOfAxis = 1<<63 - 1
