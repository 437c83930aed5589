package onnx

import (
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// branch evaluates If, whose condition must be constant: PyTorch writes it when
// it removes an axis of length 1.
func branch(c *call) ([]value, error) {
	condition, err := c.array(0, "the condition")
	if err != nil {
		return nil, err
	}
	yes, ok := number(0), false
	if !condition.isFloat() && condition.length() == 1 {
		yes = condition.ints[0]
		_, ok = yes.isNumber()
	}
	if !ok {
		return nil, c.unsupported("its condition (%s) depends on dimensions that the file leaves open; export the model with them fixed", quote(c.node.inputs[0]))
	}
	var taken *graph
	for _, name := range []string{"then_branch", "else_branch"} {
		a, err := c.attribute(name, attributeGraph)
		if err != nil {
			return nil, err
		}
		if a == nil || a.graph == nil {
			return nil, c.damaged("it has no %s", name)
		}
		if (name == "then_branch") == !yes.is(0) {
			taken = a.graph
		}
	}
	if len(taken.inputs) > 0 || len(taken.outputs) != len(c.node.outputs) {
		return nil, c.damaged("a branch of %s and %s, want 0 and %d", message.Count(len(taken.inputs), "input"), message.Count(len(taken.outputs), "output"), len(c.node.outputs))
	}
	return c.within(taken)
}

// within evaluates a graph within a node, and returns its outputs.
func (c *call) within(g *graph) ([]value, error) {
	s, err := newSchedule(g, func(name string) bool { return c.values[name] != nil })
	if err != nil {
		return nil, err
	}
	for name, t := range s.initializers {
		if c.values[name] != nil {
			return nil, tensorError(name, network.ErrDamaged, "the graph around it has a value of this name")
		}
		c.values[name] = t.array()
	}
	for _, n := range s.nodes {
		for _, name := range n.outputs {
			if c.values[name] != nil {
				return nil, nodeError(n, network.ErrDamaged, "the graph around it has a value %s, too", quote(name))
			}
		}
		if err := c.evaluate(n); err != nil {
			return nil, err
		}
	}
	var out []value
	for _, name := range g.outputs {
		out = append(out, c.values[name])
	}
	return out, nil
}
