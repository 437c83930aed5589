package statedict

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// Network makes a network from all tensors of a state_dict. a may be nil, or leave out
// what names and shapes tell. The error is an [*network.ImportError]. It wraps
// [network.ErrAmbiguous] if something is missing; its message then has the JSON to
// write. If the layers do not fit together, the error is a [*network.Error].
func Network(tensors []Tensor, a *Architecture) (*network.Network, error) {
	if a == nil {
		a = &Architecture{}
	}
	b := builder{a: a}
	tensors, err := a.chosen(tensors)
	if err != nil {
		return nil, err
	}
	tensors, notes, err := compute(tensors)
	if err != nil {
		return nil, err
	}
	if tensors, err = a.edit(tensors); err != nil {
		return nil, err
	}
	if tensors, err = a.without(tensors); err != nil {
		return nil, err
	}
	if len(a.Nodes) > 0 {
		n, err := a.graph(tensors)
		if n != nil {
			n.Notes = append(n.Notes, notes...)
		}
		return n, err
	}
	if a.Normalization != nil {
		return nil, network.Refuse(network.ErrArchitecture, "normalization", "it stands beside nodes")
	}
	if len(a.Inputs) > 0 || len(a.Outputs) > 0 {
		return nil, network.Refuse(network.ErrArchitecture, "nodes", `"inputs" and "outputs" need "nodes", and there are none`)
	}
	b.network.Notes = notes
	rest, err := b.takeNamed(tensors)
	if err != nil {
		return nil, err
	}
	if b.modules, err = modules(rest); err != nil {
		return nil, err
	}
	if odd := onlyInGraphs(b.modules); odd != nil {
		return nil, b.proposeGraph(odd)
	}
	if err := b.order(); err != nil {
		return nil, err
	}
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.finish()
}

// A builder builds a network bottom up.
type builder struct {
	a       *Architecture
	states  map[string]*Tensor // learned initial states by name
	modules []*module          // in the file's order, then as they are applied
	network network.Network
	scale   affine // a batch normalization to be folded into the next layer
	curved  string // the last recurrent module, if its outputs have an activation
	proposal
}

// takeNamed takes the tensors that the architecture names as initial states. It
// returns the others.
func (b *builder) takeNamed(tensors []Tensor) ([]Tensor, error) {
	named := map[string]bool{}
	b.states = map[string]*Tensor{}
	for _, m := range b.a.Modules {
		for _, name := range slices.Concat(m.H0, m.C0) {
			if named[name] {
				return nil, network.Refuse(network.ErrArchitecture, name, "it is named twice")
			}
			named[name], b.states[name] = true, nil
		}
	}
	var rest []Tensor
	for i := range tensors {
		t := &tensors[i]
		if !named[t.Name] {
			rest = append(rest, *t)
			continue
		}
		named[t.Name] = false
		if _, ok := b.states[t.Name]; ok {
			b.states[t.Name] = t
		}
	}
	for name, missing := range named {
		if missing {
			return nil, noTensor(name, tensors)
		}
	}
	return rest, nil
}

// described returns the architecture's entry for a module, or nil.
func (b *builder) described(m *module) *Module {
	for i := range b.a.Modules {
		if b.a.Modules[i].Name == m.name {
			return &b.a.Modules[i]
		}
	}
	return nil
}

// build adds the modules' layers to the network.
func (b *builder) build() error {
	for i, m := range b.modules {
		d := b.described(m)
		if d == nil {
			d = &Module{}
		}
		switch {
		case m.recurrent():
			if err := b.addRecurrent(m, d); err != nil {
				return err
			}
			continue
		case d.Nonlinearity != "" || len(d.H0)+len(d.C0) > 0 || d.Reverse:
			return network.Refuse(network.ErrArchitecture, m.name, `only a recurrent module has "nonlinearity", "reverse", "h0" and "c0"`)
		case m.normalizes():
			if err := b.addBatchNorm(i, m, d); err != nil {
				return err
			}
			continue
		case d.Eps != nil:
			return network.Refuse(network.ErrArchitecture, m.name, `only a batch normalization has "eps"`)
		}
		embedding, err := b.isEmbedding(i, m, d)
		if err != nil {
			return err
		}
		if embedding {
			err = b.addEmbedding(m, d)
		} else {
			err = b.addLinear(i, m, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) addRecurrent(m *module, d *Module) error {
	layers, err := m.build()
	if err != nil {
		return err
	}
	if d.Type != "" {
		return network.Refuse(network.ErrArchitecture, m.name, `only a weight has a "type", but it is a %v`, layers[0].Cell)
	}
	if nonlinear(layers[0]) {
		f, err := b.a.nonlinearity(d)
		if err != nil {
			return err
		}
		if f == nil {
			b.ask(`whether the RNN %s uses "tanh" or "relu"`, m.title())
			b.proposed.Nonlinearity = "tanh"
		}
		for k := range layers {
			for i := range layers[k].Directions {
				layers[k].Directions[i].Activations = f
			}
		}
	} else if d.Nonlinearity != "" {
		return network.Refuse(network.ErrArchitecture, m.name, `only an RNN has a "nonlinearity", but it is a %v`, layers[0].Cell)
	}
	if d.Reverse {
		if len(layers) != 1 || len(layers[0].Directions) != 1 {
			return network.Refuse(network.ErrArchitecture, m.name, `"reverse" needs a module of one layer and one direction`)
		}
		layers[0].Reverse = true
	}
	if err := b.addStates(m, d, layers); err != nil {
		return err
	}
	b.scale.above(layers[0].Directions)
	b.network.Layers = append(b.network.Layers, layers...)
	return b.addActivation(m, d)
}

// addActivation adds the function of a recurrent module's outputs, if it has one,
// as a linear layer that otherwise changes nothing.
func (b *builder) addActivation(m *module, d *Module) error {
	a, err := d.activation()
	if err != nil || a.Kind == format.ActivationNone {
		b.curved = ""
		return err
	}
	b.curved = m.name
	b.apply(m, a, b.network.OutputSize())
	return nil
}

// apply applies a function to the n outputs of a module with a linear layer
// that otherwise changes nothing.
func (b *builder) apply(m *module, a format.Activation, n int) {
	w := make([]float32, n*n)
	for i := range n {
		w[i*n+i] = 1
	}
	l := network.NewDense("activation of "+m.name, n, n, w, nil)
	l.Activation = a
	b.network.Layers = append(b.network.Layers, l)
}

// addStates adds a module's learned initial states, [layers · directions, size]
// or PyTorch's [layers · directions, 1, size].
func (b *builder) addStates(m *module, d *Module, layers []network.Layer) error {
	if len(d.C0) > 0 && !layers[0].Cell.HasCellState() {
		return network.Refuse(network.ErrArchitecture, m.name, `only an LSTM has "c0", but it is a %v`, layers[0].Cell)
	}
	n := len(layers) * len(layers[0].Directions)
	for _, s := range []struct {
		names Names
		size  int
		set   func(w *network.Direction, v []float32)
	}{
		{d.H0, layers[0].StateSize(), func(w *network.Direction, v []float32) { w.H0 = v }},
		{d.C0, layers[0].HiddenSize, func(w *network.Direction, v []float32) { w.C0 = v }},
	} {
		if len(s.names) == 0 {
			continue
		}
		var all []float32
		for i, name := range s.names {
			t := b.states[name]
			dims, last := len(t.Shape), i == len(s.names)-1
			all = append(all, t.Data...)
			if t.Data == nil || dims == 0 || t.Shape[dims-1] != s.size || len(all) > n*s.size || last && len(all) < n*s.size {
				return network.Refuse(network.ErrShape, t.Name, "its shape is %s of type %s, but the initial state of %s has [%d %d]", t.shape(), t.DType, m.title(), n, s.size)
			}
		}
		for k := range layers {
			for j := range layers[k].Directions {
				s.set(&layers[k].Directions[j], all[:s.size:s.size])
				all = all[s.size:]
			}
		}
	}
	return nil
}

func (b *builder) addEmbedding(m *module, d *Module) error {
	l, err := m.linear()
	if err != nil {
		return err
	}
	a, err := d.activation()
	if err != nil {
		return err
	}
	b.network.Embedding = &format.Embedding{Tokens: l.HiddenSize, Size: l.InputSize, Table: l.Directions[0].WeightIH}
	const widest = 1 << 12 // the layer has its square in weights
	switch {
	case a.Kind == format.ActivationNone:
	case l.InputSize > widest:
		return network.Refuse(network.ErrUnsupported, m.name, "an activation of an embedding of %s, want at most %d", message.Count(l.InputSize, "number"), widest)
	default:
		b.apply(m, a, l.InputSize)
	}
	return nil
}

// addLinear adds module i of the order.
func (b *builder) addLinear(i int, m *module, d *Module) error {
	l, err := m.linear()
	if err != nil {
		return err
	}
	if l.Activation, err = d.activation(); err != nil {
		return err
	}
	if d.Activation == "" && i < len(b.modules)-1 {
		b.ask(`which "activation" is applied to the outputs of %s`, m.title())
		b.proposed.Modules = append(b.proposed.Modules, Module{Name: m.name, Type: d.Type, Activation: "none"})
	}
	b.scale.above(l.Directions)
	b.network.Layers = append(b.network.Layers, l)
	return nil
}

// finish sets what belongs to no single module, and checks that everything fits
// together.
func (b *builder) finish() (*network.Network, error) {
	n := &b.network
	var err error
	if n.Pool, err = b.a.pool(); err != nil {
		return nil, err
	}
	if b.curved != "" && (n.Pool == format.PoolMax || n.Pool == format.PoolMean) {
		return nil, network.Refuse(network.ErrArchitecture, b.curved, `a model applies its "activation" after the pool, so it cannot be applied to each step with the pool %v`, n.Pool)
	}
	if n.Output, err = b.a.output(); err != nil {
		return nil, err
	}
	if n.Task, err = b.a.task(); err != nil {
		return nil, err
	}
	if b.a.Nonlinearity != "" && !slices.ContainsFunc(n.Layers, nonlinear) {
		return nil, network.Refuse(network.ErrArchitecture, "nonlinearity", "only RNNs have it, but none of the file's modules is one")
	}
	n.Skip, n.Labels, n.SampleRate = b.a.Skip, slices.Clone(b.a.Labels), b.a.SampleRate
	last := len(n.Layers) - 1
	if !slices.ContainsFunc(n.Layers, func(l network.Layer) bool { return l.Cell.Recurrent() }) {
		return nil, network.Refuse(network.ErrUnsupported, "", "none of the file's modules is an RNN, an LSTM or a GRU")
	}
	if n.Layers[last].Dense() && b.a.Pool == "" {
		b.ask("which steps feed %s", network.Quote(strings.TrimSuffix(n.Layers[last].Name, ".weight")))
		b.proposed.Pool = "none"
	}
	if err := b.refuse(); err != nil {
		return nil, err
	}
	if err := n.Validate(); err != nil {
		return nil, err
	}
	return n, nil
}
