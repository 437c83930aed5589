package format

import (
	"fmt"
	"strings"
)

// NodeNames returns a name for each node, for files that name nodes: its kind (for a recurrent layer its cell, for a
// dense one "linear"), and a number if there are several. No input or output has the same name.
func (g *Graph) NodeNames() []string {
	names := make([]string, len(g.Nodes))
	count := map[string]int{}
	for i := range g.Nodes {
		names[i] = g.Nodes[i].baseName()
		count[names[i]]++
	}
	taken := map[string]bool{}
	for _, in := range g.Inputs {
		taken[in.Name] = true
	}
	for _, out := range g.Outputs {
		taken[out.Name] = true
	}
	next := map[string]int{}
	for i, base := range names {
		name := base
		if count[base] > 1 {
			name = ""
		}
		for name == "" || taken[name] {
			name = fmt.Sprint(base, next[base])
			next[base]++
		}
		taken[name] = true
		names[i] = name
	}
	return names
}

// baseName returns a node's name without its number.
func (n *Node) baseName() string {
	if l, ok := n.Op.(*Layer); ok {
		if !l.Cell.Recurrent() {
			return "linear"
		}
		return strings.ToLower(l.Cell.String())
	}
	return strings.NewReplacer(" ", "_", "-", "_").Replace(n.Kind())
}
