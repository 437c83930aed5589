package tensorflow

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// opset is the opset of the operators that are written.
const opset = 13

// A graph is an ONNX graph that is written: the whole one, or the body of a loop.
type graph struct{ model proto.Model }

// A writer writes ONNX graphs.
type writer struct {
	top     *graph
	last    int    // numbers of names so far
	numbers int    // floats of constants so far
	at      string // the node of TensorFlow that is evaluated
	most    int    // floats that constants may have
}

func newWriter(most int) *writer {
	return &writer{top: &graph{proto.Model{Opset: opset, Producer: "tensorflow"}}, most: most}
}

// fresh returns a name that no node of TensorFlow has.
func (w *writer) fresh(stem string) string {
	w.last++
	return fmt.Sprintf("%s@%d", stem, w.last)
}

// node adds a node of one output of that shape.
func (w *writer) node(operator string, t dtype, shape []dimension, attributes []proto.Attribute, inputs ...*tensor) (*tensor, error) {
	list, err := w.nodes(operator, attributes, inputs, t, shape)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// nodes adds a node with several outputs of those shapes to the graph of its innermost
// input.
func (w *writer) nodes(operator string, attributes []proto.Attribute, inputs []*tensor, t dtype, shapes ...[]dimension) ([]*tensor, error) {
	n := proto.Node{Name: w.at, Operator: operator, Attributes: attributes}
	var body *graph
	fixed := true
	for _, in := range inputs {
		if in == nil {
			n.Inputs = append(n.Inputs, "")
			continue
		}
		name, err := w.written(in)
		if err != nil {
			return nil, err
		}
		n.Inputs = append(n.Inputs, name)
		if in.body != nil {
			body = in.body
		}
		fixed = fixed && (in.constant || in.fixed)
	}
	var out []*tensor
	for _, s := range shapes {
		r := &tensor{dtype: t, name: w.fresh("v"), shape: slices.Clone(s), body: body, made: &made{operator, attributes, inputs}, fixed: fixed, reversed: -1}
		n.Outputs = append(n.Outputs, r.name)
		out = append(out, r)
	}
	w.add(body, n)
	return out, nil
}

// add adds a node to the body of a loop, or if it is nil to the whole graph.
func (w *writer) add(body *graph, n proto.Node) {
	if body == nil {
		body = w.top
	}
	body.model.Nodes = append(body.model.Nodes, n)
}

// written returns the name of a tensor, and writes constants.
func (w *writer) written(t *tensor) (string, error) {
	switch {
	case t.reversed >= 0:
		return "", network.Refuse(network.ErrUnsupported, "", "it reads a tensor that is reversed along the axis %d, as go_backwards with return_sequences leaves it; only a recurrent layer can read it: reverse it again, as Bidirectional does", t.reversed)
	case t.name != "":
		return t.name, nil
	case !t.constant || t.limits != nil:
		return "", network.Refuse(network.ErrUnsupported, "", "a value that is neither a number nor a constant")
	}
	name := w.fresh("c")
	var c proto.Tensor
	var shape []int
	for _, d := range t.shape {
		if d.open {
			return "", network.Refuse(network.ErrUnsupported, "", "a constant of the open shape %s", shapeText(t.shape))
		}
		shape = append(shape, d.n)
	}
	if t.dtype.isFloat() {
		n := t.count()
		if w.numbers += n; w.numbers > w.most {
			return "", network.Refuse(network.ErrUnsupported, "", "more than %d numbers are made from a file with fewer", w.most)
		}
		data := t.floats
		if len(data) == 1 && n != 1 {
			data = slices.Repeat(data, n)
		}
		c = proto.Floats(name, shape, data)
	} else {
		c = proto.Tensor{Name: name, Type: proto.Int64, Shape: shape}
		if t.dtype == typeBool {
			c.Type = proto.Bool
		}
		for _, v := range t.ints {
			if v.open || v.step != 0 || v.length {
				return "", network.Refuse(network.ErrUnsupported, "", "a number that depends on the steps is not a constant")
			}
			c.Ints = append(c.Ints, v.n)
		}
	}
	t.name = name
	w.top.model.Constants = append(w.top.model.Constants, c)
	return name, nil
}

// forward returns the tensor of which t is the reverse, or t itself.
func (t *tensor) forward() *tensor {
	if t.reversed < 0 {
		return t
	}
	r := *t
	r.reversed = -1
	return &r
}

// integers returns a constant list.
func integers(list ...int64) *tensor {
	t := whole(typeInt64, []dimension{{n: len(list)}})
	for _, n := range list {
		t.ints = append(t.ints, number{n: n})
	}
	return t
}

// element returns the type of a tensor in ONNX.
func (t *tensor) element() int {
	switch {
	case t.dtype.isFloat():
		return proto.Float
	case t.dtype == typeBool:
		return proto.Bool
	}
	return proto.Int64
}

// value returns an input or output of a graph.
func (t *tensor) value(name string) proto.Value {
	shape := []any{}
	for _, d := range t.shape {
		if d.open {
			shape = append(shape, "sequence")
		} else {
			shape = append(shape, d.n)
		}
	}
	return proto.Value{Name: name, Type: t.element(), Shape: shape}
}

// output adds an output.
func (w *writer) output(t *tensor, name string) error {
	if t.constant {
		return network.Refuse(network.ErrUnsupported, name, "the output is a constant")
	}
	from, err := w.written(t)
	if err != nil {
		return err
	}
	w.add(nil, proto.Node{Name: w.fresh("Identity"), Operator: "Identity", Inputs: []string{from}, Outputs: []string{name}})
	w.top.model.Outputs = append(w.top.model.Outputs, t.value(name))
	return nil
}
