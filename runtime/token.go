package runtime

import (
	"sync/atomic"

	"github.com/rnnrun/rnnrun/format"
)

// The first layer's input product of a token is the same at every step, so it
// is computed once, and kept: a step then starts from a row of the folded
// table instead of the bias. The bits stay, as a row's sum is the same chain.
//
// It pays where the folded table is small, since it takes memory that the
// embedding's table does not (that one is mapped): it is made where it has at
// most foldLimit numbers, over the directions of the first layer.
const foldLimit = 1 << 20 / 4 // 1 MiB

type folding uint8

const (
	foldWhereItPays folding = iota
	foldAlways
	foldNever
)

func (f folding) pays(e *format.Embedding, directions []*weights) bool {
	if f != foldWhereItPays {
		return f == foldAlways
	}
	row := 0
	for _, w := range directions {
		row += len(w.bias)
	}
	return row <= foldLimit/e.Tokens
}

// A tokenTable gives the accumulators of one direction of the first layer after
// the input's product, by token. A row is filled by the first step that needs
// it, so loading a model costs nothing and memory is used by the tokens that
// occur.
type tokenTable struct {
	*embedding
	rows  []float32 // [Tokens][len(bias)]; nil: not kept
	state []atomic.Uint32
}

// The states of a row.
const (
	rowEmpty = iota
	rowBeingFilled
	rowReady
)

func newTokenTable(e *embedding, w *weights, fold bool) *tokenTable {
	t := &tokenTable{embedding: e}
	if fold {
		t.rows = floats(e.Tokens * len(w.bias))
		t.state = make([]atomic.Uint32, e.Tokens)
	}
	return t
}

// sums returns the accumulators of a token, which stand in d.acc where the
// table does not have them yet. No session ever waits for another: while one
// fills the row, the others compute it for themselves.
func (t *tokenTable) sums(d *direction, token int32) []float32 {
	if t.rows == nil {
		t.compute(d, token)
		return d.acc
	}
	row := t.rows[int(token)*len(d.acc):][:len(d.acc)]
	state := &t.state[token]
	if state.Load() == rowReady {
		return row
	}
	t.compute(d, token)
	if state.CompareAndSwap(rowEmpty, rowBeingFilled) {
		copy(row, d.acc)
		state.Store(rowReady)
	}
	return d.acc
}

// compute sets d.acc to the accumulators of a token. A row of an int8 table is
// a quantized input as it is.
func (t *tokenTable) compute(d *direction, token int32) {
	copy(d.acc, d.bias)
	if d.gates.input != nil && t.DType == format.DTypeInt8 {
		q, step := t.int8Row(token)
		d.addInt8(d.acc, q, step)
		return
	}
	d.addInput(d.acc, t.row(d.x, token), 0, 1)
}
