package runtime

import (
	"rnnrun/format"
	"rnnrun/kernels"
)

// A cell is a kind of recurrent layer in one of its forms.
type cell uint8

const (
	rnnTanh cell = iota
	rnnReLU
	lstm
	gruResetAfter
	gruResetBefore
)

func cellOf(l *format.Layer) cell {
	switch {
	case l.Cell == format.LSTM:
		return lstm
	case l.Variant == format.ResetAfter:
		return gruResetAfter
	case l.Variant == format.ResetBefore:
		return gruResetBefore
	case l.Variant == format.ReLU:
		return rnnReLU
	}
	return rnnTanh
}

// weights are the weights of one direction of a recurrent layer, bound to a
// kernel set. They are shared by all sessions.
type weights struct {
	set       *kernels.Set
	cell      cell
	input     int
	hidden    int
	gates     kernels.Matrix
	candidate kernels.Matrix // of a GRU with reset before
	bias      []float32      // what the accumulators start at
	h0, c0    []float32      // nil: zeros
	folded    *foldedTable   // of the first layer; nil: not folded
}

func bindWeights(set *kernels.Set, l *format.Layer, direction int) *weights {
	w := &l.Directions[direction]
	return &weights{
		set:       set,
		cell:      cellOf(l),
		input:     l.InputSize,
		hidden:    l.HiddenSize,
		gates:     bindMatrix(&w.Gates),
		candidate: bindMatrix(&w.Candidate),
		bias:      w.Bias,
		h0:        w.H0,
		c0:        w.C0,
	}
}

func bindMatrix(m *format.Matrix) kernels.Matrix {
	return kernels.Matrix{Data: m.Data, Rows: m.Rows, Depth: m.Depth, Tile: m.Tile}
}

// addInput adds the products of n inputs, which stand ldx apart, to their
// accumulators, which stand side by side.
func (w *weights) addInput(acc, x []float32, ldx, n int) {
	ld := len(w.bias)
	w.set.Product(acc, ld, &w.gates, 0, w.input, x, ldx, n)
	if w.cell == gruResetBefore {
		w.set.Product(acc[w.gates.Rows:], ld, &w.candidate, 0, w.input, x, ldx, n)
	}
}
