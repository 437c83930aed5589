package frontend

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// Before returns m behind the front end: a model that reads samples, and computes from
// their features what m computes from its inputs. A step of it has the frames of
// features that a step of m has, one after the other. m has one input of numbers, and
// may have others of tokens. The model has no goldens, since those of m hold for
// features. The error wraps [ErrModel].
func (f *FrontEnd) Before(m *format.Model) (*format.Model, error) {
	g := m.Graph
	if g == nil {
		graph, ok := m.AsGraph()
		if !ok {
			return nil, misfit("it is not a graph, and cannot become one")
		}
		m, g = graph, graph.Graph
	}
	at := slices.IndexFunc(g.Inputs, func(in format.Input) bool { return in.Tokens == 0 })
	if at != 0 || len(g.Inputs) != 1 {
		return nil, misfit("it has %s, or reads tokens, but must have one input of numbers", message.Count(len(g.Inputs), "input"))
	}
	in := g.Inputs[0]
	frames := in.Frames
	flat := in.Frames == 1 && in.Channels%f.Width() == 0
	switch {
	case flat:
		frames = in.Channels / f.Width()
	case in.Channels != f.Width():
		return nil, misfit("a step of its input has %d×%d numbers, but the front end gives frames of %d", in.Frames, in.Channels, f.Width())
	}
	b := builder{graph: new(format.Graph)}
	reads, x := b.front(f, frames)
	if flat && frames > 1 {
		x = b.add(&format.Reshape{Frames: 1, Channels: in.Channels}, x)
	}
	if n := m.Normalization; n != nil && len(n.Mean) > 0 {
		x = b.add(&format.Binary{Function: format.BinarySub}, x, b.numbers(n.Mean))
		x = b.add(&format.Binary{Function: format.BinaryMul}, x, b.numbers(n.Scale))
	}
	for i, v := range b.graph.Append(g, []int{x}) {
		b.graph.Outputs = append(b.graph.Outputs, format.Port{Name: g.Outputs[i].Name, Value: v})
	}
	c := *m
	c.Graph, c.InputSize, c.Goldens = b.graph, reads, nil
	c.SampleRate = float64(f.Rate) / float64(reads)
	if n := m.Normalization; n != nil {
		c.Normalization = nil
		if len(n.OutputMean) > 0 {
			c.Normalization = &format.Normalization{OutputMean: n.OutputMean, OutputScale: n.OutputScale}
		}
	}
	c.Data = withoutColumns(m.Data)
	c.Anomaly = nil // it predicts features, not samples
	return &c, c.Validate()
}

// withoutColumns returns the form of data without the inputs' columns, since samples
// have none.
func withoutColumns(d *format.Data) *format.Data {
	if d == nil || len(d.Labels)+len(d.Targets)+d.Horizon+d.Window == 0 {
		return nil
	}
	c := *d
	c.Columns = nil
	return &c
}
