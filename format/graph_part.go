package format

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Part returns the network of a model as a graph that can be a part of another: its
// normalization and the function of its output are nodes, too. It shares all weights
// with m. The error wraps [ErrInvalid].
func (m *Model) Part() (*Graph, error) {
	g := m.Graph
	if g == nil {
		stack, ok := m.AsGraph()
		if !ok {
			return nil, fmt.Errorf("%w: it translates, or adds its inputs to outputs that are normalized or have a function", ErrInvalid)
		}
		g = stack.Graph
	}
	part := &Graph{Inputs: g.Inputs}
	in := make([]int, len(g.Inputs))
	for i := range in {
		in[i] = i
	}
	if n := m.Normalization; n != nil && len(n.Mean) > 0 {
		for i := range in {
			if g.Inputs[i].Tokens == 0 { // there is one
				in[i] = part.scaled(i, BinarySub, n.Mean)
				in[i] = part.scaled(in[i], BinaryMul, n.Scale)
			}
		}
	}
	values := part.Append(g, in)
	for i, out := range g.Outputs {
		part.Outputs = append(part.Outputs, Port{out.Name, values[i]})
	}
	return part, part.finish(m)
}

// finish adds what a model does to its only output.
func (g *Graph) finish(m *Model) error {
	y := &g.Outputs[0].Value
	if m.Output == OutputLinear && (m.Normalization == nil || len(m.Normalization.OutputMean) == 0) {
		return nil
	}
	if frames := m.Graph.outputFrames(); frames > 1 {
		return fmt.Errorf("%w: its output function covers %s together, which no node can do", ErrInvalid, message.Count(frames, "frame"))
	}
	switch m.Output {
	case OutputLinear:
	case OutputSigmoid:
		*y = g.Add(&Map{Activation{Kind: ActivationSigmoid}}, *y)
	case OutputSoftmax:
		*y = g.Add(&Map{Activation{Kind: ActivationSoftmax}}, *y)
	default:
		return fmt.Errorf("%w: it gives the %v of its output, which no node computes", ErrInvalid, m.Output)
	}
	if n := m.Normalization; n != nil && len(n.OutputMean) > 0 {
		*y = g.scaled(*y, BinaryMul, n.OutputScale)
		*y = g.scaled(*y, BinaryAdd, n.OutputMean)
	}
	return nil
}

// outputFrames returns how many frames the first output has; for a stack 1.
func (g *Graph) outputFrames() int {
	if g == nil {
		return 1
	}
	return g.outputs()[0].Frames
}

// scaled adds the function of a value and numbers of each channel.
func (g *Graph) scaled(x int, f BinaryFunction, numbers []float32) int {
	c := g.Add(&Constant{Frames: 1, Channels: len(numbers), Data: numbers})
	return g.Add(&Binary{f}, x, c)
}

// Add adds a node, and returns its value.
func (g *Graph) Add(op Op, in ...int) int {
	g.Nodes = append(g.Nodes, Node{op, in})
	return len(g.Inputs) + len(g.Nodes) - 1
}

// Append adds the nodes of another graph that its outputs depend on. Its inputs are
// values of g. It returns the values of its outputs.
func (g *Graph) Append(other *Graph, inputs []int) (outputs []int) {
	first := len(other.Inputs)
	needed := make([]bool, first+len(other.Nodes))
	for _, out := range other.Outputs {
		needed[out.Value] = true
	}
	for i := len(other.Nodes) - 1; i >= 0; i-- {
		if needed[first+i] {
			for _, v := range other.Nodes[i].Inputs {
				needed[v] = true
			}
		}
	}
	at := append(make([]int, 0, len(needed)), inputs...)
	for i, n := range other.Nodes {
		if !needed[first+i] {
			at = append(at, -1)
			continue
		}
		var in []int
		for _, v := range n.Inputs {
			in = append(in, at[v])
		}
		at = append(at, g.Add(n.Op, in...))
	}
	for _, out := range other.Outputs {
		outputs = append(outputs, at[out.Value])
	}
	return outputs
}
