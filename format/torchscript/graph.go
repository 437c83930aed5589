package torchscript

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// A graph is the ONNX graph that is written.
type graph struct {
	model   proto.Model
	numbers int               // of constants so far that are not the archive's
	last    int               // numbers of names so far
	where   string            // the function and line that is followed
	buffers map[place]*tensor // the current values of attributes that are tensors
	written map[*statedict.Tensor]*tensor
}

// opset is the opset of the operators that are written.
const opset = 13

func newGraph() *graph {
	return &graph{model: proto.Model{Opset: opset, Producer: "torch.jit"}, buffers: map[place]*tensor{}, written: map[*statedict.Tensor]*tensor{}}
}

// fresh returns an unused name.
func (g *graph) fresh(stem string) string {
	g.last++
	return fmt.Sprintf("%s.%d", stem, g.last)
}

// node adds a node of one output of that shape.
func (g *graph) node(operator string, shape []dimension, attributes []proto.Attribute, inputs ...string) *tensor {
	return g.nodes(operator, attributes, inputs, shape)[0]
}

// nodes adds a node of several outputs of those shapes.
func (g *graph) nodes(operator string, attributes []proto.Attribute, inputs []string, shapes ...[]dimension) []*tensor {
	n := proto.Node{Name: g.where, Operator: operator, Inputs: inputs, Attributes: attributes}
	var out []*tensor
	for _, s := range shapes {
		t := &tensor{name: g.fresh("v"), shape: slices.Clone(s), memory: &memory{}}
		n.Outputs = append(n.Outputs, t.name)
		out = append(out, t)
	}
	g.model.Nodes = append(g.model.Nodes, n)
	return out
}

// ints adds a constant list of integers.
func (g *graph) ints(data ...int64) string {
	name := g.fresh("i")
	g.model.Constants = append(g.model.Constants, proto.Ints(name, data...))
	return name
}

// floats adds a constant of floats.
func (g *graph) floats(shape []int, data []float32) *tensor {
	g.numbers += len(data)
	t := &tensor{name: g.fresh("c"), data: data, memory: &memory{}}
	for _, n := range shape {
		t.shape = append(t.shape, dimension{n: n})
	}
	g.model.Constants = append(g.model.Constants, proto.Floats(t.name, shape, data))
	return t
}

// wrap turns a value of the archive into one of the code. The tensor of an attribute
// knows its place.
func (in *interpreter) wrap(v any, at *place) (value, error) {
	switch v := v.(type) {
	case []any:
		if err := in.spend(len(v)); err != nil {
			return nil, err
		}
		l := &list{}
		for _, item := range v {
			w, err := in.wrap(item, nil)
			if err != nil {
				return nil, err
			}
			l.items = append(l.items, w)
		}
		return l, nil
	case *statedict.Tensor:
		return in.constant(v, at)
	}
	return v, nil
}

// constant returns a tensor of the archive, written once.
func (in *interpreter) constant(v *statedict.Tensor, at *place) (value, error) {
	if t := in.written[v]; t != nil {
		return t, nil
	}
	if v.Data == nil && !slices.Contains(v.Shape, 0) {
		return &tensor{shape: shapeOf(v), whole: true, place: at, memory: &memory{}}, nil // a counter; code that reads it is refused
	}
	t := in.floats(v.Shape, v.Data)
	in.numbers -= len(v.Data) // which are the archive's
	t.place = at
	in.written[v] = t
	return t, nil
}

// change gives an attribute a value, which carries over to the next step if it is a
// tensor.
func (in *interpreter) change(at place, v value) error {
	t, ok := v.(*tensor)
	if !ok {
		return in.unsupported("the attribute %.60q becomes %s", at.name, describe(v))
	}
	if _, ok := at.of.Attrs[at.name].(*statedict.Tensor); !ok {
		return in.unsupported("the attribute %.60q becomes a tensor, which it is not at the start", at.name)
	}
	if !slices.Contains(in.changed, at) {
		in.changed = append(in.changed, at)
	}
	now := *t
	now.place = &place{at.of, at.name}
	in.buffers[at] = &now
	return nil
}

// state turns the buffers that forward changes, which a first try found, into
// inputs.
func (in *interpreter) state(changed []place) error {
	for i, at := range changed {
		was := at.of.Attrs[at.name].(*statedict.Tensor)
		for _, x := range was.Data {
			if x != 0 {
				return in.unsupported("the state %.60q is not zero at the start", at.name)
			}
		}
		t := &tensor{name: fmt.Sprintf("state.%d", i), shape: shapeOf(was), place: &place{at.of, at.name}, memory: &memory{}}
		in.buffers[at] = t
		in.input(t)
	}
	return nil
}

// input adds an input of the graph.
func (g *graph) input(t *tensor) {
	g.model.Inputs = append(g.model.Inputs, proto.Value{Name: t.name, Type: t.element(), Shape: t.open()})
}

// output adds an output of the graph.
func (g *graph) output(t *tensor, name string) {
	g.model.Nodes = append(g.model.Nodes, proto.Node{Name: g.fresh("Identity"), Operator: "Identity", Inputs: []string{t.name}, Outputs: []string{name}})
	g.model.Outputs = append(g.model.Outputs, proto.Value{Name: name, Type: t.element(), Shape: t.open()})
}

func (t *tensor) element() int {
	if t.whole {
		return proto.Int64
	}
	return proto.Float
}

// open returns the shape for ONNX.
func (t *tensor) open() []any {
	shape := []any{}
	for _, d := range t.shape {
		if d.open {
			shape = append(shape, "sequence")
		} else {
			shape = append(shape, d.n)
		}
	}
	return shape
}
