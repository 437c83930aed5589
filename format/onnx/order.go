package onnx

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/network"
)

// A schedule is a graph whose names are all known, and its nodes in an order in
// which they can be evaluated.
type schedule struct {
	graph        *graph
	nodes        []*node
	initializers map[string]*tensor
	inputs       map[string]*input // without the initializers
	producers    map[string]*node
	outer        func(name string) bool // whether the graph around it has a value
}

func nodeError(n *node, reason error, format string, args ...any) error {
	return &Error{Err: reason, Operator: n.operator, Node: n.label(), Reason: fmt.Sprintf(format, args...)}
}

// newSchedule checks the names of a graph: every value has one origin, every
// input of a node has an origin, and no node depends on itself. A node or an
// input that no output depends on is an error, too; a constant that exporters left
// behind is not.
func newSchedule(g *graph, outer func(name string) bool) (*schedule, error) {
	s := &schedule{graph: g, initializers: map[string]*tensor{}, inputs: map[string]*input{}, producers: map[string]*node{}, outer: outer}
	for _, t := range g.initializers {
		if t.name == "" {
			return nil, damaged("an initializer has no name")
		}
		if s.initializers[t.name] != nil {
			return nil, tensorError(t.name, network.ErrDamaged, "two initializers have this name")
		}
		s.initializers[t.name] = t
	}
	for i := range g.inputs {
		v := &g.inputs[i]
		if v.name == "" {
			return nil, damaged("an input of the graph has no name")
		}
		if s.inputs[v.name] != nil {
			return nil, tensorError(v.name, network.ErrDamaged, "two inputs of the graph have this name")
		}
		// An initializer may be an input as well, and is its value by default.
		if s.initializers[v.name] == nil {
			s.inputs[v.name] = v
		}
	}
	for _, n := range g.nodes {
		for _, name := range n.outputs {
			if name == "" {
				continue
			}
			if s.known(name) {
				return nil, nodeError(n, network.ErrDamaged, "its output %s has another origin already", quote(name))
			}
			s.producers[name] = n
		}
	}
	for _, n := range g.nodes {
		for _, name := range n.needs() {
			if !s.known(name) && !s.outer(name) {
				return nil, nodeError(n, network.ErrDamaged, "its input %s has no origin", quote(name))
			}
		}
	}
	if len(g.outputs) == 0 {
		return nil, damaged("the graph has no outputs")
	}
	seen := map[string]bool{}
	for _, name := range g.outputs {
		if !s.known(name) || seen[name] {
			return nil, tensorError(name, network.ErrDamaged, "it is an output of the graph that has no origin, or an output twice")
		}
		seen[name] = true
	}
	if err := s.sort(); err != nil {
		return nil, err
	}
	return s, s.unused()
}

// needs returns the names that a node reads: its inputs, and names from outside
// that graphs within it read.
func (n *node) needs() []string {
	var list []string
	for _, name := range n.inputs {
		if name != "" {
			list = append(list, name)
		}
	}
	for _, a := range n.attributes {
		if a.graph != nil {
			list = append(list, a.graph.needs()...)
		}
	}
	return list
}

// needs returns the names from outside that a graph reads.
func (g *graph) needs() []string {
	own := map[string]bool{}
	for _, t := range g.initializers {
		own[t.name] = true
	}
	for _, v := range g.inputs {
		own[v.name] = true
	}
	var all []string
	for _, n := range g.nodes {
		for _, name := range n.outputs {
			own[name] = true
		}
		all = append(all, n.needs()...)
	}
	var list []string
	for _, name := range append(all, g.outputs...) {
		if !own[name] {
			list = append(list, name)
		}
	}
	return list
}

func (s *schedule) known(name string) bool {
	return s.initializers[name] != nil || s.inputs[name] != nil || s.producers[name] != nil
}

// sort puts every node after those that it depends on.
func (s *schedule) sort() error {
	waits := map[*node]int{}
	consumers := map[*node][]*node{}
	var ready []*node
	for _, n := range s.graph.nodes {
		for _, name := range n.needs() {
			if p := s.producers[name]; p != nil {
				waits[n]++
				consumers[p] = append(consumers[p], n)
			}
		}
		if waits[n] == 0 {
			ready = append(ready, n)
		}
	}
	for len(ready) > 0 {
		n := ready[0]
		ready = ready[1:]
		s.nodes = append(s.nodes, n)
		for _, c := range consumers[n] {
			if waits[c]--; waits[c] == 0 {
				ready = append(ready, c)
			}
		}
	}
	for _, n := range s.graph.nodes {
		if waits[n] > 0 {
			return nodeError(n, network.ErrDamaged, "it depends on its own output: the graph has a cycle")
		}
	}
	return nil
}

// unused names the nodes and inputs that no output depends on.
func (s *schedule) unused() error {
	used := map[string]bool{}
	for _, name := range s.graph.outputs {
		used[name] = true
	}
	var list []string
	for i := len(s.nodes) - 1; i >= 0; i-- {
		n := s.nodes[i]
		needed := false
		for _, name := range n.outputs {
			needed = needed || name != "" && used[name]
		}
		if !needed {
			list = append(list, fmt.Sprintf("the node %s (%s)", short(n.label()), short(n.operator)))
			continue
		}
		for _, name := range n.needs() {
			used[name] = true
		}
	}
	for _, v := range s.graph.inputs {
		if s.inputs[v.name] != nil && !used[v.name] {
			list = append(list, "the input "+short(v.name))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return unsupported("no output of the graph depends on %s; remove unused nodes and inputs", enumerate(list))
}
