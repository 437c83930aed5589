package format

import "github.com/rnnrun/rnnrun/internal/padding"

// peepholes is the number of peepholes of a unit: i f o.
const peepholes = 3

// lstm is the kind of an LSTM. Its rows and accumulators are [tile][i f g o][8].
type lstm struct{ recurrent }

func (*lstm) name() string        { return "LSTM" }
func (*lstm) variants() []Variant { return []Variant{VariantStandard} }
func (*lstm) gates() string       { return "ifgo" }

func (*lstm) traits() traits {
	return traits{recurrent: true, cellState: true, coupled: true, projected: true}
}

func (*lstm) activations(Variant) []Activation {
	return []Activation{{Kind: ActivationSigmoid}, {Kind: ActivationTanh}, {Kind: ActivationTanh}}
}

func (o *lstm) shape(l *Layer) shape {
	s := o.sized(l, 4, 4)
	s.c0 = padding.UpToLanes(l.HiddenSize)
	s.peephole = peepholes * s.c0
	return s
}

func (*lstm) place(_ *Layer, gate, unit int) place {
	return at(unit/lanes*tileRows + gate*lanes + unit%lanes)
}
