package onnx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// network makes the network of the graph's outputs.
func (im *importer) network() (*network.Network, error) {
	s, states, err := im.outputs()
	if err != nil {
		return nil, err
	}
	n := &network.Network{Pool: s.pool, Output: s.output, Skip: s.skip}
	if im.model.producer != "" {
		n.Provenance = append(n.Provenance, format.Property{Key: "producer", Value: short(im.model.producer)})
	}
	var chain []*stage
	for st := s.stage; st != nil; st = st.before {
		chain = append(chain, st)
	}
	slices.Reverse(chain)
	for _, st := range chain {
		if st.embedding != nil {
			n.Embedding = st.embedding
		} else {
			n.Layers = append(n.Layers, st.layer)
		}
	}
	if recurrent(s.stage) == nil {
		return nil, unsupported("the graph has no RNN, GRU or LSTM between its input and its output")
	}
	for _, check := range []func() error{
		func() error { return im.complete(chain) },
		func() error { return im.checkStates(chain, states) },
		func() error { return im.checkInputs(s, chain) },
		n.Validate,
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	if n.Pool == format.PoolLast && !slices.ContainsFunc(chain, func(st *stage) bool { return st.embedding == nil && st.layer.Cell.Recurrent() && !st.single }) {
		n.Pool = format.PoolNone // the final state of a call is the output of its only step
	}
	im.note(n)
	im.chain = chain
	n.DoubtfulReset = im.resetsBefore && im.model.exporter == "pytorch"
	return n, nil
}

// note notes what becomes of the graph's inputs other than the network's.
func (im *importer) note(n *network.Network) {
	n.Notes = append(n.Notes, im.notes...)
	for i := range im.model.graph.inputs {
		s, ok := im.values[im.model.graph.inputs[i].name].(*stream)
		if !ok || im.roles[s.input] == nil {
			continue
		}
		switch r := im.roles[s.input]; {
		case len(r.states) > 0:
			n.Notes = append(n.Notes, fmt.Sprintf("the input %s is %s: the model starts from zeros", quote(s.input.name), r.kind))
			n.TakesStates = true
		case r.kind == lengthsOfSequences:
			n.Notes = append(n.Notes, fmt.Sprintf("the input %s are %s", quote(s.input.name), r.kind))
			n.TakesLengths = true
		}
	}
}

// outputs returns the output of the graph that is the network's, and those that
// are final states.
func (im *importer) outputs() (*stream, map[string]*stream, error) {
	states := map[string]*stream{}
	var others, hidden []string
	for _, name := range im.model.graph.outputs {
		s, ok := im.values[name].(*stream)
		if !ok {
			return nil, nil, tensorError(name, network.ErrUnsupported, "it is an output of the graph, but constant, or one that its node does not give")
		}
		if s.sorted != nil {
			return nil, nil, tensorError(name, network.ErrUnsupported, "this output of the graph has its sequences sorted by their lengths, and not in the order in which they are given")
		}
		if len(s.tracks) == 0 || slices.ContainsFunc(s.tracks, func(p track) bool { return p.when != final }) {
			others = append(others, name)
			continue
		}
		states[name] = s
		if !s.tracks[0].cell && (len(hidden) == 0 || !slices.Equal(s.tracks, states[hidden[0]].tracks)) {
			hidden = append(hidden, name)
		}
	}
	if len(others) == 0 {
		others = hidden
	}
	if len(others) == 0 {
		return nil, nil, unsupported("the graph gives only cell states of LSTMs, %s, which cannot be outputs of a network", enumerate(quotes(im.model.graph.outputs)))
	}
	if len(others) != 1 {
		im.several = true
		return nil, nil, unsupported("the graph has the outputs %s, but a network has one, and final states; choose one by its name (--output)", enumerate(quotes(im.model.graph.outputs)))
	}
	main := others[0]
	delete(states, main)
	s, err := im.put(im.values[main].(*stream), main)
	return s, states, err
}

// put checks the output of the network.
func (im *importer) put(s *stream, name string) (*stream, error) {
	c := &call{importer: im, node: &node{operator: "output", name: name}}
	r := s
	if s.output == format.OutputLinear && !s.skip {
		in, err := c.read(s)
		switch {
		case err != nil:
			return nil, err
		case in.stage == nil:
			return nil, unsupported("the output %s is an input of the graph", quote(name))
		}
		if r, err = c.inOrder(s, in); err != nil {
			return nil, err
		}
	}
	if r.reversed {
		return nil, unsupported("the output %s has its steps in reverse order", quote(name))
	}
	var atoms []*atom
	for _, axis := range r.axes {
		for _, a := range axis {
			if slices.Contains(r.features, a) {
				atoms = append(atoms, a)
			}
		}
	}
	if !slices.Equal(atoms, r.features) {
		return nil, unsupported("the output %s has the shape %v, in which units come before directions", quote(name), shapeText(r.shape()))
	}
	return r, nil
}

// complete checks that every node that makes a layer is part of the chain.
func (im *importer) complete(chain []*stage) error {
	used := map[*node]bool{}
	for _, st := range chain {
		for _, n := range st.nodes {
			used[n] = true
		}
	}
	var list []string
	for _, st := range im.stages {
		for _, n := range st.nodes {
			if !used[n] {
				used[n] = true
				list = append(list, fmt.Sprintf("the node %s (%s)", short(n.label()), short(n.operator)))
			}
		}
	}
	if len(list) > 0 {
		return unsupported("the network's output does not depend on %s", enumerate(list))
	}
	for _, st := range chain {
		if st.embedding == nil && st.layer.Cell.Recurrent() && st.lengths != recurrent(chain[len(chain)-1]).lengths {
			return nodeError(st.nodes[0], network.ErrUnsupported, "its sequence_lens differs from that of another recurrent layer")
		}
	}
	return nil
}

// checkStates checks that the final states that are outputs belong to the
// network's layers, in order from the bottom.
func (im *importer) checkStates(chain []*stage, states map[string]*stream) error {
	for _, name := range im.model.graph.outputs {
		s := states[name]
		if s == nil {
			continue
		}
		at := -1
		for _, p := range s.tracks {
			i := slices.IndexFunc(chain, func(st *stage) bool { return st == p.stage })
			for k, m := range im.merged {
				if p.stage == k[0] || p.stage == k[1] {
					i = slices.Index(chain, m)
				}
			}
			if i < 0 || 2*i+p.direction <= at || p.cell != s.tracks[0].cell {
				return tensorError(name, network.ErrUnsupported, "this output of the graph joins final states in another order than that of the layers, or of h and c")
			}
			at = 2*i + p.direction
			from := chain[i].states[count(p.cell)]
			if from == nil {
				continue
			}
			if err := im.checkName(name, from.input); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkName refuses an output that has the final state of the layers which start from an
// input, but the name of another input of states: a program that feeds outputs back by
// their names would get other numbers than a session, which keeps its states itself.
func (im *importer) checkName(output string, from *input) error {
	if strings.Contains(output, from.name) {
		return nil
	}
	for i := range im.model.graph.inputs {
		other := im.model.graph.inputs[i].name
		if len(other) > 1 && other != from.name && strings.HasPrefix(output, other) && im.startsLayer(other) {
			return tensorError(output, network.ErrUnsupported, "this output of the graph is the final state of the layer that starts from the input %s, but has the name of the input %s", quote(from.name), quote(other))
		}
	}
	return nil
}

// startsLayer reports whether an input of the graph is the initial state of a layer.
func (im *importer) startsLayer(name string) bool {
	if im.trace != nil {
		return im.trace.startsLayer(name)
	}
	s, ok := im.values[name].(*stream)
	return ok && im.roles[s.input] != nil && len(im.roles[s.input].states) > 0
}

// checkInputs checks that every input of the graph has one purpose, and that an
// input for the states of several layers has them in the order of the layers.
func (im *importer) checkInputs(s *stream, chain []*stage) error {
	if err := im.role(s.input, "the network's input"); err != nil {
		return err
	}
	for i := range im.model.graph.inputs {
		v := &im.model.graph.inputs[i]
		st, ok := im.values[v.name].(*stream)
		if !ok {
			continue // an initializer
		}
		r := im.roles[st.input]
		if r == nil {
			return tensorError(v.name, network.ErrUnsupported, "this input of the graph is not the network's input, an initial state or the lengths of sequences")
		}
		at := int64(0)
		for _, l := range chain {
			for _, from := range l.states {
				if from == nil || from.input != st.input {
					continue
				}
				if from.from != at {
					return tensorError(v.name, network.ErrUnsupported, "this input of the graph has the initial states of layers in another order than that of the layers")
				}
				at = from.to
			}
		}
		if len(r.states) > 0 && at != r.states[0].total {
			return tensorError(v.name, network.ErrUnsupported, "this input of the graph has %d initial states, but layers read %d", r.states[0].total, at)
		}
	}
	return nil
}
