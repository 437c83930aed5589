package runtime

import "rnnrun/kernels"

// A layer is a recurrent layer of one session: its directions, forward first.
type layer []direction

// A direction is one direction of a recurrent layer with its state in one
// session. Input and state stand side by side, so that a step is one product.
type direction struct {
	*weights
	xh  []float32 // x and h
	x   []float32 // [input]
	h   []float32 // [hidden], padded to 8
	c   []float32 // of an LSTM, as h
	rh  []float32 // of a GRU with reset before: reset gate times state
	acc []float32 // a step's accumulators
}

func newDirection(w *weights) direction {
	units := kernels.Pad(w.hidden)
	gap := kernels.Pad(w.input) - w.input // so that h is aligned
	xh := floats(gap + w.input + units)[gap:]
	d := direction{weights: w, xh: xh, x: xh[:w.input], h: xh[w.input:], acc: floats(len(w.bias))}
	switch w.cell {
	case lstm:
		d.c = floats(units)
	case gruResetBefore:
		d.rh = floats(units)
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

// step reads the input in x.
func (d *direction) step() {
	copy(d.acc, d.bias)
	switch d.cell {
	case gruResetAfter, gruResetBefore:
		d.addInput(d.acc, d.x, 0, 1)
		d.recur(d.acc)
	default:
		d.set.Product(d.acc, 0, &d.gates, 0, d.input+d.hidden, d.xh, 0, 1)
		d.update(d.acc)
	}
}

// stepToken reads a token of the folded table.
func (d *direction) stepToken(token int32) {
	d.folded.start(d.weights, d.acc, token)
	d.recur(d.acc)
}

// recur completes a step whose accumulators hold the input's product.
func (d *direction) recur(acc []float32) {
	from, to := d.input, d.input+d.hidden
	if d.cell == gruResetAfter {
		d.set.Product(acc[kernels.Lanes:], 0, &d.gates, from, to, d.h, 0, 1)
	} else {
		d.set.Product(acc, 0, &d.gates, from, to, d.h, 0, 1)
	}
	d.update(acc)
}

// update sets the state from a step's accumulators.
func (d *direction) update(acc []float32) {
	switch d.cell {
	case rnnTanh:
		d.set.Tanh(d.h, acc)
	case rnnReLU:
		d.set.ReLU(d.h, acc)
	case lstm:
		d.set.LSTMCell(d.h, d.c, d.c, acc)
	case gruResetAfter:
		d.set.GRUCell(d.h, d.h, acc)
	case gruResetBefore:
		units := len(d.h)
		gates, r, z, n := acc[:2*units], acc[:units], acc[units:2*units], acc[2*units:]
		d.set.Sigmoid(gates, gates)
		d.set.Mul(d.rh, r, d.h)
		d.set.Product(n, 0, &d.candidate, d.input, d.input+d.hidden, d.rh, 0, 1)
		d.set.Tanh(n, n)
		d.set.Blend(d.h, z, d.h, n)
	}
}
