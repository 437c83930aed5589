package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// choose makes an output the only one of the graph, removes everything that it
// does not depend on, and returns notes about that.
func (g *graph) choose(output string) (notes []string, err error) {
	if !slices.Contains(g.outputs, output) {
		return nil, tensorError(output, network.ErrUnsupported, "the graph has no output of this name, but %s", enumerate(quotes(g.outputs)))
	}
	needed, kept := g.below(output)
	var others []string
	for _, name := range g.outputs {
		if name != output {
			others = append(others, "the output "+quote(name))
		}
	}
	dropped := len(g.outputs) > 1
	g.outputs = []string{output}
	g.inputs = slices.DeleteFunc(g.inputs, func(v input) bool {
		if !needed[v.name] {
			others = append(others, "the input "+quote(v.name))
		}
		return !needed[v.name]
	})
	if dropped && g.takesMore() {
		notes = append(notes, "a state passes to the next step as its layer leaves it: if one of the outputs that are left out changes a state for the next call, the model computes something else")
	}
	all := len(g.nodes)
	if g.nodes = slices.DeleteFunc(g.nodes, func(n *node) bool { return !kept[n] }); len(g.nodes) < all {
		others = append(others, message.Count(all-len(g.nodes), "node"))
	}
	if len(others) > 0 {
		notes = append(notes, fmt.Sprintf("left out, as the output %s does not depend on them: %s", quote(output), enumerate(others)))
	}
	return notes, nil
}

// takesMore reports whether the graph has an input of numbers beside the first, which may
// be a state.
func (g *graph) takesMore() bool {
	numbers := 0
	for _, v := range g.inputs {
		constant := slices.ContainsFunc(g.initializers, func(t *tensor) bool { return t.name == v.name })
		if !constant && v.dtype.isFloat() {
			numbers++
		}
	}
	return numbers > 1
}

// below returns the values and the nodes that an output depends on.
func (g *graph) below(output string) (values map[string]bool, nodes map[*node]bool) {
	producers := map[string]*node{}
	for _, n := range g.nodes {
		for _, name := range n.outputs {
			producers[name] = n
		}
	}
	values, nodes = map[string]bool{output: true}, map[*node]bool{}
	for left := []string{output}; len(left) > 0; {
		n := producers[left[0]]
		left = left[1:]
		if n == nil || nodes[n] {
			continue
		}
		nodes[n] = true
		for _, name := range n.needs() {
			values[name] = true
			left = append(left, name)
		}
	}
	return values, nodes
}

// withHint adds to the error of an unsupported node the outputs of the graph that
// do not depend on it.
func (g *graph) withHint(err error, n *node) error {
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, network.ErrUnsupported) || len(g.outputs) < 2 {
		return err
	}
	const most = 16 // outputs, each of which may depend on every node
	var without []string
	for _, output := range g.outputs[:min(len(g.outputs), most)] {
		if _, nodes := g.below(output); !nodes[n] {
			without = append(without, quote(output))
		}
	}
	if len(without) > 0 {
		e.Reason += fmt.Sprintf(". To leave it out, choose an output that does not depend on it (--output): %s", enumerate(without))
	}
	return err
}
