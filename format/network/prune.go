package network

import "github.com/rnnrun/rnnrun/format"

// Prune removes the nodes that no output depends on from a graph. It returns the old
// numbers of the nodes that are left.
func Prune(g *format.Graph) (kept []int) {
	inputs := len(g.Inputs)
	read := make([]bool, inputs+len(g.Nodes))
	for _, out := range g.Outputs {
		read[out.Value] = true
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		if read[inputs+i] {
			for _, v := range g.Nodes[i].Inputs {
				read[v] = true
			}
		}
	}
	place := make([]int, len(read)) // of values
	for i := range inputs {
		place[i] = i
	}
	for i := range g.Nodes {
		if !read[inputs+i] {
			continue
		}
		n := g.Nodes[i]
		for k, v := range n.Inputs {
			n.Inputs[k] = place[v]
		}
		place[inputs+i] = inputs + len(kept)
		g.Nodes[len(kept)] = n
		kept = append(kept, i)
	}
	g.Nodes = g.Nodes[:len(kept)]
	for i := range g.Outputs {
		g.Outputs[i].Value = place[g.Outputs[i].Value]
	}
	return kept
}
