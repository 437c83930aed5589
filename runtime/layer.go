package runtime

import "rnnrun/kernels"

// A layer is a recurrent layer of one session: its directions, forward first.
type layer []direction

// A direction is one direction of a recurrent layer with its state in one
// session.
type direction struct {
	*weights
	h    []float32 // [hidden], padded to 8
	next []float32 // where the next step's h goes; it then changes places with h
	c    []float32 // of an LSTM, as h
	rh   []float32 // of a GRU with reset before: reset gate times state
	acc  []float32 // accumulators of a GRU with reset before, and of a token's first step

	// reverse says which end of the weights the next step begins at: where the
	// one before it ended, since the caches still hold that.
	reverse bool
}

func newDirection(w *weights) direction {
	units := kernels.Pad(w.hidden)
	d := direction{weights: w, h: floats(units), next: floats(units)}
	switch w.cell {
	case lstm:
		d.c = floats(units)
	case gruResetBefore:
		d.rh = floats(units)
	}
	if w.cell == gruResetBefore || w.folded != nil {
		d.acc = floats(len(w.bias))
	}
	return d
}

// reset sets the state to the initial one.
func (d *direction) reset() {
	start(d.h, d.h0)
	start(d.c, d.c0)
}

func start(state, initial []float32) {
	if initial == nil {
		clear(state)
		return
	}
	copy(state, initial)
}

// step reads the input x.
func (d *direction) step(x []float32) { d.advance(d.bias, x) }

// stepToken reads a token of the folded table.
func (d *direction) stepToken(token int32) {
	d.advance(d.folded.row(d.weights, d.acc, token), nil)
}

// advance completes a step whose sums begin with start: with the bias, or with
// the input's product where x is nil.
func (d *direction) advance(start, x []float32) {
	h := d.h[:d.hidden]
	switch d.cell {
	case rnnTanh:
		d.set.Linear(d.next, start, &d.gates, x, h, d.reverse)
		d.set.Tanh(d.next, d.next)
	case rnnReLU:
		d.set.Linear(d.next, start, &d.gates, x, h, d.reverse)
		d.set.ReLU(d.next, d.next)
	case lstm:
		d.set.LSTMStep(d.next, d.c, start, &d.gates, x, h, d.reverse)
	case gruResetAfter:
		d.set.GRUStep(d.next, d.h, start, &d.gates, x, d.hidden, d.reverse)
	case gruResetBefore:
		units := len(d.h)
		rz, n := d.acc[:2*units], d.acc[2*units:]
		r, z := rz[:units], rz[units:]
		d.set.Linear(rz, start, &d.gates, x, h, d.reverse)
		d.set.Sigmoid(rz, rz)
		d.set.Mul(d.rh, r, d.h)
		d.set.Linear(n, start[2*units:], &d.candidate, x, d.rh[:d.hidden], d.reverse)
		d.set.Tanh(n, n)
		d.set.Blend(d.next, z, d.h, n)
	}
	d.h, d.next = d.next, d.h
	d.reverse = !d.reverse
}
