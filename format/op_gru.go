package format

import "github.com/rnnrun/rnnrun/internal/padding"

// gru is the kind of a GRU. With reset after, the reset gate scales the new gate's sum over the state before the sum
// over the input joins it, so that the new gate has two accumulators and two biases. With reset before, the reset gate
// scales the state itself, so that the new gate is computed after the others: it has a matrix of its own, the
// candidate.
type gru struct{ recurrent }

func (*gru) name() string        { return "GRU" }
func (*gru) variants() []Variant { return []Variant{VariantResetAfter, VariantResetBefore} }
func (*gru) gates() string       { return "rzn" }

func (*gru) activations(Variant) []Activation {
	return []Activation{{Kind: ActivationSigmoid}, {Kind: ActivationTanh}}
}

func (o *gru) shape(l *Layer) shape {
	if l.Variant == VariantResetBefore {
		s := o.sized(l, 2, 3)
		s.candidate = padding.UpToLanes(l.HiddenSize)
		return s
	}
	s := o.sized(l, 3, 4)
	s.tile = 3 * lanes
	return s
}

func (o *gru) place(l *Layer, gate, unit int) place {
	if l.Variant == VariantResetBefore {
		return o.placeBefore(gate, unit, padding.UpToLanes(l.HiddenSize))
	}
	return o.placeAfter(gate, unit/lanes, unit%lanes)
}

// placeBefore returns the place with reset before. The rows are r and z, each of
// so many units; those of n are the candidate's. Accumulators are r z n.
func (*gru) placeBefore(gate, unit, units int) place {
	p := at(gate*units + unit)
	if gate == 2 {
		p.candidate, p.input, p.state = true, unit, unit
	}
	return p
}

// placeAfter returns the place with reset after. In a tile the rows are n r z for
// the input and r z n for the state, the accumulators nx r z nh.
func (*gru) placeAfter(gate, tile, lane int) place {
	input := (gate + 1) % 3
	row, acc := tile*3*lanes+lane, tile*tileRows+lane
	return place{
		input: row + input*lanes, state: row + gate*lanes,
		biasInput: acc + input*lanes, biasState: acc + (gate+1)*lanes,
	}
}
