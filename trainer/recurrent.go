package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A direction runs one direction of a recurrent layer over a batch, and keeps
// what its backward pass needs. A row is a step of a sequence, as in [batch];
// strides are in float32.
type direction struct {
	layer     *format.Layer
	weights   *format.Weights
	int8      *int8Weights
	stateStep float32 // of int8 weights: the step of the states they read; 0: chosen for each
	reverse   bool

	units  int // padded hidden size, the stride of state rows
	ldacc  int // stride of accumulator rows
	ldgate int // stride of gate gradient rows

	acc    []float32 // [rows][ldacc] accumulators, which become the gates' values
	folded []float32 // [tokens][ldacc] what they start from, of the tokens of a fold
	h      []float32 // [rows][units]
	hprev  []float32 // [rows][units] state that the row started from
	hread  []float32 // [rows][units] the same with dropout, or hprev
	hin    []float32 // [rows][units] the same as the products read it: hread, or rounded
	drop   []float32 // [sequences][units] mask of the states that are read; empty: none
	c      []float32 // [rows][units] of an LSTM
	cprev  []float32 // [rows][units]
	rh     []float32 // [rows][units] r*hread of a GRU with reset before
	rhin   []float32 // [rows][units] the same as the product reads it

	finalH, finalC []float32 // [sequences][units]

	dinput      []float32 // [rows][ldgate] gradients of the sums, rows as Gates' for input columns
	dstate      []float32 // the same for state columns: dinput, but of a GRU with reset after dresetAfter
	dresetAfter []float32 // [rows][ldgate]
	dh, dc      []float32 // [sequences][units] gradients that flow back in time
	dread       []float32 // [sequences][units] the part of dh that comes by hread, with dropout
	hdropped    []float32 // [rows][units] memory of hread
	hrounded    []float32 // [rows][units] memory of hin
	rhrounded   []float32 // [rows][units] memory of rhin
	integers    []int8    // [hidden size, padded to 4] scratch
	row         []float32 // scratch
	squares     []float64 // see pass
}

// skew is added to the strides of rows that the kernels read column by column,
// so that a stride is no power of two, which would let few cache sets do all
// the work.
const skew = 16

func newDirection(l *format.Layer, d int, int8 *int8Weights) *direction {
	w := &l.Directions[d]
	return &direction{
		layer: l, weights: w, int8: int8, reverse: d == 1,
		units:  kernels.Pad(l.HiddenSize),
		ldacc:  len(w.Bias) + skew,
		ldgate: w.Gates.Rows + w.Candidate.Rows + skew,
	}
}

// grow returns a slice of n numbers, which is s where it has room. Its
// contents are arbitrary.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// forward computes the states of a batch from its inputs, or where they are few
// tokens from these. With carry the
// sequences start from the final states of the call before.
func (d *direction) forward(set *kernels.Set, b *batch, x *features, folded *fold, carry bool) {
	l, w := d.layer, d.weights
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
	if l.Cell == format.CellLSTM {
		d.c = grow(d.c, b.rows*d.units)
		d.cprev = grow(d.cprev, b.rows*d.units)
	}
	if l.Variant == format.VariantResetBefore {
		d.rh = grow(d.rh, b.rows*d.units)
	}
	d.hin, d.rhin = d.hread, d.rh
	if d.int8.state != nil {
		d.integers = grow(d.integers, padQuad(l.HiddenSize))
		d.hrounded = grow(d.hrounded, b.rows*d.units)
		d.rhrounded = grow(d.rhrounded, len(d.rh))
		d.hin, d.rhin = d.hrounded, d.rhrounded
	}
	if !carry || len(d.finalH) != n*d.units {
		d.start(n)
	}

	if folded != nil {
		d.folded = grow(d.folded, len(folded.tokens)*d.ldacc)
		d.sumInput(set, d.folded, &folded.features, len(folded.tokens))
		for r, i := range folded.of {
			copy(d.acc[r*d.ldacc:], d.folded[int(i)*d.ldacc:][:len(w.Bias)])
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
		if l.Cell == format.CellLSTM {
			copy(d.rows(d.cprev, first, active), d.finalC)
		}
		d.addState(set, first, active)
		if l.Variant == format.VariantResetBefore {
			d.resetBefore(set, first, active)
		} else {
			for r := first; r < first+active; r++ {
				d.cell(set, r)
			}
		}
		copy(d.finalH, d.rows(d.h, first, active))
		if l.Cell == format.CellLSTM {
			copy(d.finalC, d.rows(d.c, first, active))
		}
	}
}

// sumInput sets rows of accumulators to the bias and the products with the
// inputs.
func (d *direction) sumInput(set *kernels.Set, acc []float32, x *features, rows int) {
	l, w := d.layer, d.weights
	for r := range rows {
		copy(acc[r*d.ldacc:], w.Bias)
	}
	if d.int8.input != nil {
		x.addInt8(set, acc, d.ldacc, d.int8.input, rows)
		if l.Variant == format.VariantResetBefore {
			x.addInt8(set, acc[w.Gates.Rows:], d.ldacc, d.int8.candidateInput, rows)
		}
		return
	}
	gates := packed(&w.Gates)
	set.Product(acc, d.ldacc, &gates, 0, l.InputSize, x.data, x.stride, rows)
	if l.Variant == format.VariantResetBefore {
		candidate := packed(&w.Candidate)
		set.Product(acc[gates.Rows:], d.ldacc, &candidate, 0, l.InputSize, x.data, x.stride, rows)
	}
}

// addState adds the products of the gates with the states that a step's rows
// read.
func (d *direction) addState(set *kernels.Set, first, active int) {
	acc := d.acc[first*d.ldacc:]
	if d.layer.Variant == format.VariantResetAfter {
		acc = acc[kernels.Lanes:]
	}
	d.addStates(set, acc, &d.weights.Gates, d.int8.state, d.hread, d.hin, first, active)
}

// addStates adds to accumulators the products of m with rows of states. Of int8
// weights these are rounded to what the products read, in.
func (d *direction) addStates(set *kernels.Set, acc []float32, m *format.Matrix, int8 *kernels.Int8, states, in []float32, first, active int) {
	if int8 == nil {
		w := packed(m)
		set.Product(acc, d.ldacc, &w, d.layer.InputSize, w.Depth, d.rows(states, first, active), d.units, active)
		return
	}
	for i := range active {
		row := acc[i*d.ldacc:]
		step := roundRow(set, d.integers, d.rows(in, first+i, 1), d.rows(states, first+i, 1)[:d.layer.HiddenSize], d.stateStep)
		set.LinearInt8(row, row, int8, step, d.integers, false)
	}
}

// rows returns n rows of units.
func (d *direction) rows(s []float32, first, n int) []float32 {
	return s[first*d.units : (first+n)*d.units]
}

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

// cell updates the state of a row from its accumulators.
func (d *direction) cell(set *kernels.Set, r int) {
	acc := d.acc[r*d.ldacc:][:len(d.weights.Bias)]
	h := d.rows(d.h, r, 1)
	switch {
	case d.layer.Cell == format.CellLSTM:
		set.LSTMCell(h, d.rows(d.c, r, 1), d.rows(d.cprev, r, 1), acc)
	case d.layer.Cell == format.CellGRU:
		set.GRUCell(h, d.rows(d.hprev, r, 1), acc)
	case d.layer.Variant == format.VariantReLU:
		set.ReLU(h, acc)
	default:
		set.Tanh(h, acc)
	}
}

// resetBefore finishes a step of a GRU with reset before the product.
func (d *direction) resetBefore(set *kernels.Set, first, active int) {
	u := d.units
	for r := first; r < first+active; r++ {
		rz := d.acc[r*d.ldacc:][:2*u]
		set.Sigmoid(rz, rz)
		set.Mul(d.rows(d.rh, r, 1), rz[:u], d.rows(d.hread, r, 1))
	}
	d.addStates(set, d.acc[first*d.ldacc+2*u:], &d.weights.Candidate, d.int8.candidateState, d.rh, d.rhin, first, active)
	for r := first; r < first+active; r++ {
		z := d.acc[r*d.ldacc+u:][:u]
		n := d.acc[r*d.ldacc+2*u:][:u]
		set.Tanh(n, n)
		set.Blend(d.rows(d.h, r, 1), z, d.rows(d.hprev, r, 1), n)
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
	l := d.layer
	d.dinput = grow(d.dinput, b.rows*d.ldgate)
	d.dstate = d.dinput
	if l.Variant == format.VariantResetAfter {
		d.dresetAfter = grow(d.dresetAfter, b.rows*d.ldgate)
		d.dstate = d.dresetAfter
	}
	d.row = grow(d.row, 2*d.units)

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
			d.cellBackward(set, first+s, s, dout[(first+s)*lddout:])
		}
		if l.Variant == format.VariantResetBefore {
			d.resetBeforeBackward(set, t, first, active)
		}
		d.addRead(active, func(dread []float32) {
			set.Product(dread, d.units, &t.state, 0, t.state.Depth, d.dstate[first*d.ldgate:], d.ldgate, active)
		})
	}

	d.weightGradients(set, b, x, ldx, grad)
	if dx != nil {
		set.Product(dx, lddx, &t.input, 0, t.input.Depth, d.dinput, d.ldgate, b.rows)
		if l.Variant == format.VariantResetBefore {
			set.Product(dx, lddx, &t.candidateInput, 0, t.candidateInput.Depth,
				d.dinput[d.weights.Gates.Rows:], d.ldgate, b.rows)
		}
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

var one = []float32{1}

func (d *direction) weightGradients(set *kernels.Set, b *batch, x []float32, ldx int, grad *format.Weights) {
	l := d.layer
	gates, tile := packed(&grad.Gates), grad.Gates.Tile
	set.Gram(&gates, 0, l.InputSize, d.dinput, d.ldgate, tile, x, ldx, b.rows)
	set.Gram(&gates, l.InputSize, gates.Depth, d.dstate, d.ldgate, tile, d.hin, d.units, b.rows)

	if l.Variant == format.VariantResetBefore {
		candidate, rows := packed(&grad.Candidate), d.dinput[gates.Rows:]
		set.Gram(&candidate, 0, l.InputSize, rows, d.ldgate, tile, x, ldx, b.rows)
		set.Gram(&candidate, l.InputSize, candidate.Depth, rows, d.ldgate, tile, d.rhin, d.units, b.rows)
	}

	// A bias is the weight of an input that is always 1.
	if l.Variant != format.VariantResetAfter {
		bias := kernels.Matrix{Data: grad.Bias, Rows: len(grad.Bias), Depth: 1, Tile: kernels.TileRows}
		set.Gram(&bias, 0, 1, d.dinput, d.ldgate, kernels.TileRows, one, 0, b.rows)
		return
	}
	sums := make([]float32, 2*gates.Rows)
	input := kernels.Matrix{Data: sums[:gates.Rows], Rows: gates.Rows, Depth: 1, Tile: tile}
	state := kernels.Matrix{Data: sums[gates.Rows:], Rows: gates.Rows, Depth: 1, Tile: tile}
	set.Gram(&input, 0, 1, d.dinput, d.ldgate, tile, one, 0, b.rows)
	set.Gram(&state, 0, 1, d.dstate, d.ldgate, tile, one, 0, b.rows)
	for i := range gates.Rows {
		// input rows n r z to accumulators nx r z, and state row n to nh
		unit, row := i/tile, i%tile
		grad.Bias[unit*kernels.TileRows+row] += input.Data[i]
		if row >= 2*kernels.Lanes {
			grad.Bias[unit*kernels.TileRows+kernels.Lanes+row] += state.Data[i]
		}
	}
}

// cellBackward turns the gradient of row r's state, which is dout plus what
// flows back to sequence s from the step after, into those of its sums, and
// starts the gradient of the state before it, which the product with the
// transposed weights completes.
func (d *direction) cellBackward(set *kernels.Set, r, s int, dout []float32) {
	dh := d.rows(d.dh, s, 1)
	for u := range dh[:d.layer.HiddenSize] {
		dh[u] += dout[u]
	}
	acc := d.acc[r*d.ldacc:][:len(d.weights.Bias)]
	din := d.dinput[r*d.ldgate:][:d.ldgate]
	switch {
	case d.layer.Cell == format.CellLSTM:
		c := d.rows(d.c, r, 1)
		tanhC := d.row[:d.units]
		set.Tanh(tanhC, c)
		set.LSTMBackward(dh, d.rows(d.dc, s, 1), tanhC, d.rows(d.cprev, r, 1), acc, din)
	case d.layer.Variant == format.VariantResetAfter:
		set.GRUBackward(dh, d.rows(d.hprev, r, 1), acc, din, d.dstate[r*d.ldgate:][:d.ldgate])
	case d.layer.Variant == format.VariantResetBefore:
		blendBackward(dh, d.rows(d.hprev, r, 1), acc, din)
	case d.layer.Variant == format.VariantReLU:
		h := d.rows(d.h, r, 1)
		for u, g := range dh {
			if h[u] <= 0 {
				g = 0
			}
			din[u] = g
			dh[u] = 0
		}
	default:
		h := d.rows(d.h, r, 1)
		for u, g := range dh {
			din[u] = g * (1 - float32(h[u]*h[u]))
			dh[u] = 0
		}
	}
}

// resetBeforeBackward finishes the backward step of a GRU with reset before
// the product: the new gate's sum read r*hprev, so its gradient reaches r and
// hprev through that product.
func (d *direction) resetBeforeBackward(set *kernels.Set, t *transposed, first, active int) {
	u := d.units
	drh := make([]float32, active*u)
	set.Product(drh, u, &t.candidateState, 0, t.candidateState.Depth,
		d.dinput[first*d.ldgate+2*u:], d.ldgate, active)
	d.addRead(active, func(dread []float32) {
		for s := range active {
			row := first + s
			dh := dread[s*u:][:u]
			reset := d.acc[row*d.ldacc:][:u]
			hread := d.rows(d.hread, row, 1)
			dr := d.dinput[row*d.ldgate:][:u]
			for i, g := range drh[s*u:][:u] {
				r := reset[i]
				dr[i] = g * hread[i] * r * (1 - r)
				dh[i] += float32(g * r)
			}
		}
	})
}
