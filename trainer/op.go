package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An op is all that training knows of one kind of recurrent layer. Each kind
// has a file of its own; [opOf] alone compares kinds.
type op interface {
	// initialize applies what an [Initialization] says about weights of this
	// kind beyond the matrices.
	initialize(z *Initialization, l *format.Layer, p *format.Plain)
	// biasCopies returns how many biases of the usual formulation the bias of
	// accumulator i is the sum of: see parameter.
	biasCopies(i int) float32
	// stateScale returns the scale with which int8 weights read the states;
	// 0: it is chosen for each state.
	stateScale() float32
	// newCell returns the arithmetic of a direction.
	newCell(d *direction) cell
}

// opOf returns the op of a layer; nil: layers of its kind are not trained.
func opOf(l *format.Layer) op {
	switch l.Cell {
	case format.CellRNN:
		return rnnOp{rectified: l.Variant == format.VariantReLU}
	case format.CellLSTM:
		return lstmOp{}
	case format.CellGRU:
		if l.Variant == format.VariantResetBefore {
			return gruBeforeOp{}
		}
		return gruOp{}
	}
	return nil
}

// A cell computes what differs between the kinds in a [direction]: how
// accumulators become states, and the derivatives. A cell owns the buffers that
// only it needs.
type cell interface {
	// reserve makes room for a batch of rows.
	reserve(rows int)
	// sumInput adds to rows of accumulators the products with inputs beyond
	// those of the gates.
	sumInput(c crew, acc []float32, x *features, rows int)
	// step computes the states of sequences at a step from their accumulators,
	// which have the gates' sums. Other sequences are computed at the same time.
	step(set *kernels.Set, s span)

	// reserveBackward makes room for the gradients of a batch of rows, which
	// are the steps of that many sequences.
	reserveBackward(rows, sequences int)
	// stepBackward turns the gradients of the states after a step, dh, into
	// those of the sums, and begins those of the states before it, which the
	// products with the transposed weights complete. Other sequences are
	// computed at the same time.
	stepBackward(set *kernels.Set, t *transposed, s span)
	// weightGradients adds the gradients of the weights beyond the gates'
	// matrix.
	weightGradients(c crew, b *batch, x []float32, ldx int, grad *format.Weights)
	// inputGradients adds the gradients that reach the inputs beyond those by
	// the gates.
	inputGradients(c crew, t *transposed, dx []float32, lddx, rows int)
}

// plainOp has what most kinds have in common.
type plainOp struct{}

func (plainOp) initialize(*Initialization, *format.Layer, *format.Plain) {}

// biasCopies is 2 for b_ih and b_hh, which meet in one sum.
func (plainOp) biasCopies(int) float32 { return 2 }

// stateScale is that of numbers within ±1.
func (plainOp) stateScale() float32 { return kernels.UnitScale }

// plainCell is a cell without weights but those of the gates and a bias, and
// without buffers.
type plainCell struct{ *direction }

func (plainCell) reserve(int) {}

func (plainCell) sumInput(crew, []float32, *features, int) {}

func (plainCell) reserveBackward(int, int) {}

func (p plainCell) weightGradients(c crew, b *batch, _ []float32, _ int, grad *format.Weights) {
	addBiasGradients(c.set, grad.Bias, p.dinput, p.ldgate, b.rows)
}

func (plainCell) inputGradients(crew, *transposed, []float32, int, int) {}

// addBiasGradients adds the sums of rows of gradients. A bias is the weight of
// an input that is always 1.
func addBiasGradients(set *kernels.Set, bias, gradients []float32, stride, rows int) {
	m := kernels.Matrix{Data: bias, Rows: len(bias), Depth: 1, Tile: kernels.TileRows}
	set.Gram(&m, 0, 1, gradients, stride, kernels.TileRows, []float32{1}, 0, rows)
}
