package frontend

import (
	"reflect"

	"github.com/rnnrun/rnnrun/format"
)

// After is the inverse of [FrontEnd.Before] for models whose steps are one frame: it
// returns the model behind the front end in m, which reads features. It shares all
// weights with m, and has no goldens. The error wraps [ErrModel].
func (f *FrontEnd) After(m *format.Model) (*format.Model, error) {
	g := m.Graph
	if g == nil {
		return nil, misfit("it is not a graph")
	}
	b := builder{graph: new(format.Graph)}
	reads, x := b.front(f, 1)
	begin := len(b.graph.Nodes)
	if !reflect.DeepEqual(g.Inputs, b.graph.Inputs) || m.SampleRate != float64(f.Rate)/float64(reads) ||
		len(g.Nodes) < begin || !reflect.DeepEqual(g.Nodes[:begin], b.graph.Nodes) {
		return nil, misfit("it does not begin with this front end")
	}
	c := *m
	c.SampleRate, c.Goldens = 0, nil
	if mean, scale, ok := normalization(g, x, begin); ok {
		c.Normalization = &format.Normalization{Mean: mean, Scale: scale}
		if n := m.Normalization; n != nil {
			c.Normalization.OutputMean, c.Normalization.OutputScale = n.OutputMean, n.OutputScale
		}
		begin += 4
		x = len(g.Inputs) + begin - 1
	}
	c.InputSize = f.Width()
	c.Graph = &format.Graph{Inputs: []format.Input{{Name: g.Inputs[0].Name, Frames: 1, Channels: c.InputSize}}}
	for _, n := range g.Nodes[begin:] {
		in := make([]int, len(n.Inputs))
		for i, v := range n.Inputs {
			if in[i] = v - x; v < x {
				return nil, misfit("the model behind the front end reads more than the features")
			}
		}
		c.Graph.Nodes = append(c.Graph.Nodes, format.Node{Op: n.Op, Inputs: in})
	}
	for _, out := range g.Outputs {
		if out.Value < x {
			return nil, misfit("it gives more than the model behind the front end")
		}
		c.Graph.Outputs = append(c.Graph.Outputs, format.Port{Name: out.Name, Value: out.Value - x})
	}
	if stack, ok := c.AsStack(); ok {
		c = *stack
	}
	return &c, c.Validate()
}

// normalization returns the mean and the scale of the four nodes, from one on, with which
// [FrontEnd.Before] normalizes value x. ok is false if they are other nodes.
func normalization(g *format.Graph, x, from int) (mean, scale []float32, ok bool) {
	if len(g.Nodes) < from+4 {
		return nil, nil, false
	}
	n, value := g.Nodes[from:], len(g.Inputs)+from
	a, isConstant := n[0].Op.(*format.Constant)
	b, areConstant := n[2].Op.(*format.Constant)
	if !isConstant || !areConstant {
		return nil, nil, false
	}
	like := []format.Node{
		n[0], {Op: &format.Binary{Function: format.BinarySub}, Inputs: []int{x, value}},
		n[2], {Op: &format.Binary{Function: format.BinaryMul}, Inputs: []int{value + 1, value + 2}},
	}
	return a.Data, b.Data, reflect.DeepEqual(n[:4], like)
}
