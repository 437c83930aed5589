package network

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// Model packs the network into what a .rnn file holds. The error is an
// [*Error]: [ErrInvalid] if the network's parts do not fit together, or else
// it wraps an error of package format.
func (n *Network) Model() (*format.Model, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	if n.Graph != nil {
		return n.graphModel()
	}
	m := &format.Model{
		Task:       n.Task,
		InputSize:  n.InputSize(),
		Embedding:  n.Embedding,
		Pool:       n.pool(),
		Skip:       n.Skip,
		Labels:     slices.Clone(n.Labels),
		SampleRate: n.SampleRate,
		Provenance: slices.Clone(n.Provenance),
	}
	head, output := n.head()
	m.Output = output
	for i := range n.Layers {
		l := &n.Layers[i]
		var err error
		if l == head {
			d := &l.Directions[0]
			m.Head, err = format.PackDense(l.InputSize, l.HiddenSize, d.WeightIH, d.BiasIH)
		} else {
			var packed format.Layer
			packed, err = l.Pack()
			m.Layers = append(m.Layers, packed)
		}
		if err != nil {
			return nil, &Error{Err: err, Layer: i, Name: l.Name}
		}
	}
	if err := m.Validate(); err != nil {
		return nil, &Error{Err: err, Layer: -1}
	}
	return m, nil
}

// pool returns the pool of the model: the last output of a layer that only
// reads forward is its final state.
func (n *Network) pool() format.Pool {
	if n.Pool == format.PoolLastOutput {
		for i := len(n.Layers) - 1; i >= 0; i-- {
			if l := &n.Layers[i]; l.Cell.Recurrent() && !l.Reverse && len(l.Directions) == 1 {
				return format.PoolLast
			} else if l.Cell.Recurrent() {
				break
			}
		}
	}
	return n.Pool
}

// head returns the last layer, if that is a dense one without an activation
// above other layers, and otherwise nil; and the function of the outputs. A
// sigmoid is one, too.
func (n *Network) head() (*Layer, format.Output) {
	output := n.Output
	last := &n.Layers[len(n.Layers)-1]
	switch {
	case !last.Dense() || len(n.Layers) == 1:
		return nil, output
	case last.Activation.Kind == format.ActivationNone:
		return last, output
	case last.Activation.Kind == format.ActivationSigmoid && n.Output == format.OutputLinear && !n.Skip:
		return last, format.OutputSigmoid
	}
	return nil, output
}

// Pack packs the layer.
func (l Layer) Pack() (format.Layer, error) {
	p := format.Layer{
		Cell: l.Cell, Variant: l.variant(),
		InputSize: l.InputSize, HiddenSize: l.HiddenSize, ProjectionSize: l.ProjectionSize,
		Reverse: l.Reverse, InputForget: l.InputForget, Clip: l.Clip,
	}
	for d := range l.Directions {
		s := &l.Directions[d]
		w, err := p.Pack(s.Plain)
		if err != nil {
			return p, err
		}
		w.H0, w.C0 = format.Padded(s.H0), format.Padded(s.C0)
		if list := l.activations(d); !slices.Equal(list, p.Cell.Activations(p.Variant)) {
			w.Activations = list
		}
		p.Directions = append(p.Directions, w)
	}
	return p, nil
}

// graphModel returns the model of a graph.
func (n *Network) graphModel() (*format.Model, error) {
	m := &format.Model{
		Task: n.Task, Graph: n.Graph, InputSize: n.InputSize(), Output: n.Output,
		Labels: slices.Clone(n.Labels), SampleRate: n.SampleRate, Provenance: slices.Clone(n.Provenance),
		Normalization: n.Normalization,
	}
	stack, ok := m.AsStack()
	if ok {
		m = stack
	}
	if n.Skip {
		if !ok {
			return nil, fail(ErrInvalid, "inputs that are added to the outputs of a network that is not a stack of layers: add them in a node")
		}
		m.Skip = true
	}
	if err := m.Validate(); err != nil {
		return nil, &Error{Err: err, Layer: -1}
	}
	return m, nil
}
