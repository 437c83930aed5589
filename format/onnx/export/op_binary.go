package export

import "github.com/rnnrun/rnnrun/format"

func (w *writer) binary(b *format.Binary, in []int, out int) error {
	operators := map[format.BinaryFunction]string{
		format.BinaryAdd: "Add", format.BinarySub: "Sub", format.BinaryMul: "Mul",
		format.BinaryDiv: "Div", format.BinaryMax: "Max", format.BinaryMin: "Min",
	}
	operator, ok := operators[b.Function]
	if !ok {
		return w.refuse("the function %v", b.Function)
	}
	l, tensors := w.common(in)
	w.set(out, l, w.node(operator, tensors))
	return nil
}

func (w *writer) constant(c *format.Constant, out int) error {
	w.values[out].tensors[framed] = w.floats("data", false, c.Data, c.Frames, c.Channels)
	return nil
}

func (w *writer) matMul(m *format.MatMul, in []int, out int) error {
	x, y := w.as(in[0], framed), w.as(in[1], framed)
	if m.Transposed {
		perm := []int{0, 1, 3, 2}
		if w.values[in[1]].constant() {
			perm = []int{1, 0}
		}
		y = w.transpose(y, perm...)
	}
	w.set(out, framed, w.node("MatMul", []string{x, y}))
	return nil
}
