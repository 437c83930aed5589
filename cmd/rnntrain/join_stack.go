package main

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// stack turns a half that is a graph into a stack of layers with an output at each step.
// If an encoder's outputs are the final states of its layers, the stack ends with the
// last of these layers.
func (h *half) stack(n *network.Network) {
	var best *format.Model
	for i := 0; h.model.Graph != nil && h.name == "encoder" && i < len(n.Graph.Outputs); i++ {
		one := *n
		one.Graph = &format.Graph{Inputs: n.Graph.Inputs, Outputs: slices.Clone(n.Graph.Outputs[i : i+1])}
		for _, node := range n.Graph.Nodes {
			one.Graph.Nodes = append(one.Graph.Nodes, format.Node{Op: node.Op, Inputs: slices.Clone(node.Inputs)})
		}
		network.Prune(one.Graph)
		m, err := one.Model()
		if err != nil || m.Graph != nil {
			continue
		}
		if best == nil || len(m.Layers) > len(best.Layers) {
			best = m
		}
	}
	if best != nil {
		h.model = best
	}
	if m := h.model; m.Graph == nil && (m.Pool == format.PoolLast || m.Pool == format.PoolLastOutput) {
		m.Pool = format.PoolNone
	}
}
