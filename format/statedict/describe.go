package statedict

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// Describe is the inverse of [Network]: it returns a model as tensors with PyTorch's
// names, and the architecture that makes the same network from them. Weights are
// float32, or binary16 if they are stored so (F16); int8 and int4 are multiplied by
// their scales. The result has no vocabulary, tokenizer, provenance or goldens, which
// are not part of a network. The error is an [*network.ImportError] for a translation
// model, or one of package format.
func Describe(m *format.Model) ([]Tensor, *Architecture, error) {
	if err := m.Validate(); err != nil {
		return nil, nil, err
	}
	if m.Task == format.TaskTranslate {
		return nil, nil, network.Refuse(network.ErrUnsupported, "", "a translation model is two networks and a search")
	}
	a := &Architecture{
		Output: outputNames[m.Output], Task: m.Task.String(), Skip: m.Skip,
		Labels: slices.Clone(m.Labels), SampleRate: m.SampleRate,
	}
	plain := *m
	plain.Skip = false
	if graph, ok := plain.AsGraph(); ok {
		plain = *graph
	}
	d, err := newDescription(plain.Graph, a)
	if err != nil {
		return nil, nil, err
	}
	for i := 0; i < len(d.graph.Nodes); {
		i += d.add(i)
	}
	d.outputs()
	d.normalization(m.Normalization)
	return d.tensors, a, nil
}

// outputNames are the names of the functions of outputs.
var outputNames = map[format.Output]string{
	format.OutputLinear: "linear", format.OutputSoftmax: "softmax", format.OutputSigmoid: "sigmoid",
	format.OutputLogSoftmax: "log_softmax", format.OutputArgMax: "argmax",
}

// A description is made from a graph.
type description struct {
	graph   *format.Graph
	shapes  []format.Value
	a       *Architecture
	tensors []Tensor
	names   []string // of the values
	titles  []string // of the nodes, for their modules
	readers []int    // how many nodes and outputs read each value
	top     int      // the value above
}

func newDescription(g *format.Graph, a *Architecture) (*description, error) {
	shapes, err := g.Values()
	if err != nil {
		return nil, err
	}
	d := &description{graph: g, shapes: shapes, a: a, readers: make([]int, len(shapes))}
	for i := range g.Nodes {
		for _, v := range g.Nodes[i].Inputs {
			d.readers[v]++
		}
	}
	for _, out := range g.Outputs {
		d.readers[out.Value]++
	}
	d.entitle()
	for _, in := range g.Inputs {
		a.Inputs = append(a.Inputs, Input{Name: in.Name, Frames: in.Frames, Channels: in.Channels, Tokens: in.Tokens})
		d.names = append(d.names, in.Name)
	}
	d.names = append(d.names, d.titles...)
	for i := len(g.Outputs) - 1; i >= 0; i-- { // a value of several has the name of the first
		out := g.Outputs[i]
		if slices.Contains(d.names[:len(g.Inputs)], out.Name) {
			return nil, network.Refuse(network.ErrUnsupported, out.Name, "an input and an output have this name")
		}
		d.names[out.Value] = out.Name
	}
	return d, nil
}

// entitle names the nodes; all nodes of one module get the same name.
func (d *description) entitle() {
	modules := format.Graph{Inputs: d.graph.Inputs, Outputs: d.graph.Outputs}
	for i, n := range d.graph.Nodes {
		if i == 0 || !d.stacked(i-1) {
			modules.Nodes = append(modules.Nodes, n)
		}
	}
	titles, k := modules.NodeNames(), -1
	for i := range d.graph.Nodes {
		if i == 0 || !d.stacked(i-1) {
			k++
		}
		d.titles = append(d.titles, titles[k])
	}
}

// value returns the value that node i gives.
func (d *description) value(i int) int { return len(d.graph.Inputs) + i }

// add describes node i, and the nodes after it that belong to the same module. It
// returns how many they are.
func (d *description) add(i int) int {
	g := &d.graph.Nodes[i]
	n := Node{}
	taken := d.describe(&n, i)
	last := d.value(i + taken - 1)
	n.Name = d.names[last]
	if n.Name == n.Module {
		n.Name = ""
	}
	if len(g.Inputs) != 1 || g.Inputs[0] != d.top {
		for _, v := range g.Inputs {
			n.Inputs = append(n.Inputs, d.names[v])
		}
	}
	d.top = last
	d.a.Nodes = append(d.a.Nodes, n)
	return taken
}

// outputs names the outputs. If a value has a second name, a node that gives the same
// value gets it.
func (d *description) outputs() {
	for _, out := range d.graph.Outputs {
		if d.names[out.Value] != out.Name {
			v := d.shapes[out.Value]
			d.a.Nodes = append(d.a.Nodes, Node{Name: out.Name, Op: "reshape", Inputs: Names{d.names[out.Value]}, Frames: v.Frames, Channels: v.Channels})
		}
		d.a.Outputs = append(d.a.Outputs, out.Name)
	}
}

func (d *description) normalization(n *format.Normalization) {
	if n == nil {
		return
	}
	d.a.Normalization = &Normalization{}
	for _, part := range []struct {
		name string
		data []float32
		to   *string
	}{
		{"mean", n.Mean, &d.a.Normalization.Mean}, {"scale", n.Scale, &d.a.Normalization.Scale},
		{"output_mean", n.OutputMean, &d.a.Normalization.OutputMean}, {"output_scale", n.OutputScale, &d.a.Normalization.OutputScale},
	} {
		if len(part.data) > 0 {
			*part.to = d.tensor(d.unused("normalization")+"."+part.name, false, part.data, len(part.data))
		}
	}
}

// unused returns a name that no node has.
func (d *description) unused(name string) string {
	for i := 2; slices.Contains(d.titles, name); i++ {
		name = fmt.Sprint(name, i)
	}
	return name
}

// tensor adds a tensor, in binary16 if half says that its numbers fit, and returns its
// name.
func (d *description) tensor(name string, half bool, data []float32, shape ...int) string {
	t := Tensor{Name: name, DType: "F32", Shape: shape, Data: data}
	if half {
		t.DType = "F16"
	}
	d.tensors = append(d.tensors, t)
	return name
}
