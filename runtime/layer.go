package runtime

import "github.com/rnnrun/rnnrun/kernels"

// A layer is a layer of one session: its directions, forward first.
type layer []direction

// A direction is one direction of a layer with its state in one session.
type direction struct {
	*weights
	h    []float32 // [hidden], padded to 8
	next []float32 // where the next step's h goes; it then changes places with h
	c    []float32 // of an LSTM, as h
	rh   []float32 // of a GRU with reset before: reset gate times state
	acc  []float32 // accumulators, where a step is not one pass
	x    []float32 // inputs of a token that is not in the folded table

	specialStep *specialStep // of a special layer

	// What makes a step of all common cells but a GRU with reset before: of
	// float weights, or of int8 ones.
	stream    *kernels.Stream
	int8      *kernels.Int8Stream
	quantized struct{ x, h quantizer } // of int8 weights

	// reverse says which end of the weights the next step begins at: where the
	// one before it ended, since the caches still hold that.
	reverse bool
}

// newDirection returns a direction at its initial state. out, if it is not nil,
// is where each step of a stream writes its h too.
func newDirection(w *weights, out []float32) direction {
	hidden := kernels.Pad(w.hidden)
	d := direction{weights: w, h: floats(hidden), next: floats(hidden)}
	switch w.cell {
	case lstm:
		d.c = floats(kernels.Pad(w.units))
	case gruResetBefore:
		d.rh = floats(hidden)
	}
	if w.gates.input != nil {
		d.quantized.x = newQuantizer(w.set, w.input, w.inputStep)
		d.quantized.h = newQuantizer(w.set, w.hidden, w.stateStep)
	}
	switch {
	case w.special != nil:
		d.specialStep = w.newSpecialStep()
	case w.gates.input != nil:
		d.bindInt8(out)
	default:
		d.bind(out)
	}
	if !d.writesOut() || w.tokens != nil {
		d.acc = floats(len(w.bias))
	}
	if w.tokens != nil {
		d.x = floats(w.input)
	}
	return d
}

// writesOut reports whether a step writes to out, too.
func (d *direction) writesOut() bool { return d.stream != nil || d.int8 != nil }

func (d *direction) bind(out []float32) {
	switch step := d.gates.step; d.cell {
	case rnnTanh:
		d.stream = step.NewRNN(d.h, d.next, out, d.bias, kernels.ActivationTanh)
	case rnnReLU:
		d.stream = step.NewRNN(d.h, d.next, out, d.bias, kernels.ActivationReLU)
	case lstm:
		d.stream = step.NewLSTM(d.h, d.next, out, d.c, d.bias)
	case gruResetAfter:
		d.stream = step.NewGRU(d.h, d.next, out, d.bias)
	case dense:
		d.stream = d.newDenseStream(out)
	}
}

func (d *direction) bindInt8(out []float32) {
	switch step := d.gates.int8; d.cell {
	case rnnTanh:
		d.int8 = step.NewRNN(d.h, d.next, out, d.bias, kernels.ActivationTanh)
	case rnnReLU:
		d.int8 = step.NewRNN(d.h, d.next, out, d.bias, kernels.ActivationReLU)
	case lstm:
		d.int8 = step.NewLSTM(d.h, d.next, out, d.c, d.bias)
	case gruResetAfter:
		d.int8 = step.NewGRU(d.h, d.next, out, d.bias)
	}
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
	switch {
	case d.stream != nil:
		d.stream.Step(nil, x, d.reverse)
		d.turn()
	case d.int8 != nil:
		q, step := d.quantized.x.quantize(x)
		d.stepInt8(nil, q, step)
	case d.gates.input != nil:
		copy(d.acc, d.bias)
		d.addInput(d.acc, x, 0, 1)
		d.advance(d.acc, nil)
	default:
		d.advance(d.bias, x)
	}
}

// stepInt8 is a step of a stream of int8 weights.
func (d *direction) stepInt8(start []float32, x []int8, xStep float32) {
	h, hStep := d.quantized.h.quantize(d.h[:d.hidden])
	d.int8.Step(start, x, xStep, h, hStep, d.reverse)
	d.turn()
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
	switch {
	case d.stream != nil:
		d.stream.Step(start, x, d.reverse)
		d.turn()
	case d.int8 != nil:
		d.stepInt8(start, nil, 0)
	default:
		switch {
		case d.special != nil:
			d.advanceSpecial(start, x)
		case d.cell == dense:
			d.advanceDense(start, x)
		default:
			d.advanceResetBefore(start, x)
		}
		d.turn()
	}
}

// advanceResetBefore is advance for a GRU with reset before, whose candidate
// waits for the reset gate.
func (d *direction) advanceResetBefore(start, x []float32) {
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
