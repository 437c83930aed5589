package export

import (
	"fmt"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// A writer writes a graph of layers as nodes of ONNX.
type writer struct {
	model  *format.Model
	graph  *format.Graph
	stream bool
	skip   bool // the first inputs are added to the outputs

	file    proto.Model
	values  []value
	windows map[int]window // by their values: those that convolutions write
	titles  []string       // of the nodes of the graph of layers
	title   string         // of the one that is written
	taken   map[string]bool
	next    []proto.Value     // outputs for the states after the last step
	lists   map[string]string // constant lists of integers, by their text
	sizes   map[int]string    // the number of sequences and of steps
}

func newWriter(m *format.Model, o Options) (*writer, error) {
	shapes, err := m.Graph.Values()
	if err != nil {
		return nil, err
	}
	w := &writer{
		model: m, graph: m.Graph, stream: o.Stream, titles: m.Graph.NodeNames(),
		taken: map[string]bool{}, windows: map[int]window{}, lists: map[string]string{}, sizes: map[int]string{},
	}
	w.file.Opset = Opset
	for _, v := range shapes {
		w.values = append(w.values, value{Value: v})
	}
	for _, in := range m.Graph.Inputs {
		w.taken[in.Name] = true
	}
	for _, out := range m.Graph.Outputs {
		if w.taken[out.Name] {
			return nil, &Error{Reason: fmt.Sprintf("an input and an output of the same name %q", out.Name)}
		}
		w.taken[out.Name] = true
	}
	return w, nil
}

// refuse makes the error of the node that is written.
func (w *writer) refuse(format string, args ...any) error {
	return &Error{Node: w.title, Reason: fmt.Sprintf(format, args...)}
}

// name returns an unused name: that of the node that is written, and a part.
func (w *writer) name(part string) string {
	name := w.title + part
	for i := 2; w.taken[name]; i++ {
		name = fmt.Sprintf("%s%s_%d", w.title, part, i)
	}
	w.taken[name] = true
	return name
}

// attributes are names and values in turn.
func attributes(list ...any) (a []proto.Attribute) {
	for i := 0; i < len(list); i += 2 {
		a = append(a, proto.Attribute{Name: list[i].(string), Value: list[i+1]})
	}
	return a
}

// node adds a node of one output, and returns that.
func (w *writer) node(operator string, inputs []string, options ...any) string {
	return w.nodes(operator, inputs, 1, options...)[0]
}

// nodes adds a node of several outputs.
func (w *writer) nodes(operator string, inputs []string, outputs int, options ...any) []string {
	n := proto.Node{Name: w.name("/" + operator), Operator: operator, Inputs: inputs, Attributes: attributes(options...)}
	for range outputs {
		n.Outputs = append(n.Outputs, w.name("/"+operator+"_output"))
	}
	w.file.Nodes = append(w.file.Nodes, n)
	return n.Outputs
}

// floats adds a constant, in binary16 if half says that its numbers are such.
func (w *writer) floats(part string, half bool, data []float32, shape ...int) string {
	t := proto.Floats(w.name("."+part), shape, data)
	if half {
		t.Type = proto.Float16
	}
	w.file.Constants = append(w.file.Constants, t)
	if half {
		return w.node("Cast", []string{t.Name}, "to", proto.Float)
	}
	return t.Name
}

// number adds a constant of one number.
func (w *writer) number(v float32) string { return w.floats("number", false, []float32{v}) }

// ints returns a constant list, the same for the same numbers.
func (w *writer) ints(data ...int64) string {
	name := "list" + strings.ReplaceAll(strings.Trim(fmt.Sprint(data), "[]"), " ", "_")
	if known, ok := w.lists[name]; ok {
		return known
	}
	t := proto.Ints(name, data...)
	for w.taken[t.Name] {
		t.Name += "_"
	}
	w.taken[t.Name] = true
	w.lists[name] = t.Name
	w.file.Constants = append(w.file.Constants, t)
	return t.Name
}

// size returns the number of sequences (0) or of steps (1), a list of one.
func (w *writer) size(axis int) string {
	if w.sizes[axis] == "" {
		title := w.title
		w.title = [...]string{"sequences", "steps"}[axis]
		shape := w.node("Shape", []string{w.graph.Inputs[0].Name})
		w.sizes[axis] = w.part(shape, 0, int64(axis), int64(axis)+1)
		w.title = title
	}
	return w.sizes[axis]
}

// part returns elements [from, to) along an axis.
func (w *writer) part(x string, axis, from, to int64) string {
	return w.node("Slice", []string{x, w.ints(from), w.ints(to), w.ints(axis)})
}

// reshape gives a tensor a new shape. 0 keeps the size of the axis.
func (w *writer) reshape(x string, shape ...int64) string {
	return w.node("Reshape", []string{x, w.ints(shape...)})
}

func (w *writer) transpose(x string, perm ...int) string {
	return w.node("Transpose", []string{x}, "perm", perm)
}

// state adds an input for a state before the first step, and returns it. The state
// after the last step is given to next.
func (w *writer) state(part string, initial []float32, shape ...any) (before string, next func(after string)) {
	before = w.name("_" + part)
	after := w.name("_" + part + "_next")
	w.file.Inputs = append(w.file.Inputs, proto.Value{Name: before, Type: proto.Float, Shape: shape})
	w.next = append(w.next, proto.Value{Name: after, Type: proto.Float, Shape: shape})
	w.initial(before, initial)
	return before, func(tensor string) { w.called(tensor, after) }
}

// called gives a tensor a name.
func (w *writer) called(tensor, name string) {
	w.file.Nodes = append(w.file.Nodes, proto.Node{Name: w.name("/Identity"), Operator: "Identity", Inputs: []string{tensor}, Outputs: []string{name}})
}

// whole returns a constant of one integer.
func (w *writer) whole(v int64) string {
	key := fmt.Sprint("whole", v)
	if known, ok := w.lists[key]; ok {
		return known
	}
	t := proto.Tensor{Name: key, Type: proto.Int64, Ints: []int64{v}}
	for w.taken[t.Name] {
		t.Name += "_"
	}
	w.taken[t.Name] = true
	w.lists[key] = t.Name
	w.file.Constants = append(w.file.Constants, t)
	return t.Name
}
