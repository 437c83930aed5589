package proto

import "slices"

// Prune drops the nodes and the constants that no output depends on, also in bodies of
// loops, and the names of unread outputs of nodes, except the first.
func (m *Model) Prune() {
	read := map[string]bool{}
	m.prune(read)
	m.Constants = slices.DeleteFunc(m.Constants, func(t Tensor) bool { return !read[t.Name] })
}

// prune drops nodes, and adds the names that are read to read.
func (m *Model) prune(read map[string]bool) {
	for _, v := range m.Outputs {
		read[v.Name] = true
	}
	var nodes []Node
	for _, n := range slices.Backward(m.Nodes) {
		if !slices.ContainsFunc(n.Outputs, func(name string) bool { return read[name] }) {
			continue
		}
		for i, name := range n.Outputs {
			if !read[name] && i > 0 {
				n.Outputs[i] = ""
			}
		}
		for _, name := range n.Inputs {
			read[name] = true
		}
		for _, a := range n.Attributes {
			if body, ok := a.Value.(*Model); ok {
				body.prune(read)
			}
		}
		nodes = append(nodes, n)
	}
	slices.Reverse(nodes)
	m.Nodes = nodes
}
