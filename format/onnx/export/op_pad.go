package export

import "github.com/rnnrun/rnnrun/format"

func (w *writer) pad(p *format.Pad, in, out int) error {
	t := w.as(in, framed)
	before, after, frames := int64(p.Before), int64(p.After), int64(w.values[in].Frames)
	if p.Mode == format.PadWrap { // comes with opset 19
		parts := []string{t}
		if before > 0 {
			parts = append([]string{w.part(t, 2, frames-before, frames)}, parts...)
		}
		if after > 0 {
			parts = append(parts, w.part(t, 2, 0, after))
		}
		w.set(out, framed, w.node("Concat", parts, "axis", 2))
		return nil
	}
	if p.Mode == format.PadConstant && w.pooled(out) {
		w.set(out, framed, w.node("Concat", w.padded(p, t, in), "axis", 2))
		return nil
	}
	inputs := []string{t, w.ints(0, 0, before, 0, 0, 0, after, 0)}
	modes := map[format.PadMode]string{format.PadConstant: "constant", format.PadReflect: "reflect", format.PadEdge: "edge"}
	if p.Mode == format.PadConstant {
		inputs = append(inputs, w.number(p.Value))
	}
	w.set(out, framed, w.node("Pad", inputs, "mode", modes[p.Mode]))
	return nil
}

// pooled reports whether a pool over frames reads the value. ONNX Runtime 1.30 merges
// a Pad into the pool after it, and then refuses a Pad as wide as the kernel.
func (w *writer) pooled(v int) bool {
	for _, n := range w.graph.Nodes {
		if _, ok := n.Op.(*format.FramePool); ok && n.Inputs[0] == v {
			return true
		}
	}
	return false
}

// padded returns the frames of a constant beside those of a tensor.
func (w *writer) padded(p *format.Pad, t string, in int) []string {
	parts := []string{t}
	add := func(frames int) string {
		data := make([]float32, frames*w.values[in].Channels)
		for i := range data {
			data[i] = p.Value
		}
		v := value{Value: format.Value{Frames: frames, Channels: w.values[in].Channels}}
		return w.everywhere(w.floats("value", false, data, v.Frames, v.Channels), &v, framed, t)
	}
	if p.Before > 0 {
		parts = append([]string{add(p.Before)}, parts...)
	}
	if p.After > 0 {
		parts = append(parts, add(p.After))
	}
	return parts
}
