package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A special is what a direction of a layer has beyond its cell: the rare
// features of recurrent layers, which take several passes for a step. Its
// arithmetic is that of the kernels' cells, so that a bound that no sum reaches
// changes no bit. It is shared by all sessions.
type special struct {
	activations [3]activation // of the gates, as the format has them
	clip        float32       // 0: none
	inputForget bool
	peephole    []float32 // [i f o][units, padded]; nil: none
	projection  *matrix   // nil: none
	bounded     bool      // whether what is projected is within ±1
	zeros       []float32 // where the projection's sums start
}

// bindSpecial returns nil for a layer that is its cell.
func bindSpecial(set *kernels.Set, l *format.Layer, direction int) *special {
	if !l.Special() || !l.Cell.Recurrent() {
		return nil
	}
	w := &l.Directions[direction]
	own := l.Cell.Activations(l.Variant)
	s := &special{clip: l.Clip, inputForget: l.InputForget, peephole: w.Peephole, bounded: w.Activations == nil}
	for i := range own {
		a := own[i]
		if w.Activations != nil {
			a = w.Activations[i]
		}
		s.activations[i] = bindActivation(set, a)
	}
	if l.ProjectionSize > 0 {
		p := bindMatrix(set, &w.Projection, l.HiddenSize)
		s.projection, s.zeros = &p, floats(p.Rows)
	}
	return s
}

// A specialStep is the memory of a session's special direction.
type specialStep struct {
	sums, gates []float32 // gate after gate, each of the units, padded
	projected   quantizer // of what an int8 projection reads
}

func (w *weights) newSpecialStep() *specialStep {
	t := &specialStep{sums: floats(len(w.bias)), gates: floats(len(w.bias))}
	if p := w.special.projection; p != nil && p.input != nil {
		step := float32(0)
		if w.special.bounded {
			step = kernels.UnitScale
		}
		t.projected = newQuantizer(w.set, w.units, step)
	}
	return t
}

// advanceSpecial is advance for a special layer.
func (d *direction) advanceSpecial(start, x []float32) {
	copy(d.acc, start)
	if x != nil {
		d.addInput(d.acc, x, 0, 1)
	}
	switch d.cell {
	case lstm:
		d.addState(d.acc, &d.gates, d.h)
		d.specialLSTM()
	case gruResetAfter:
		d.addState(d.acc[kernels.Lanes:], &d.gates, d.h)
		d.specialGRU()
	case gruResetBefore:
		d.addState(d.acc, &d.gates, d.h)
		d.specialResetBefore()
	default:
		d.addState(d.acc, &d.gates, d.h)
		d.special.gate(d.next, d.acc, 0)
	}
}

// addState adds the product of a state to its accumulators.
func (d *direction) addState(acc []float32, m *matrix, h []float32) {
	h = h[:d.hidden]
	if m.state != nil {
		q, step := d.quantized.h.quantize(h)
		d.set.LinearInt8(acc, acc, m.state, step, q, false)
		return
	}
	d.set.Product(acc, len(acc), &m.Matrix, d.input, m.Depth, h, 0, 1)
}

// gate sets dst to an activation of sums, which it bounds.
func (s *special) gate(dst, sums []float32, activation int) {
	if s.clip > 0 {
		for i, v := range sums {
			if v > s.clip {
				sums[i] = s.clip
			} else if v < -s.clip {
				sums[i] = -s.clip
			}
		}
	}
	s.activations[activation].apply(dst, sums)
}

// separate sets the sums of each gate to those of the accumulators, in which
// the gates of 8 units stand side by side, and returns them and room for the
// gates' values.
func (t *specialStep) separate(acc []float32) (sums, gates [4][]float32) {
	const lanes = kernels.Lanes
	units := len(acc) / 4
	for g := range sums {
		sums[g], gates[g] = t.sums[g*units:][:units], t.gates[g*units:][:units]
		for u := 0; u < units; u += lanes {
			copy(sums[g][u:], acc[4*u+g*lanes:][:lanes])
		}
	}
	return sums, gates
}

func (d *direction) specialLSTM() {
	s := d.special
	sums, gates := d.specialStep.separate(d.acc)
	i, f, g, o := gates[0], gates[1], gates[2], gates[3]
	s.peep(sums[0], d.c, 0)
	s.gate(i, sums[0], 0)
	if s.inputForget {
		for u, v := range i {
			f[u] = 1 - v
		}
	} else {
		s.peep(sums[1], d.c, 1)
		s.gate(f, sums[1], 0)
	}
	s.gate(g, sums[2], 1)
	for u, c := range d.c {
		d.c[u] = kernels.FMA(f[u], c, i[u]*g[u])
	}
	s.peep(sums[3], d.c, 2)
	s.gate(o, sums[3], 0)
	y := g
	s.activations[2].apply(y, d.c)
	if s.projection == nil {
		d.set.Mul(d.next, o, y)
		return
	}
	d.set.Mul(y, o, y)
	d.project(d.next, y[:d.units])
}

// peep adds what a gate of an LSTM sees of its cell state.
func (s *special) peep(sums, c []float32, gate int) {
	if s.peephole == nil {
		return
	}
	for u, w := range s.peephole[gate*len(c):][:len(c)] {
		sums[u] = kernels.FMA(w, c[u], sums[u])
	}
}

// project sets h to the projection of the units y.
func (d *direction) project(h, y []float32) {
	p := d.special.projection
	if p.input != nil {
		q, step := d.specialStep.projected.quantize(y)
		d.set.LinearInt8(h, d.special.zeros, p.input, step, q, false)
		return
	}
	p.step.Linear(h, d.special.zeros, y, nil, false)
}

func (d *direction) specialGRU() {
	sums, gates := d.specialStep.separate(d.acc)
	r, z, n := gates[1], gates[2], gates[0]
	d.special.gate(r, sums[1], 0)
	d.special.gate(z, sums[2], 0)
	for u, nh := range sums[3] {
		sums[0][u] = kernels.FMA(r[u], nh, sums[0][u])
	}
	d.special.gate(n, sums[0], 1)
	d.set.Blend(d.next, z, d.h, n)
}

func (d *direction) specialResetBefore() {
	units := len(d.h)
	rz, n := d.specialStep.gates[:2*units], d.specialStep.gates[2*units:]
	r, z := rz[:units], rz[units:]
	d.special.gate(rz, d.acc[:2*units], 0)
	d.set.Mul(d.rh, r, d.h)
	d.addState(d.acc[2*units:], &d.candidate, d.rh)
	d.special.gate(n, d.acc[2*units:], 1)
	d.set.Blend(d.next, z, d.h, n)
}
