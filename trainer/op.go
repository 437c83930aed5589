package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An op is everything that the package knows about one kind of recurrent layer.
// Each kind has a file of its own; only [opOf] tests the kind.
type op interface {
	// initialize applies the parts of an [Initialization] that only this kind
	// of layer has.
	initialize(z *Initialization, l *format.Layer, p *format.Plain)
	// biasCopies returns how many biases of the usual formulation add up to the
	// bias of accumulator i: see parameter.
	biasCopies(i int) float32
	// stateScale returns the quantization scale of the states that int8 weights
	// read; 0: it is chosen for each state.
	stateScale() float32
	// newCell returns the arithmetic of a direction.
	newCell(d *direction) cell
}

// opOf returns the op of a layer, or nil if layers of its kind cannot be
// trained.
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

// A cell computes the parts of a [direction] that depend on the kind of layer:
// the states from the accumulators, and the derivatives. It owns the buffers
// that only it needs.
type cell interface {
	// reserve makes room for a batch of rows.
	reserve(rows int)
	// sumInput adds to rows of accumulators the input products that are not
	// those of the gates.
	sumInput(c crew, acc []float32, x *features, rows int)
	// step computes the states of sequences at a step from their accumulators,
	// which hold the gates' sums. Other goroutines may compute other sequences.
	step(set *kernels.Set, s span)

	// reserveBackward makes room for the gradients of a batch with that many
	// rows and sequences.
	reserveBackward(rows, sequences int)
	// stepBackward turns the gradients of the states after a step, dh, into
	// those of the sums, and starts the gradients of the states before it,
	// which the products with the transposed weights complete. Other goroutines
	// may compute other sequences.
	stepBackward(set *kernels.Set, t *transposed, s span)
	// weightGradients adds the gradients of the weights that are not in the
	// gates' matrix.
	weightGradients(c crew, b *batch, x []float32, ldx int, grad *format.Weights)
	// inputGradients adds the gradients of the inputs that do not come through
	// the gates.
	inputGradients(c crew, t *transposed, dx []float32, lddx, rows int)
}

// plainOp has the methods that most kinds share.
type plainOp struct{}

func (plainOp) initialize(*Initialization, *format.Layer, *format.Plain) {}

// biasCopies is 2: the bias is the sum b_ih + b_hh.
func (plainOp) biasCopies(int) float32 { return 2 }

// stateScale is the scale for numbers within ±1.
func (plainOp) stateScale() float32 { return kernels.UnitScale }

// plainCell is a cell without buffers, and without weights other than the gates
// and a bias.
type plainCell struct{ *direction }

func (plainCell) reserve(int) {}

func (plainCell) sumInput(crew, []float32, *features, int) {}

func (plainCell) reserveBackward(int, int) {}

func (p plainCell) weightGradients(c crew, b *batch, _ []float32, _ int, grad *format.Weights) {
	addBiasGradients(c.set, grad.Bias, p.dinput, p.ldgate, b.rows)
}

func (plainCell) inputGradients(crew, *transposed, []float32, int, int) {}

// addBiasGradients adds the sums of rows of gradients to bias. A bias is the
// weight of an input that is always 1.
func addBiasGradients(set *kernels.Set, bias, gradients []float32, stride, rows int) {
	m := kernels.Matrix{Data: bias, Rows: len(bias), Depth: 1, Tile: kernels.TileRows}
	set.Gram(&m, 0, 1, gradients, stride, kernels.TileRows, []float32{1}, 0, rows)
}
