package onnx

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/rnnrun/rnnrun/format/network"
)

// cells says how to look for cells that are written gate by gate.
type cells struct {
	states   map[string]string // states by the values that they become
	projects bool              // LSTMs have projections
	written  bool              // an LSTM was found
}

// readSteps reads the model as a graph of layers. dims are the lengths of open
// dimensions that are not time, open the axes of inputs that are time although
// the file gives their lengths, and f the shapes that values then have.
func readSteps(m *model, size int, dims map[string]int, open map[*input]int, f *filed) (n *network.Network, done int, err error) {
	if states := m.statesByName(); len(states) > 0 {
		if n, done, err = readPasses(m, size, dims, open, f, &cells{states: states}); err == nil {
			return n, done, nil
		}
	}
	plain := &cells{}
	n, done, err = readPasses(m, size, dims, open, f, plain)
	if plain.written && errors.Is(err, network.ErrUnsupported) {
		// A product of as many outputs as units may be a projection.
		if projected, all, e := readPasses(m, size, dims, open, f, &cells{projects: true}); e == nil {
			return projected, all, nil
		}
	}
	return n, done, err
}

// statesByName returns the inputs of the graph that are states according to their names, by
// the values that become outputs of the same name. Nothing else tells a simple cell h' =
// tanh(x W + h R) from a function of two inputs.
func (m *model) statesByName() map[string]string {
	producers := map[string]*node{}
	for _, n := range m.graph.nodes {
		for _, name := range n.outputs {
			producers[name] = n
		}
	}
	states := map[string]string{}
	for i := range m.graph.inputs {
		in := &m.graph.inputs[i]
		if i == 0 || !in.dtype.isFloat() || stem(in.name) == "" || stem(in.name) == stem(m.graph.inputs[0].name) {
			continue
		}
		var after []string
		for _, out := range m.graph.outputs {
			if stem(out) == stem(in.name) {
				after = append(after, out)
			}
		}
		if len(after) != 1 || len(m.graph.outputs) < 2 {
			continue
		}
		// Nodes that change the layout of the state come after those that
		// compute it.
		for name := after[0]; name != ""; {
			states[name] = in.name
			p := producers[name]
			name = ""
			if p != nil && isStandard(p.domain) && len(p.inputs) > 0 && slices.Contains([]string{"Identity", "Unsqueeze", "Squeeze", "Reshape", "Flatten"}, p.operator) {
				name = p.inputs[0]
			}
		}
	}
	return states
}

// stem returns the name of a state without the mark of the state before or after a step:
// "h" for "h_in", "h0", "h'" and "hn". Empty: it is not such a name.
func stem(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"in", "out", "input", "output", "prev", "previous", "next", "new", "old", "last", "initial", "init", "final", "n", "t"}, w)
	})
	s := strings.Join(words, " ")
	if s == "hn" {
		return "h"
	}
	return s
}
