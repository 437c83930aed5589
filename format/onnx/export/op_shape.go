package export

import "github.com/rnnrun/rnnrun/format"

func (w *writer) concat(c *format.Concat, in []int, out int) error {
	l, axis := framed, 2
	var tensors []string
	if c.Axis == format.AxisChannels {
		l, tensors = w.common(in)
		axis = -1
	} else {
		for _, v := range in {
			tensors = append(tensors, w.as(v, framed))
		}
	}
	like := ""
	for i, v := range in {
		if !w.values[v].constant() {
			like = tensors[i]
		}
	}
	for i, v := range in {
		if w.values[v].constant() {
			tensors[i] = w.everywhere(tensors[i], &w.values[v], l, like)
		}
	}
	w.set(out, l, w.node("Concat", tensors, "axis", axis))
	return nil
}

// everywhere returns a constant at every step of a tensor of that layout.
func (w *writer) everywhere(t string, x *value, l layout, like string) string {
	own := []int64{int64(x.Channels)}
	if l == framed {
		own = []int64{int64(x.Frames), int64(x.Channels)}
	}
	shape := w.node("Concat", []string{w.part(w.node("Shape", []string{like}), 0, 0, 2), w.ints(own...)}, "axis", 0)
	return w.node("Expand", []string{t, shape})
}

func (w *writer) slice(s *format.Slice, in, out int) error {
	l, t := framed, ""
	axis := int64(2)
	if s.Axis == format.AxisChannels {
		l, t = w.any(in)
		axis = -1
	} else {
		t = w.as(in, framed)
	}
	from, step := int64(s.Start), int64(s.Step)
	to := from + int64(s.Count)*step
	if to < 0 {
		to = -endOfAxis // in front of the first
	}
	inputs := []string{t, w.ints(from), w.ints(to), w.ints(axis)}
	if step != 1 {
		inputs = append(inputs, w.ints(step))
	}
	w.set(out, l, w.node("Slice", inputs))
	return nil
}

func (w *writer) reshaped(r *format.Reshape, in, out int) error {
	w.set(out, framed, w.reshape(w.as(in, framed), 0, 0, int64(r.Frames), int64(r.Channels)))
	return nil
}

func (w *writer) transposed(in, out int) error {
	w.set(out, framed, w.transpose(w.as(in, framed), 0, 1, 3, 2))
	return nil
}
