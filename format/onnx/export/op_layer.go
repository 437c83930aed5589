package export

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

func (w *writer) layer(l *format.Layer, in, out int) error {
	if !l.Cell.Recurrent() {
		return w.dense(l, in, out)
	}
	return w.recurrent(l, in, out)
}

// dense writes a product of each frame with a matrix.
func (w *writer) dense(l *format.Layer, in, out int) error {
	d := &l.Directions[0]
	p := l.Unpack(d)
	layout, t := w.any(in)
	t = w.node("MatMul", []string{t, w.floats("weight", d.Gates.DType == format.DTypeF16, transposed(p.WeightIH, l.InputSize), l.InputSize, l.HiddenSize)})
	if slices.ContainsFunc(p.BiasIH, func(v float32) bool { return v != 0 }) {
		t = w.node("Add", []string{t, w.floats("bias", false, p.BiasIH, l.HiddenSize)})
	}
	if len(d.Activations) > 0 {
		t = w.function(d.Activations[0], t)
	}
	w.set(out, layout, t)
	return nil
}

// transposed returns the transpose of a matrix of that many columns.
func transposed(rows []float32, columns int) []float32 {
	t := make([]float32, len(rows))
	n := len(rows) / columns
	for i, v := range rows {
		t[i%columns*n+i/columns] = v
	}
	return t
}

func (w *writer) embedding(e *format.Embedding, in, out int) error {
	table := make([]float32, 0, e.Tokens*e.Size)
	for token := range e.Tokens {
		for k := range e.Size {
			table = append(table, e.At(token, k))
		}
	}
	_, t := w.any(in)
	w.set(out, external, w.node("Gather", []string{w.floats("weight", e.DType == format.DTypeF16, table, e.Tokens, e.Size), t}))
	return nil
}
