package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A specialOp is a recurrent layer with features beyond its cell, which take
// several passes over the numbers of a step. Its arithmetic is that of the
// kernels' cells, so a clip that no sum reaches changes no bit.
type specialOp struct {
	recurrent
	cell        func(s *specialStep) // completes the sums of a step
	c           int                  // the size of an LSTM's cell state, padded
	activations [3]activation        // of the gates, as the format has them
	clip        float32              // 0: none
	inputForget bool
	peephole    []float32 // [i f o][units, padded]; nil: none
	projection  matrix    // nil: none
	zeros       []float32 // where the projection's sums start
}

func newSpecialOp(set *kernels.Set, l *format.Layer, direction int, inputBounded bool) layerOp {
	w := &l.Directions[direction]
	own := l.Cell.Activations(l.Variant)
	o := &specialOp{
		recurrent:   newRecurrent(set, l, direction, inputBounded),
		clip:        l.Clip,
		inputForget: l.InputForget,
		peephole:    w.Peephole,
	}
	for i := range own {
		a := own[i]
		if w.Activations != nil {
			a = w.Activations[i]
		}
		o.activations[i] = bindActivation(set, a)
	}
	if l.ProjectionSize > 0 {
		scale := float32(0)
		if w.Activations == nil { // the projection's inputs are within ±1
			scale = kernels.UnitScale
		}
		o.projection, o.zeros = bindMatrix(set, &w.Projection, l.HiddenSize, scale, 0), floats(w.Projection.Rows)
	}
	switch {
	case l.Cell == format.CellLSTM:
		o.cell, o.c = (*specialStep).lstm, kernels.Pad(l.HiddenSize)
	case l.Variant == format.VariantResetAfter:
		o.cell = (*specialStep).gru
	case l.Variant == format.VariantResetBefore:
		return &resetBeforeOp{
			o.recurrent,
			func(dst, sums []float32) { o.gate(dst, sums, 0) },
			func(dst, sums []float32) { o.gate(dst, sums, 1) },
		}
	default:
		o.cell = (*specialStep).rnn
	}
	return o
}

func (o *specialOp) newStepper(p ports) stepper {
	n := len(o.bias)
	s := &specialStep{separateStep: o.newSeparateStep(p), op: o, c: floats(o.c), sums: floats(n), gates: floats(n)}
	if o.projection != nil {
		s.projection = o.projection.newProduct()
	}
	s.reset()
	return s
}

// gate clips sums, and sets dst to their activation.
func (o *specialOp) gate(dst, sums []float32, activation int) {
	if o.clip > 0 {
		for i, v := range sums {
			if v > o.clip {
				sums[i] = o.clip
			} else if v < -o.clip {
				sums[i] = -o.clip
			}
		}
	}
	o.activations[activation].apply(dst, sums)
}

// peep adds the peephole of a gate of an LSTM: its weights times the cell
// state.
func (o *specialOp) peep(sums, c []float32, gate int) {
	if o.peephole == nil {
		return
	}
	for u, w := range o.peephole[gate*len(c):][:len(c)] {
		sums[u] = kernels.FMA(w, c[u], sums[u])
	}
}

type specialStep struct {
	separateStep
	op          *specialOp
	c           []float32 // of an LSTM: [units], padded
	sums, gates []float32 // [gate][units, padded]
	projection  product
}

func (s *specialStep) step() {
	s.layerStep.sums(s.acc, rows{data: s.inputs()}, 1)
	s.complete()
}

func (s *specialStep) advance(start []float32) {
	copy(s.acc, start)
	s.complete()
}

// complete completes a step from the sums of its inputs in acc.
func (s *specialStep) complete() {
	s.op.cell(s)
	s.turn()
}

func (s *specialStep) run(n int, scratch []float32) { s.runInputs(s, n, scratch) }

func (s *specialStep) reset()                  { s.op.resetStates(s.h, s.c) }
func (s *specialStep) state() (h, c []float32) { return s.outputs(), s.op.unitsOf(s.c) }
func (s *specialStep) carried(list [][]float32) [][]float32 {
	h, c := s.state()
	return appendState(list, h, c)
}

func (s *specialStep) bytes() int {
	n := sizeOf(s) + s.separateStep.bytes() + floatsBytes(len(s.c)) + floatsBytes(len(s.sums)) + floatsBytes(len(s.gates))
	if s.projection != nil {
		n += s.projection.bytes()
	}
	return n
}

// addState adds the product with the state to accumulators.
func (s *specialStep) addState(acc []float32) { s.products[0].product.addState(acc, s.outputs()) }

// separate returns the sums of each gate, and room for the gates' values. In the
// accumulators, the gates of 8 units are side by side.
func (s *specialStep) separate() (sums, gates [4][]float32) {
	const lanes = kernels.Lanes
	units := len(s.acc) / 4
	for g := range sums {
		sums[g], gates[g] = s.sums[g*units:][:units], s.gates[g*units:][:units]
		for u := 0; u < units; u += lanes {
			copy(sums[g][u:], s.acc[4*u+g*lanes:][:lanes])
		}
	}
	return sums, gates
}

func (s *specialStep) rnn() {
	s.addState(s.acc)
	s.op.gate(s.next, s.acc, 0)
}

func (s *specialStep) lstm() {
	s.addState(s.acc)
	o := s.op
	sums, gates := s.separate()
	input, forget, candidate, output := gates[0], gates[1], gates[2], gates[3]
	o.peep(sums[0], s.c, 0)
	o.gate(input, sums[0], 0)
	if o.inputForget {
		for u, v := range input {
			forget[u] = 1 - v
		}
	} else {
		o.peep(sums[1], s.c, 1)
		o.gate(forget, sums[1], 0)
	}
	o.gate(candidate, sums[2], 1)
	for u, c := range s.c {
		s.c[u] = kernels.FMA(forget[u], c, input[u]*candidate[u])
	}
	o.peep(sums[3], s.c, 2)
	o.gate(output, sums[3], 0)
	y := candidate
	o.activations[2].apply(y, s.c)
	if s.projection == nil {
		o.set.Mul(s.next, output, y)
		return
	}
	o.set.Mul(y, output, y)
	s.projection.linear(s.next, o.zeros, y[:o.units], nil, false)
}

func (s *specialStep) gru() {
	s.addState(s.acc[kernels.Lanes:])
	sums, gates := s.separate()
	r, z, n := gates[1], gates[2], gates[0]
	s.op.gate(r, sums[1], 0)
	s.op.gate(z, sums[2], 0)
	for u, nh := range sums[3] {
		sums[0][u] = kernels.FMA(r[u], nh, sums[0][u])
	}
	s.op.gate(n, sums[0], 1)
	s.op.set.Blend(s.next, z, s.h, n)
}
