package network

import (
	"slices"

	"rnnrun/format"
)

// Model packs the network into what a .rnn file holds. The error is an
// [*Error]: [ErrInvalid] where the network's parts do not fit together,
// [ErrUnsupported] with the layer and the feature where the format lacks one,
// or else it wraps an error of package format.
func (n *Network) Model() (*format.Model, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	m := &format.Model{
		Task:       n.Task,
		InputSize:  n.InputSize(),
		Embedding:  n.Embedding,
		Pool:       n.Pool,
		Labels:     slices.Clone(n.Labels),
		SampleRate: n.SampleRate,
		Provenance: slices.Clone(n.Provenance),
	}
	layers, head := n.split()
	for i := range layers {
		l, err := layers[i].recurrent(i)
		if err != nil {
			return nil, err
		}
		m.Layers = append(m.Layers, l)
	}
	if head != nil {
		i := len(n.Layers) - 1
		d := &head.Directions[0]
		dense, err := format.PackDense(head.InputSize, head.HiddenSize, d.WeightIH, d.BiasIH)
		if err != nil {
			return nil, &Error{Err: err, Layer: i, Name: head.Name}
		}
		m.Head = dense
	}
	var err error
	if m.Output, err = n.output(head); err != nil {
		return nil, err
	}
	if n.Skip {
		return nil, fail(ErrUnsupported, "a connection that adds the inputs to the outputs")
	}
	if err := m.Validate(); err != nil {
		return nil, &Error{Err: err, Layer: -1}
	}
	return m, nil
}

// split returns the network's layers without the head, and the head, which
// is nil where the last layer is not a dense one.
func (n *Network) split() (layers []Layer, head *Layer) {
	last := len(n.Layers) - 1
	if n.Layers[last].Kind == Dense {
		return n.Layers[:last], &n.Layers[last]
	}
	return n.Layers, nil
}

// output returns the function that is applied to the head's sums.
func (n *Network) output(head *Layer) (format.Output, error) {
	i := len(n.Layers) - 1
	if head != nil && head.Activation.Kind != None {
		if n.Output == OutputLinear && head.Activation.Kind == Sigmoid {
			return format.Sigmoid, nil
		}
		return 0, head.fail(ErrUnsupported, i, "the activation %v of a dense layer", head.Activation.Kind)
	}
	switch n.Output {
	case OutputLinear:
		return format.Linear, nil
	case OutputSoftmax, OutputSigmoid:
		if head == nil {
			return 0, n.Layers[i].fail(ErrUnsupported, i, "%v of the outputs of a recurrent layer", n.Output)
		}
		if n.Output == OutputSoftmax {
			return format.Softmax, nil
		}
		return format.Sigmoid, nil
	}
	return 0, n.Layers[i].fail(ErrUnsupported, i, "the output %v", n.Output)
}

// recurrent packs a recurrent layer, which is number i.
func (l *Layer) recurrent(i int) (format.Layer, error) {
	p := format.Layer{InputSize: l.InputSize, HiddenSize: l.HiddenSize}
	switch l.Kind {
	case RNN:
		p.Cell, p.Variant = format.RNN, format.Tanh
		if l.activations(0)[0].Kind == Relu {
			p.Variant = format.ReLU
		}
	case LSTM:
		p.Cell, p.Variant = format.LSTM, format.Standard
	case GRU:
		p.Cell, p.Variant = format.GRU, format.ResetAfter
		if l.ResetBefore {
			p.Variant = format.ResetBefore
		}
	}
	if feature := l.unsupported(); feature != "" {
		return p, l.fail(ErrUnsupported, i, "%s", feature)
	}
	for d := range l.Directions {
		w, err := l.pack(&p, d)
		if err != nil {
			return p, &Error{Err: err, Layer: i, Name: l.Name}
		}
		p.Directions = append(p.Directions, w)
	}
	return p, nil
}

// unsupported names the first feature of the layer that the format lacks.
func (l *Layer) unsupported() string {
	switch {
	case l.Kind == Dense:
		return "a dense layer that is not the last layer"
	case l.Reverse:
		return "a single direction that is reverse"
	case l.ProjectionSize > 0:
		return "a projection of the state (proj_size)"
	case l.InputForget:
		return "a coupled forget gate (input_forget)"
	case l.Clip > 0:
		return "a bound of the sums (clip)"
	}
	for d := range l.Directions {
		if l.Directions[d].Peephole != nil {
			return "peepholes"
		}
		for k, a := range l.activations(d) {
			if want := l.Kind.DefaultActivations()[k]; a.Kind != want.Kind && !(l.Kind == RNN && a == l.activations(0)[0] && a.Kind == Relu) {
				return "the activation " + a.Kind.String()
			}
		}
	}
	return ""
}

// pack packs direction d for the layer p.
func (l *Layer) pack(p *format.Layer, d int) (format.Weights, error) {
	s := &l.Directions[d]
	w, err := p.Pack(format.Plain{WeightIH: s.WeightIH, WeightHH: s.WeightHH, BiasIH: s.BiasIH, BiasHH: s.BiasHH})
	if err != nil {
		return w, err
	}
	if s.H0 != nil {
		w.H0 = padded(s.H0)
	}
	if s.C0 != nil {
		w.C0 = padded(s.C0)
	}
	return w, nil
}

// padded returns v with zeros up to the next multiple of 8.
func padded(v []float32) []float32 {
	p := make([]float32, (len(v)+7)&^7)
	copy(p, v)
	return p
}
