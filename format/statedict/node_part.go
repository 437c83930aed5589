package statedict

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// frontEnd adds the features of samples.
func (g *grapher) frontEnd(n *Node, in []int) (int, error) {
	f, err := frontend.Parse(n.FrontEnd)
	if err != nil {
		return 0, g.refuse("%v", err)
	}
	v, err := f.Append(g.graph, in[0])
	if err != nil {
		return 0, g.refuse("%v", err)
	}
	g.notes = append(g.notes, f.Notes()...)
	return v, g.shape()
}

// model adds the nodes of a model from another file.
func (g *grapher) model(n *Node, in []int) (int, error) {
	if g.a.Open == nil || n.File == "" {
		return 0, g.refuse(`"file" names a model, which only an architecture in a file of its own can do`)
	}
	m, err := g.a.Open(n)
	if err != nil {
		return 0, err
	}
	part, err := m.Part()
	if err != nil {
		return 0, g.refuse("%s: %v", network.Quote(n.File), err)
	}
	if part.Outputs, err = g.output(n, part); err != nil {
		return 0, err
	}
	if len(in) != len(part.Inputs) {
		return 0, g.refuse("%s has %s, but %d are given", network.Quote(n.File), message.Count(len(part.Inputs), "input"), len(in))
	}
	for i, want := range part.Inputs {
		if x := g.shapes[in[i]]; x.Frames != want.Frames || x.Channels != want.Channels || x.Tokens != want.Tokens {
			return 0, g.refuse("its input %d is %v, but %s reads %v", i, x, network.Quote(n.File),
				format.Value{Frames: want.Frames, Channels: want.Channels, Tokens: want.Tokens})
		}
	}
	return g.graph.Append(part, in)[0], g.shape()
}

// output returns the output of a part that the node names, or the only one.
func (g *grapher) output(n *Node, part *format.Graph) ([]format.Port, error) {
	if n.Output == "" && len(part.Outputs) == 1 {
		return part.Outputs, nil
	}
	var names []string
	for _, out := range part.Outputs {
		names = append(names, out.Name)
	}
	i := slices.Index(names, n.Output)
	if i < 0 {
		return nil, g.refuse(`%s has the outputs %s: name one of them in "output"%s`, network.Quote(n.File), message.List(names), message.Suggestion(n.Output, names))
	}
	return part.Outputs[i : i+1], nil
}

// shape updates the values to those that the graph has now.
func (g *grapher) shape() error {
	shapes, err := g.graph.Values()
	if err != nil {
		return g.refuse("it does not fit: %v", err)
	}
	g.shapes = shapes
	return nil
}

// magnitudeOp adds the magnitudes of a spectrum, or their squares.
func magnitudeOp(root bool) func(*grapher, *Node, []int) (int, error) {
	return func(g *grapher, _ *Node, in []int) (int, error) {
		channels := g.shapes[in[0]].Channels
		if channels%2 != 0 {
			return 0, g.refuse("it reads %s, but a spectrum has as many real parts as imaginary ones", message.Count(channels, "channel"))
		}
		var squares [2]int
		for i := range squares {
			part := g.graph.Add(&format.Slice{Axis: format.AxisChannels, Start: i * channels / 2, Count: channels / 2, Step: 1}, in[0])
			squares[i] = g.graph.Add(&format.Map{Function: format.Activation{Kind: format.ActivationSquare}}, part)
		}
		v := g.graph.Add(&format.Binary{Function: format.BinaryAdd}, squares[:]...)
		if root {
			v = g.graph.Add(&format.Map{Function: format.Activation{Kind: format.ActivationSqrt}}, v)
		}
		return v, g.shape()
	}
}
