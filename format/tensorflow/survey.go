package tensorflow

import "github.com/rnnrun/rnnrun/format/network"

// survey reports all nodes that the outputs depend on and whose operators are not known.
func (t *translator) survey(r *network.Report) {
	if r == nil {
		return
	}
	needed := map[string]bool{}
	var left []string
	for _, p := range t.source.outputs {
		left = append(left, parseReference(p.reference).node)
	}
	for ; len(left) > 0; left = left[1:] {
		n := t.named[left[0]]
		if n == nil || needed[n.name] {
			continue
		}
		needed[n.name] = true
		for _, in := range n.data() {
			left = append(left, in.node)
		}
	}
	for _, n := range t.source.nodes {
		if needed[n.name] && !t.knows(n) {
			r.Add(n.name, n.op, network.Refused, "the operator is not known")
		}
	}
}

// knows reports whether the operator of a node is one that is evaluated, or is of a loop.
func (t *translator) knows(n *node) bool {
	switch n.op {
	case "Enter", "RefEnter", "Exit", "RefExit":
		return true
	}
	return t.operators[n.op] != nil
}
