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
	acc  []float32 // accumulators, where a step is not one pass
	x    []float32 // inputs of a token that is not in the folded table

	stream    *kernels.Stream          // of float weights, but for a GRU with reset before
	quantized struct{ x, h quantizer } // of int8 weights

	// reverse says which end of the weights the next step begins at: where the
	// one before it ended, since the caches still hold that.
	reverse bool
}

// newDirection returns a direction at its initial state. out, if it is not nil,
// is where each step of a stream writes its h too.
func newDirection(w *weights, out []float32) direction {
	units := kernels.Pad(w.hidden)
	d := direction{weights: w, h: floats(units), next: floats(units)}
	switch w.cell {
	case lstm:
		d.c = floats(units)
	case gruResetBefore:
		d.rh = floats(units)
	}
	int8 := w.gates.input != nil
	switch {
	case int8:
	case w.cell == rnnTanh:
		d.stream = w.gates.step.NewRNN(d.h, d.next, out, w.bias, kernels.Tanh)
	case w.cell == rnnReLU:
		d.stream = w.gates.step.NewRNN(d.h, d.next, out, w.bias, kernels.ReLU)
	case w.cell == lstm:
		d.stream = w.gates.step.NewLSTM(d.h, d.next, out, d.c, w.bias)
	case w.cell == gruResetAfter:
		d.stream = w.gates.step.NewGRU(d.h, d.next, out, w.bias)
	}
	if w.cell == gruResetBefore || w.tokens != nil || int8 {
		d.acc = floats(len(w.bias))
	}
	if w.tokens != nil {
		d.x = floats(w.input)
	}
	if int8 {
		d.quantized.x = newQuantizer(w.set, w.input, w.inputStep)
		step := unit
		if w.cell == rnnReLU {
			step = 0
		}
		d.quantized.h = newQuantizer(w.set, w.hidden, step)
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
func (d *direction) step(x []float32) {
	if d.stream != nil {
		d.stream.Step(nil, x, d.reverse)
		d.turn()
		return
	}
	if d.gates.input == nil {
		d.advance(d.bias, x)
		return
	}
	q, step := d.quantized.x.quantize(x)
	if d.cell == lstm || d.cell == rnnTanh || d.cell == rnnReLU {
		d.set.LinearInt8(d.acc, d.bias, d.gates.input, step, q, d.reverse)
	} else { // not all sums have an input
		copy(d.acc, d.bias)
		d.addInt8(d.acc, q, step)
	}
	d.advance(d.acc, nil)
}

// stepToken reads a token.
func (d *direction) stepToken(token int32) { d.advance(d.tokens.sums(d, token), nil) }

// addInput adds the products of n inputs, which stand ldx apart, to their
// accumulators, which stand side by side.
func (d *direction) addInput(acc, x []float32, ldx, n int) {
	ld := len(d.bias)
	if d.gates.input != nil {
		for i := range n {
			q, step := d.quantized.x.quantize(x[i*ldx:][:d.input])
			d.addInt8(acc[i*ld:][:ld], q, step)
		}
		return
	}
	d.set.Product(acc, ld, &d.gates.Matrix, 0, d.input, x, ldx, n)
	if d.cell == gruResetBefore {
		d.set.Product(acc[d.gates.Rows:], ld, &d.candidate.Matrix, 0, d.input, x, ldx, n)
	}
}

// addInt8 adds the product of a quantized input to its accumulators.
func (d *direction) addInt8(acc []float32, q []int8, step float32) {
	d.set.LinearInt8(acc, acc, d.gates.input, step, q, false)
	if d.cell == gruResetBefore {
		n := acc[d.gates.Rows:]
		d.set.LinearInt8(n, n, d.candidate.input, step, q, false)
	}
}

// advance completes a step whose sums begin with start: with the bias, or with
// the input's product where x is nil. It is nil where the weights are int8.
func (d *direction) advance(start, x []float32) {
	if d.stream != nil {
		d.stream.Step(start, x, d.reverse)
		d.turn()
		return
	}
	switch d.cell {
	case rnnTanh:
		d.linear(d.next, start, &d.gates, x, d.h)
		d.set.Tanh(d.next, d.next)
	case rnnReLU:
		d.linear(d.next, start, &d.gates, x, d.h)
		d.set.ReLU(d.next, d.next)
	case lstm:
		q, step := d.quantized.h.quantize(d.h[:d.hidden])
		d.set.LinearInt8(d.acc, start, d.gates.state, step, q, d.reverse)
		d.set.LSTMCell(d.next, d.c, d.c, d.acc)
	case gruResetAfter:
		q, step := d.quantized.h.quantize(d.h[:d.hidden])
		if &start[0] != &d.acc[0] {
			copy(d.acc, start)
		}
		gates := d.acc[kernels.Lanes:]
		d.set.LinearInt8(gates, gates, d.gates.state, step, q, d.reverse)
		d.set.GRUCell(d.next, d.h, d.acc)
	case gruResetBefore:
		units := len(d.h)
		rz, n := d.acc[:2*units], d.acc[2*units:]
		r, z := rz[:units], rz[units:]
		d.linear(rz, start, &d.gates, x, d.h)
		d.set.Sigmoid(rz, rz)
		d.set.Mul(d.rh, r, d.h)
		d.linear(n, start[2*units:], &d.candidate, x, d.rh)
		d.set.Tanh(n, n)
		d.set.Blend(d.next, z, d.h, n)
	}
	d.turn()
}

// turn makes the next state the state.
func (d *direction) turn() {
	d.h, d.next = d.next, d.h
	d.reverse = !d.reverse
}

// linear sets dst to start plus the product of m with x and the state h.
func (d *direction) linear(dst, start []float32, m *matrix, x, h []float32) {
	if m.state != nil {
		q, step := d.quantized.h.quantize(h[:d.hidden])
		d.set.LinearInt8(dst, start, m.state, step, q, d.reverse)
		return
	}
	m.step.Linear(dst, start, x, h, d.reverse)
}
