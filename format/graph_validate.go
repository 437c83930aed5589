package format

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
)

const maxReads = 1<<16 - 1 // values that a node reads

// validateGraph checks the architecture of a model that is a graph.
func (m *Model) validateGraph() error {
	g := m.Graph
	if m.Embedding != nil || m.Layers != nil || m.Head != nil || m.Pool != PoolNone || m.Skip {
		return fail(ErrInvalid, tagArchitecture, 1, "a graph together with an embedding, layers, a pool, a head or inputs that are added to the outputs: make nodes of them")
	}
	if err := g.validate(); err != nil {
		return err
	}
	switch n := g.NumberWidth(); {
	case m.InputSize != n:
		return fail(ErrInvalid, tagArchitecture, 4, "an input size of %d, but the inputs of the graph have %s", m.InputSize, message.Count(n, "number"))
	case m.Output != OutputLinear && m.severalOutputs():
		return fail(ErrInvalid, tagArchitecture, 2, "the output %v in a graph of %s, want a graph with one output", m.Output, message.Count(len(g.Outputs), "output"))
	}
	return m.validateGraphTask()
}

// refuseStack refuses a graph that is a stack of layers. This check comes last, since it also depends on input scales
// and on the normalization.
func (m *Model) refuseStack() error {
	if _, ok := m.AsStack(); ok {
		return fail(ErrInvalid, tagGraph, 0, "a graph that is a stack of layers: write it as one")
	}
	return nil
}

// validate checks the graph by itself.
func (g *Graph) validate() error {
	for _, c := range []struct {
		name     string
		n, limit int
	}{{"inputs", len(g.Inputs), MaxPorts}, {"nodes", len(g.Nodes), MaxNodes}, {"outputs", len(g.Outputs), MaxPorts}} {
		if c.n < 1 || c.n > c.limit {
			return fail(ErrInvalid, tagGraph, 0, "%d %s, want 1 to %d", c.n, c.name, c.limit)
		}
	}
	if err := g.validateInputs(); err != nil {
		return err
	}
	points := 0
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if n.Op == nil {
			return fail(ErrInvalid, tagGraph, g.offset(i), "node %d has no op", i)
		}
		if len(n.Inputs) > maxReads {
			return fail(ErrInvalid, tagGraph, g.offset(i), "node %d reads %s, want at most %d", i, message.Count(len(n.Inputs), "value"), maxReads)
		}
		if err := n.Op.checkNode(); err != nil {
			return err.of(tagGraph, g.offset(i)+int64(nodeHeader+4*len(n.Inputs)), g.who(i))
		}
		if t, ok := n.Op.(transform); ok {
			if points += t.points(); points > MaxPoints {
				return fail(ErrInvalid, tagGraph, g.offset(i), "%sis one Fourier transform too many, of %s together, want at most %d", g.who(i), message.Count(points, "point"), MaxPoints)
			}
		}
	}
	values, err := g.Values()
	if err != nil {
		return err
	}
	if err := g.validateOutputs(values); err != nil {
		return err
	}
	return g.validateUse()
}

func (g *Graph) validateInputs() error {
	for i, in := range g.Inputs {
		at := int64(graphHeader + i*graphInput)
		if in.Tokens < 0 || in.Tokens > MaxSize || in.Tokens > 0 && in.Channels != 1 {
			return fail(ErrInvalid, tagGraph, at+4, "input %d has %s of tokens below %d, want 1 channel and at most %d", i, message.Count(in.Channels, "channel"), in.Tokens, MaxSize)
		}
		if fault := misnamed(in.Name); fault != "" {
			return fail(ErrInvalid, tagGraph, at, "the name %s of input %d %s", quote(in.Name), i, fault)
		}
	}
	return validateUnique(tagGraph, len(g.Inputs), func(i int) string { return g.Inputs[i].Name })
}

func (g *Graph) validateOutputs(values []Value) error {
	for i, out := range g.Outputs {
		at := int64(graphHeader + len(g.Inputs)*graphInput + 4*i)
		if out.Value < len(g.Inputs) || out.Value >= len(values) {
			return fail(ErrInvalid, tagGraph, at, "output %d is value %d, want one of values %d to %d, which the nodes give",
				i, out.Value, len(g.Inputs), len(values)-1)
		}
		if values[out.Value].Phase < 0 {
			return fail(ErrInvalid, tagGraph, at, "output %d is a constant", i)
		}
		if fault := misnamed(out.Name); fault != "" {
			return fail(ErrInvalid, tagGraph, at, "the name %s of output %d %s", quote(out.Name), i, fault)
		}
	}
	return validateUnique(tagGraph, len(g.Outputs), func(i int) string { return g.Outputs[i].Name })
}

// misnamed says why an input or an output cannot have the name; "": it can.
func misnamed(name string) string {
	if name == "" {
		return "is empty"
	}
	if !utf8.ValidString(name) {
		return "is not UTF-8"
	}
	for _, r := range name {
		if unicode.IsControl(r) {
			return "has control characters"
		}
	}
	return ""
}

// validateUse refuses inputs and nodes that nothing reads.
func (g *Graph) validateUse() error {
	used := make([]bool, len(g.Inputs)+len(g.Nodes))
	for i := range g.Nodes {
		for _, v := range g.Nodes[i].Inputs {
			used[v] = true
		}
	}
	for i := range g.Inputs {
		if !used[i] {
			return fail(ErrInvalid, tagGraph, int64(graphHeader+i*graphInput), "no node reads input %d, %s", i, quote(g.Inputs[i].Name))
		}
	}
	for _, out := range g.Outputs {
		used[out.Value] = true
	}
	for i := range g.Nodes {
		if !used[len(g.Inputs)+i] {
			return fail(ErrInvalid, tagGraph, g.offset(i), "%sis not read by another node, and is not an output", g.who(i))
		}
	}
	return nil
}

func (m *Model) validateGraphTask() error {
	g := m.Graph
	outputs := g.outputs()
	first := outputs[0]
	invalid := func(format string, args ...any) error {
		return fail(ErrInvalid, tagArchitecture, 0, format, args...)
	}
	switch {
	case m.Task == TaskClassify && first.EachStep():
		return invalid("it classifies sequences, but its first output is one of every step: it lacks a pool")
	case m.Task == TaskTag && !first.EachStep():
		return invalid("it tags every step, but its first output is one of the sequence")
	case m.Task == TaskTranslate:
		return invalid("a graph that translates, which only stacks of layers can do")
	case m.Task != TaskLanguage:
		return nil
	case len(g.Inputs) != 1 || g.Inputs[0].Tokens == 0 || g.Inputs[0].Frames != 1:
		return invalid("a language model whose input is not one token per step")
	case len(outputs) != 1 || !first.EachStep() || m.OutputSize() != g.Inputs[0].Tokens:
		return invalid("a language model of %s whose output is not as many numbers a step", message.Count(g.Inputs[0].Tokens, "token"))
	case g.ReadsBackward():
		return fail(ErrBidirectional, tagGraph, 0, "a node of this %v model reads steps that follow, which are not generated yet", m.Task)
	}
	return nil
}

// validateWeights refuses weights that nodes should not have.
func (g *Graph) validateWeights() error {
	values, err := g.Values()
	if err != nil {
		return err
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if op, ok := n.Op.(scaled); ok {
			if err := op.checkWeights(values[n.Inputs[0]].Bounded); err != nil {
				return err.of(tagTensors, 0, fmt.Sprintf("node %d has ", i))
			}
		}
	}
	return nil
}
