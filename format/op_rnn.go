package format

// rnn is the kind of an RNN, h = σ(W_ih x + b + W_hh h'), whose variant says
// whether σ is tanh or relu.
type rnn struct{ recurrent }

func (*rnn) name() string        { return "RNN" }
func (*rnn) variants() []Variant { return []Variant{VariantTanh, VariantReLU} }
func (*rnn) gates() string       { return "h" }

func (*rnn) activations(v Variant) []Activation {
	if v == VariantReLU {
		return []Activation{{Kind: ActivationReLU}}
	}
	return []Activation{{Kind: ActivationTanh}}
}

// The activation relu in all directions is a variant, and so is not spelled out;
// other activations belong to the variant tanh.
func (*rnn) misspelt(l *Layer, d int) string {
	switch {
	case l.Variant == VariantReLU:
		return "the variant relu and the activation " + l.Directions[d].Activations[0].Kind.String() + ": make it the variant tanh"
	case l.rectifies():
		return "the activation Relu: make it the variant relu"
	}
	return ""
}

// rectifies reports whether all directions have the activation relu.
func (l *Layer) rectifies() bool {
	for d := range l.Directions {
		if a := l.Directions[d].Activations; len(a) == 0 || a[0].Kind != ActivationReLU {
			return false
		}
	}
	return true
}

func (r *rnn) shape(l *Layer) shape            { return r.sized(l, 1, 1) }
func (*rnn) place(_ *Layer, _, unit int) place { return at(unit) }
