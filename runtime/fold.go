package runtime

import (
	"sync/atomic"

	"rnnrun/format"
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

// A foldedTable holds the accumulators of one direction of the first layer
// after the input's product, by token. A row is filled by the first step that
// needs it, so loading a model costs nothing and memory is used by the tokens
// that occur.
type foldedTable struct {
	*format.Embedding
	rows  []float32 // [Tokens][len(bias)]
	state []atomic.Uint32
}

// The states of a row.
const (
	rowEmpty = iota
	rowBeingFilled
	rowReady
)

func newFoldedTable(e *format.Embedding, w *weights) *foldedTable {
	return &foldedTable{
		Embedding: e,
		rows:      floats(e.Tokens * len(w.bias)),
		state:     make([]atomic.Uint32, e.Tokens),
	}
}

// row returns the accumulators of a token, which stand in acc where the table
// does not have them yet. No session ever waits for another: while one fills
// the row, the others compute it for themselves.
func (t *foldedTable) row(w *weights, acc []float32, token int32) []float32 {
	row := t.rows[int(token)*len(acc):][:len(acc)]
	state := &t.state[token]
	if state.Load() == rowReady {
		return row
	}
	copy(acc, w.bias)
	w.addInput(acc, t.Table[int(token)*t.Size:][:t.Size], 0, 1)
	if state.CompareAndSwap(rowEmpty, rowBeingFilled) {
		copy(row, acc)
		state.Store(rowReady)
	}
	return acc
}
