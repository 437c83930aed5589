package export

import "github.com/rnnrun/rnnrun/format"

func (w *writer) norm(n *format.Norm, in, out int) error {
	l, t := w.any(in)
	switch n.Kind {
	case format.NormLayer:
		gain := n.Gain
		if gain == nil {
			gain = ones(n.Size)
		}
		inputs := []string{t, w.floats("weight", false, gain, n.Size)}
		if n.Bias != nil {
			inputs = append(inputs, w.floats("bias", false, n.Bias, n.Size))
		}
		w.set(out, l, w.node("LayerNormalization", inputs, "axis", -1, "epsilon", n.Epsilon))
		return nil
	case format.NormInstance:
		l, t = framed, w.as(in, framed)
		t = w.node("Sub", []string{t, w.node("ReduceMean", []string{t}, "axes", []int{2})})
		t = w.overRoot(t, n.Epsilon, 2)
	case format.NormRMS:
		t = w.overRoot(t, n.Epsilon, -1)
	case format.NormL2:
		length := w.node("ReduceL2", []string{t}, "axes", []int{-1})
		t = w.node("Div", []string{t, w.node("Max", []string{length, w.number(n.Epsilon)})})
	default:
		return w.refuse("the norm %v", n.Kind)
	}
	if n.Gain != nil {
		t = w.node("Mul", []string{t, w.floats("weight", false, n.Gain, n.Size)})
	}
	if n.Bias != nil {
		t = w.node("Add", []string{t, w.floats("bias", false, n.Bias, n.Size)})
	}
	w.set(out, l, t)
	return nil
}

// overRoot divides numbers by the root of the mean of their squares along an axis.
func (w *writer) overRoot(t string, epsilon float32, axis int) string {
	mean := w.node("ReduceMean", []string{w.node("Mul", []string{t, t})}, "axes", []int{axis})
	return w.node("Div", []string{t, w.node("Sqrt", []string{w.node("Add", []string{mean, w.number(epsilon)})})})
}

func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
