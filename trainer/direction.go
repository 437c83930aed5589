package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// A direction runs one direction of a recurrent layer over a batch, and keeps
// what backward needs. It has what all kinds of layers have in common: the
// products of the gates with inputs and states, and the states that sequences
// carry from step to step. A row is a step of a sequence, as in [batch]; strides
// are in float32.
type direction struct {
	layer      *format.Layer
	cell       cell // what the layer's kind adds
	weights    *format.Weights
	int8       *int8Weights
	stateScale float32 // with which int8 weights read the states; 0: chosen for each
	reverse    bool

	units  int // padded hidden size, the stride of state rows
	ldacc  int // stride of accumulator rows
	ldgate int // stride of gate gradient rows

	stateSums int       // the accumulator where the sums with the state begin
	acc       []float32 // [rows][ldacc] accumulators, which become the gates' values
	folded    []float32 // [tokens][ldacc] what they start from, of the tokens of a fold
	h         []float32 // [rows][units]
	hprev     []float32 // [rows][units] state that the row started from
	hread     []float32 // [rows][units] the same with dropout, or hprev
	hin       []float32 // [rows][units] the same as the products read it: hread, or rounded
	drop      []float32 // [sequences][units] mask of the states that are read; empty: none

	// [sequences][units] the states after the last step. finalC is that of
	// cells, zeros if the layer has none.
	finalH, finalC []float32

	dinput   []float32 // [rows][ldgate] gradients of the sums, rows as Gates' for input columns
	dstate   []float32 // the same for state columns: dinput, unless the cell has them elsewhere
	dh, dc   []float32 // [sequences][units] gradients that flow back in time
	dread    []float32 // [sequences][units] the share of dh that comes by hread, with dropout
	hdropped []float32 // [rows][units] memory of hread
	hrounded []float32 // [rows][units] memory of hin
	integers []int8    // [hidden size, padded to 4] scratch
	squares  []float64 // see replica
}

// skew is added to the strides of rows that the kernels read column by column,
// so that a stride is no power of two, which would let few cache sets do all
// the work.
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

// grow returns a slice of n numbers, which is s if it has room. Its contents are
// arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// forward computes the states of a batch from its inputs, or from the fold of
// these unless that is nil. With carry the sequences start from the final states
// of the call before.
func (d *direction) forward(set *kernels.Set, b *batch, x *features, folded *fold, carry bool) {
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
		d.integers = grow(d.integers, padding.UpToQuad(d.layer.HiddenSize))
		d.hrounded = grow(d.hrounded, b.rows*d.units)
		d.hin = d.hrounded
	}
	d.cell.reserve(b.rows)
	if !carry || len(d.finalH) != n*d.units {
		d.start(n)
	}

	if folded != nil {
		d.folded = grow(d.folded, len(folded.tokens)*d.ldacc)
		d.sumInput(set, d.folded, &folded.features, len(folded.tokens))
		for r, i := range folded.index {
			copy(d.accumulators(r), d.folded[int(i)*d.ldacc:])
		}
	} else {
		d.sumInput(set, d.acc, x, b.rows)
	}

	for i := range b.active {
		t := i
		if d.reverse {
			t = len(b.active) - 1 - i
		}
		first, active := b.offset[t], b.active[t]
		state := d.rows(d.hprev, first, active)
		copy(state, d.finalH)
		if len(d.drop) > 0 {
			read := d.rows(d.hread, first, active)
			for k, v := range state {
				read[k] = v * d.drop[k]
			}
		}
		d.addStates(set, d.acc[first*d.ldacc+d.stateSums:], &d.weights.Gates, d.int8.state, d.hread, d.hin, first, active)
		d.cell.step(set, first, active)
		copy(d.finalH, d.rows(d.h, first, active))
	}
}

// sumInput sets rows of accumulators to the bias and the products with the
// inputs.
func (d *direction) sumInput(set *kernels.Set, acc []float32, x *features, rows int) {
	for r := range rows {
		copy(acc[r*d.ldacc:], d.weights.Bias)
	}
	x.addProducts(set, acc, d.ldacc, &d.weights.Gates, d.int8.input, d.layer.InputSize, rows)
	d.cell.sumInput(set, acc, x, rows)
}

// addStates adds to accumulators the products of m with the states of a step's
// rows. For int8 weights these are first rounded, to in.
func (d *direction) addStates(set *kernels.Set, acc []float32, m *format.Matrix, int8 *kernels.Int8, states, in []float32, first, active int) {
	if int8 == nil {
		w := packed(m)
		set.Product(acc, d.ldacc, &w, d.layer.InputSize, w.Depth, d.rows(states, first, active), d.units, active)
		return
	}
	for i := range active {
		row := acc[i*d.ldacc:]
		scale := roundRow(set, d.integers, d.rows(in, first+i, 1), d.rows(states, first+i, 1)[:d.layer.HiddenSize], d.stateScale)
		set.LinearInt8(row, row, int8, scale, d.integers, false)
	}
}

// rows returns n rows of units.
func (d *direction) rows(s []float32, first, n int) []float32 {
	return s[first*d.units : (first+n)*d.units]
}

// accumulators returns those of a row, without the padding of its stride.
func (d *direction) accumulators(row int) []float32 {
	return d.acc[row*d.ldacc:][:len(d.weights.Bias)]
}

// inputRow returns the gradients of a row's sums, as its input's columns have
// them.
func (d *direction) inputRow(row int) []float32 { return d.dinput[row*d.ldgate:][:d.ldgate] }

// start sets the states of n sequences to the model's initial ones.
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

// backward takes the gradients of the states, rows of dout with stride lddout,
// and those of the final states, dh and dc, which become those of the first
// ones. It adds the gradients of the weights to grad and those of the inputs to
// the rows of dx.
func (d *direction) backward(set *kernels.Set, t *transposed, b *batch, x []float32, ldx int,
	dout []float32, lddout int, grad *format.Weights, dx []float32, lddx int) {
	d.dinput = grow(d.dinput, b.rows*d.ldgate)
	d.dstate = d.dinput
	d.cell.reserveBackward(b.rows)

	for i := range b.active {
		step := len(b.active) - 1 - i
		if d.reverse {
			step = i
		}
		first, active := b.offset[step], b.active[step]
		if d.squares != nil {
			d.addSquares(d.squares, first, active, dout, lddout)
		}
		for s := range active {
			dh := d.rows(d.dh, s, 1)[:d.layer.HiddenSize]
			for u, g := range dout[(first+s)*lddout:][:len(dh)] {
				dh[u] += g
			}
		}
		d.cell.stepBackward(set, t, first, active)
		d.addRead(active, func(dread []float32) {
			set.Product(dread, d.units, &t.state, 0, t.state.Depth, d.dstate[first*d.ldgate:], d.ldgate, active)
		})
	}

	d.weightGradients(set, b, x, ldx, grad)
	if dx != nil {
		set.Product(dx, lddx, &t.input, 0, t.input.Depth, d.dinput, d.ldgate, b.rows)
		d.cell.inputGradients(set, t, dx, lddx, b.rows)
	}
}

// addRead adds to d.dh what add adds to the gradients of the states that active
// sequences read.
func (d *direction) addRead(active int, add func(dread []float32)) {
	if len(d.drop) == 0 {
		add(d.dh)
		return
	}
	d.dread = grow(d.dread, active*d.units)
	clear(d.dread)
	add(d.dread)
	for k, g := range d.dread {
		d.dh[k] += float32(g * d.drop[k])
	}
}

// weightGradients adds the gradients of the weights to grad.
func (d *direction) weightGradients(set *kernels.Set, b *batch, x []float32, ldx int, grad *format.Weights) {
	gates, tile := packed(&grad.Gates), grad.Gates.Tile
	set.Gram(&gates, 0, d.layer.InputSize, d.dinput, d.ldgate, tile, x, ldx, b.rows)
	set.Gram(&gates, d.layer.InputSize, gates.Depth, d.dstate, d.ldgate, tile, d.hin, d.units, b.rows)
	d.cell.weightGradients(set, b, x, ldx, grad)
}
