package onnx

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
)

// choose makes an output the only one of the graph, leaves out what it does not
// depend on, and returns notes of that.
func (g *graph) choose(output string) (notes []string, err error) {
	if !slices.Contains(g.outputs, output) {
		return nil, tensorError(output, network.ErrUnsupported, "the graph has no output of this name, but %s", enumerate(quotes(g.outputs)))
	}
	producers := map[string]*node{}
	for _, n := range g.nodes {
		for _, name := range n.outputs {
			producers[name] = n
		}
	}
	needed, kept := map[string]bool{output: true}, map[*node]bool{}
	for left := []string{output}; len(left) > 0; {
		n := producers[left[0]]
		left = left[1:]
		if n == nil || kept[n] {
			continue
		}
		kept[n] = true
		for _, name := range n.needs() {
			needed[name] = true
			left = append(left, name)
		}
	}
	var others []string
	for _, name := range g.outputs {
		if name != output {
			others = append(others, "the output "+quote(name))
		}
	}
	g.outputs = []string{output}
	g.inputs = slices.DeleteFunc(g.inputs, func(v input) bool {
		if !needed[v.name] {
			others = append(others, "the input "+quote(v.name))
		}
		return !needed[v.name]
	})
	all := len(g.nodes)
	if g.nodes = slices.DeleteFunc(g.nodes, func(n *node) bool { return !kept[n] }); len(g.nodes) < all {
		others = append(others, fmt.Sprintf("%d nodes", all-len(g.nodes)))
	}
	if len(others) > 0 {
		notes = append(notes, fmt.Sprintf("left out, as the output %s does not depend on them: %s", quote(output), enumerate(others)))
	}
	return notes, nil
}
