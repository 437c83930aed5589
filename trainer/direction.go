package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// A direction runs one direction of a recurrent layer over a batch, and keeps
// the values that backward needs. It does what all kinds of layers share: the
// products of the gates with inputs and states, and the states that sequences
// carry from step to step. A row is a step of a sequence, as in [batch]; strides
// are in float32.
type direction struct {
	layer      *format.Layer
	cell       cell // the arithmetic of the layer's kind
	weights    *format.Weights
	int8       *int8Weights
	stateScale float32 // quantization scale of the states that int8 weights read; 0: chosen for each
	reverse    bool

	units  int // padded hidden size, the stride of state rows
	ldacc  int // stride of accumulator rows
	ldgate int // stride of gate gradient rows

	stateSums int       // index of the first accumulator of the state's products
	acc       []float32 // [rows][ldacc] accumulators, which become the gates' values
	folded    []float32 // [tokens][ldacc] the input's sums for the tokens of a fold
	h         []float32 // [rows][units]
	hprev     []float32 // [rows][units] state that the row started from
	hread     []float32 // [rows][units] the same with dropout, or hprev
	hin       []float32 // [rows][units] the same as the products read it: hread, or hread rounded
	drop      []float32 // [sequences][units] mask of the states that are read; empty: none

	// [sequences][units] the states after the last step. finalC is the cell
	// state, or zeros if the layer has none.
	finalH, finalC []float32

	dinput   []float32 // [rows][ldgate] gradients of the sums, in the order of the rows of Gates' input columns
	dstate   []float32 // the same for state columns: dinput, unless the cell has memory of its own
	dh, dc   []float32 // [sequences][units] gradients that flow back in time
	dread    []float32 // [sequences][units] the part of dh that comes through hread, with dropout
	hdropped []float32 // [rows][units] memory of hread
	hrounded []float32 // [rows][units] memory of hin
	integers []int8    // [sequences][hidden size, padded to 4] scratch
	squares  []float64 // see replica

	transposed *transposed // the weights as backward reads them
	dout       []float32   // [rows][lddout] gradients of h
	lddout     int
}

// skew is added to the strides of rows that the kernels read column by column,
// so that no stride is a power of two, with which all rows would compete for a
// few cache sets.
const skew = 16

func newDirection(l *format.Layer, d int, int8 *int8Weights) *direction {
	w := &l.Directions[d]
	n := &direction{
		layer: l, weights: w, int8: int8, reverse: d == 1,
		units:  kernels.Pad(l.HiddenSize),
		ldacc:  len(w.Bias) + skew,
		ldgate: w.Gates.Rows + w.Candidate.Rows + skew,
	}
	n.cell = opOf(l).newCell(n)
	return n
}

// grow returns a slice of length n, reusing s if it has room. Its contents are
// arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// prepare starts to compute the states of a batch from its inputs, or from their
// fold unless it is nil. With carry, the sequences start from the final states of
// the last call.
func (d *direction) prepare(c crew, b *batch, x *features, folded *fold, carry bool) {
	n := len(b.lengths)
	d.acc = grow(d.acc, b.rows*d.ldacc)
	d.h = grow(d.h, b.rows*d.units)
	d.hprev = grow(d.hprev, b.rows*d.units)
	if len(d.drop) > 0 {
		d.hdropped = grow(d.hdropped, b.rows*d.units)
		d.hread = d.hdropped
	} else {
		d.hread = d.hprev
	}
	d.hin = d.hread
	if d.int8.state != nil {
		d.integers = grow(d.integers, n*padding.UpToQuad(d.layer.HiddenSize))
		d.hrounded = grow(d.hrounded, b.rows*d.units)
		d.hin = d.hrounded
	}
	d.cell.reserve(b.rows)
	if !carry || len(d.finalH) != n*d.units {
		d.start(n)
	}

	if folded != nil {
		d.folded = grow(d.folded, len(folded.tokens)*d.ldacc)
		d.sumInput(c, d.folded, &folded.features, len(folded.tokens))
		for r, i := range folded.index {
			copy(d.accumulators(r), d.folded[int(i)*d.ldacc:])
		}
	} else {
		d.sumInput(c, d.acc, x, b.rows)
	}
}

// forward computes the states of sequences [from, to) of a prepared batch.
func (d *direction) forward(set *kernels.Set, b *batch, from, to int) {
	for i := range b.active {
		t := i
		if d.reverse {
			t = len(b.active) - 1 - i
		}
		s := b.span(t, from, to)
		if s.n == 0 {
			continue
		}
		state, finalH := d.rows(d.hprev, s.row, s.n), d.rows(d.finalH, s.sequence, s.n)
		copy(state, finalH)
		if len(d.drop) > 0 {
			read, drop := d.rows(d.hread, s.row, s.n), d.rows(d.drop, s.sequence, s.n)
			for k, v := range state {
				read[k] = v * drop[k]
			}
		}
		d.addStates(set, d.acc[s.row*d.ldacc+d.stateSums:], &d.weights.Gates, d.int8.state, d.hread, d.hin, s)
		d.cell.step(set, s)
		copy(finalH, d.rows(d.h, s.row, s.n))
	}
}

// sumInput sets rows of accumulators to the bias and the products with the
// inputs.
func (d *direction) sumInput(c crew, acc []float32, x *features, rows int) {
	for r := range rows {
		copy(acc[r*d.ldacc:], d.weights.Bias)
	}
	x.addProducts(c, acc, d.ldacc, &d.weights.Gates, d.int8.input, d.layer.InputSize, rows)
	d.cell.sumInput(c, acc, x, rows)
}

// addStates adds to accumulators the products of m with the states of sequences
// at a step. For int8 weights it first rounds the states to in.
func (d *direction) addStates(set *kernels.Set, acc []float32, m *format.Matrix, int8 *kernels.Int8, states, in []float32, s span) {
	if int8 == nil {
		w := packed(m)
		set.Product(acc, d.ldacc, &w, d.layer.InputSize, w.Depth, d.rows(states, s.row, s.n), d.units, s.n)
		return
	}
	width := padding.UpToQuad(d.layer.HiddenSize)
	for i := range s.n {
		row, integers := acc[i*d.ldacc:], d.integers[(s.sequence+i)*width:][:width]
		scale := roundRow(set, integers, d.rows(in, s.row+i, 1), d.rows(states, s.row+i, 1)[:d.layer.HiddenSize], d.stateScale)
		set.LinearInt8(row, row, int8, scale, integers, false)
	}
}

// rows returns n rows of units.
func (d *direction) rows(s []float32, first, n int) []float32 {
	return s[first*d.units : (first+n)*d.units]
}

// accumulators returns the accumulators of a row, without the padding of its
// stride.
func (d *direction) accumulators(row int) []float32 {
	return d.acc[row*d.ldacc:][:len(d.weights.Bias)]
}

// inputRow returns the gradients of a row's sums, in the order of the input
// columns.
func (d *direction) inputRow(row int) []float32 { return d.dinput[row*d.ldgate:][:d.ldgate] }

// start sets the states of n sequences to the model's initial states.
func (d *direction) start(n int) {
	d.finalH = grow(d.finalH, n*d.units)
	d.finalC = grow(d.finalC, n*d.units)
	clear(d.finalH)
	clear(d.finalC)
	for b := range n {
		copy(d.rows(d.finalH, b, 1), d.weights.H0)
		copy(d.rows(d.finalC, b, 1), d.weights.C0)
	}
}

// end sets the gradients of the final states of n sequences to zero.
func (d *direction) end(n int) {
	d.dh = grow(d.dh, n*d.units)
	d.dc = grow(d.dc, n*d.units)
	clear(d.dh)
	clear(d.dc)
}

// prepareBackward prepares for the gradients of a batch. dout has the gradients of
// the states, in rows with stride lddout. t has the transposed weights.
func (d *direction) prepareBackward(b *batch, t *transposed, dout []float32, lddout int) {
	n := len(b.lengths)
	d.transposed, d.dout, d.lddout = t, dout, lddout
	d.dinput = grow(d.dinput, b.rows*d.ldgate)
	d.dstate = d.dinput
	if len(d.drop) > 0 {
		d.dread = grow(d.dread, n*d.units)
	}
	d.cell.reserveBackward(b.rows, n)
}

// backward turns dh and dc, the gradients of the final states of sequences [from,
// to), into those of the initial states. It also computes the gradients of the
// sums.
func (d *direction) backward(set *kernels.Set, b *batch, from, to int) {
	state := &d.transposed.state
	for i := range b.active {
		t := len(b.active) - 1 - i
		if d.reverse {
			t = i
		}
		s := b.span(t, from, to)
		if s.n == 0 {
			continue
		}
		if d.squares != nil {
			d.addSquares(d.squares, s, d.dout, d.lddout)
		}
		for i := range s.n {
			dh := d.rows(d.dh, s.sequence+i, 1)[:d.layer.HiddenSize]
			for u, g := range d.dout[(s.row+i)*d.lddout:][:len(dh)] {
				dh[u] += g
			}
		}
		d.cell.stepBackward(set, d.transposed, s)
		d.addRead(s, func(dread []float32) {
			set.Product(dread, d.units, state, 0, state.Depth, d.dstate[s.row*d.ldgate:], d.ldgate, s.n)
		})
	}
}

// addRead adds gradients to d.dh. add adds them to the gradients of the states
// that sequences read at a step, which may be states after dropout.
func (d *direction) addRead(s span, add func(dread []float32)) {
	dh := d.rows(d.dh, s.sequence, s.n)
	if len(d.drop) == 0 {
		add(dh)
		return
	}
	dread, drop := d.rows(d.dread, s.sequence, s.n), d.rows(d.drop, s.sequence, s.n)
	clear(dread)
	add(dread)
	for k, g := range dread {
		dh[k] += float32(g * drop[k])
	}
}

// weightGradients adds the gradients of the weights to grad.
func (d *direction) weightGradients(c crew, b *batch, x []float32, ldx int, grad *format.Weights) {
	gates, tile := packed(&grad.Gates), grad.Gates.Tile
	c.gram(&gates, 0, d.layer.InputSize, d.dinput, d.ldgate, tile, x, ldx, b.rows)
	c.gram(&gates, d.layer.InputSize, gates.Depth, d.dstate, d.ldgate, tile, d.hin, d.units, b.rows)
	d.cell.weightGradients(c, b, x, ldx, grad)
}

// inputGradients adds the gradients of the inputs to rows of dx.
func (d *direction) inputGradients(c crew, dx []float32, lddx, rows int) {
	input := &d.transposed.input
	c.product(dx, lddx, input, 0, input.Depth, d.dinput, d.ldgate, rows)
	d.cell.inputGradients(c, d.transposed, dx, lddx, rows)
}
