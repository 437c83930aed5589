package onnx_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

type (
	model = onnxtest.Model
	attrs = []onnxtest.Attribute
)

func node(operator string, inputs, outputs []string, attributes ...onnxtest.Attribute) onnxtest.Node {
	return onnxtest.Node{Operator: operator, Inputs: inputs, Outputs: outputs, Attributes: attributes}
}

func list(names ...string) []string { return names }

func attr(name string, value any) onnxtest.Attribute {
	return onnxtest.Attribute{Name: name, Value: value}
}

func floats(name string, shape ...int) onnxtest.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return onnxtest.Floats(name, shape, onnxtest.Random(name, n))
}

// gruModel returns a model of opset 13: x [T,N,2] → gru, 3 units in some
// directions → all steps [T,N,3·directions] → fc → y [T,N,2].
func gruModel(direction string) *model {
	d := 1
	if direction == "bidirectional" {
		d = 2
	}
	return &model{
		Opset: 13,
		Nodes: []onnxtest.Node{
			{Name: "gru", Operator: "GRU", Inputs: list("x", "W", "R", "B"), Outputs: list("Y", "Y_h"),
				Attributes: attrs{attr("hidden_size", 3), attr("linear_before_reset", 1), attr("direction", direction)}},
			node("Transpose", list("Y"), list("turned"), attr("perm", []int{0, 2, 1, 3})),
			node("Reshape", list("turned", "flat"), list("steps")),
			{Name: "fc", Operator: "MatMul", Inputs: list("steps", "weight"), Outputs: list("product")},
			node("Add", list("product", "bias"), list("y")),
		},
		Constants: []onnxtest.Tensor{
			floats("W", d, 9, 2), floats("R", d, 9, 3), floats("B", d, 18),
			onnxtest.Ints("flat", 0, 0, -1), floats("weight", 3*d, 2), floats("bias", 2),
		},
		Inputs:  []onnxtest.Value{{Name: "x", Type: onnxtest.Float, Shape: []any{"T", "N", 2}}},
		Outputs: []onnxtest.Value{{Name: "y", Type: onnxtest.Float, Shape: []any{"T", "N", 2}}},
	}
}

// find returns the node of an operator.
func find(m *model, operator string) *onnxtest.Node {
	return &m.Nodes[slices.IndexFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == operator })]
}

func tensor(m *model, name string) *onnxtest.Tensor {
	return &m.Constants[slices.IndexFunc(m.Constants, func(t onnxtest.Tensor) bool { return t.Name == name })]
}

// after puts nodes behind the output, which becomes the input "y" of the first.
func after(m *model, nodes ...onnxtest.Node) {
	m.Nodes = append(m.Nodes, nodes...)
	m.Outputs[0].Name = "z"
}

// before puts a node between "Y" of the GRU and what reads it, as "Y2".
func before(m *model, reader string, n ...onnxtest.Node) {
	find(m, reader).Inputs[0] = "Y2"
	m.Nodes = append(m.Nodes, n...)
}

func set(n *onnxtest.Node, a onnxtest.Attribute) {
	if i := slices.IndexFunc(n.Attributes, func(o onnxtest.Attribute) bool { return o.Name == a.Name }); i >= 0 {
		n.Attributes[i] = a
		return
	}
	n.Attributes = append(n.Attributes, a)
}

// What is not understood is refused, by the name of the node or the tensor.
func TestReadRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(m *model)
		reason  error
		message string
	}{
		// The file as a whole.
		{"opset 6", func(m *model) { m.Opset = 6 }, network.ErrUnsupported, "opset 6; opsets 7 to 24 are supported"},
		{"opset 25", func(m *model) { m.Opset = 25 }, network.ErrUnsupported, "export it with one of these"},
		{"no outputs", func(m *model) { m.Outputs = nil }, network.ErrDamaged, "the graph has no outputs"},

		// The graph.
		{"unknown operator", func(m *model) { find(m, "Add").Operator = "Einsum" }, network.ErrUnsupported, `node "y" (Einsum): an operator that is not supported`},
		{"another domain", func(m *model) { find(m, "GRU").Domain = "com.microsoft" }, network.ErrUnsupported, `node "gru" (GRU): an operator of the domain "com.microsoft"`},
		{"quantized", func(m *model) {
			n := find(m, "GRU")
			n.Operator, n.Domain = "DynamicQuantizeLSTM", "com.microsoft"
		}, network.ErrUnsupported, `node "gru" (DynamicQuantizeLSTM): an operator of the domain "com.microsoft": the weights are quantized; convert the float32 model`},
		{"QDQ weights", func(m *model) {
			find(m, "MatMul").Inputs[1] = "w2"
			m.Nodes = append(m.Nodes, node("DequantizeLinear", list("weight", "bias"), list("w2")))
		}, network.ErrUnsupported, `node "w2" (DequantizeLinear): an operator that is not supported: the weights are quantized`},
		{"a loop", func(m *model) { find(m, "GRU").Operator = "Scan" }, network.ErrDamaged, `node "gru" (Scan): it has no body`},
		{"cycle", func(m *model) { find(m, "Reshape").Inputs[0] = "steps" }, network.ErrDamaged, `node "steps" (Reshape): it depends on its own output: the graph has a cycle`},
		{"missing input", func(m *model) { find(m, "GRU").Inputs[1] = "V" }, network.ErrDamaged, `node "gru" (GRU): its input "V" has no origin`},
		{"two origins", func(m *model) { find(m, "Reshape").Outputs[0] = "Y" }, network.ErrDamaged, `node "Y" (Reshape): its output "Y" has another origin already`},
		{"two initializers of a name", func(m *model) { m.Constants = append(m.Constants, floats("W", 1)) }, network.ErrDamaged, `tensor "W": two initializers have this name`},
		{"two inputs of a name", func(m *model) { m.Inputs = append(m.Inputs, m.Inputs[0]) }, network.ErrDamaged, `tensor "x": two inputs of the graph have this name`},
		{"an output without origin", func(m *model) { m.Outputs[0].Name = "nowhere" }, network.ErrDamaged, `tensor "nowhere"`},
		{"unused node", func(m *model) { m.Nodes = append(m.Nodes, node("Relu", list("Y"), list("spare"))) }, network.ErrUnsupported, "no output of the graph depends on the node spare (Relu)"},
		{"unused input", func(m *model) {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "spare", Type: onnxtest.Float, Shape: []any{1}})
		}, network.ErrUnsupported, "no output of the graph depends on the input spare"},
		{"constant output", func(m *model) { m.Outputs = append(m.Outputs, onnxtest.Value{Name: "bias", Type: onnxtest.Float}) },
			network.ErrUnsupported, `tensor "bias": it is an output of the graph, but constant`},
		{"an input without shape", func(m *model) { m.Inputs[0].Shape = nil }, network.ErrUnsupported, `tensor "x": this input of the graph has no shape`},
		{"an input of strings", func(m *model) { m.Inputs[0].Type = 8 }, network.ErrUnsupported, `tensor "x": this input of the graph is of the type string`},

		// Tensors.
		{"too little data", func(m *model) { tensor(m, "W").Floats = tensor(m, "W").Floats[1:] }, network.ErrDamaged, `tensor "W": it has the shape [1 9 2] and the type float, but 17 elements`},
		{"a negative dimension", func(m *model) { tensor(m, "W").Shape[0] = -1 }, network.ErrDamaged, `tensor "W": it has the shape [-1 9 2]`},
		{"over-large dimensions", func(m *model) { tensor(m, "W").Shape = []int{1<<31 - 1, 1<<31 - 1, 1<<31 - 1} }, network.ErrDamaged, `tensor "W": it has the shape`},
		{"unsigned weights", func(m *model) { tensor(m, "W").Type = 12 }, network.ErrUnsupported, `tensor "W": it is of the type uint32`},
		{"weights of integers", func(m *model) {
			w := tensor(m, "W")
			w.Type, w.Ints, w.Floats = onnxtest.Int64, make([]int64, 18), nil
		}, network.ErrUnsupported, `node "gru" (GRU): W are of the type int64`},
		{"weights without elements", func(m *model) {
			w := tensor(m, "W")
			w.Shape, w.Floats = []int{1, 0, 2}, nil
		}, network.ErrShape, `node "gru" (GRU): W have the shape [1 0 2], want [1 9 2]`},
		{"infinite weights", func(m *model) {
			tensor(m, "bias").Type, tensor(m, "bias").Floats[0] = onnxtest.Float, float32(math.Inf(1))
		}, network.ErrInvalid, "layer 1 (fc): +Inf as number 0 of the input biases"},

		// Recurrent nodes.
		{"weights as an input", func(m *model) {
			m.Constants = m.Constants[1:]
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "W", Type: onnxtest.Float, Shape: []any{1, 9, 2}})
		}, network.ErrUnsupported, `node "gru" (GRU): W ("W") depends on the graph's inputs, want a constant`},
		{"hidden_size", func(m *model) { set(find(m, "GRU"), attr("hidden_size", 4)) }, network.ErrShape, `node "gru" (GRU): hidden_size is 4, but R has the shape [1 9 3]`},
		{"weights of another direction", func(m *model) { set(find(m, "GRU"), attr("direction", "bidirectional")) }, network.ErrShape, `W have the shape [1 9 2], want [2 9 2]`},
		{"unknown direction", func(m *model) { set(find(m, "GRU"), attr("direction", "sideways")) }, network.ErrDamaged, `the direction "sideways"`},
		{"unknown attribute", func(m *model) { set(find(m, "GRU"), attr("zoneout", float32(0.5))) }, network.ErrUnsupported, `node "gru" (GRU): the attribute "zoneout"`},
		{"hidden_size of none", func(m *model) { set(find(m, "GRU"), attr("hidden_size", 0)) }, network.ErrShape, `hidden_size is 0, but R has the shape [1 9 3]`},
		{"attribute of another type", func(m *model) { set(find(m, "GRU"), attr("hidden_size", "3")) }, network.ErrDamaged, `node "gru" (GRU): the attribute "hidden_size" is of type 3, want 2`},
		{"attribute twice", func(m *model) {
			find(m, "GRU").Attributes = append(find(m, "GRU").Attributes, attr("hidden_size", 3))
		}, network.ErrDamaged, `two attributes "hidden_size"`},
		{"negative clip", func(m *model) { set(find(m, "GRU"), attr("clip", float32(-1))) }, network.ErrDamaged, `node "gru" (GRU): a clip of -1`},
		{"unknown activation", func(m *model) { set(find(m, "GRU"), attr("activations", list("Sigmoid", "Swish"))) }, network.ErrUnsupported, `the activation "Swish"`},
		{"too few activations", func(m *model) { set(find(m, "GRU"), attr("activations", list("Sigmoid"))) }, network.ErrDamaged, "1 activation, want 2"},
		{"constants that no activation takes", func(m *model) { set(find(m, "GRU"), attr("activation_alpha", []float32{1})) }, network.ErrDamaged, "1 more values than the activations take"},
		{"a default that is not agreed", func(m *model) { set(find(m, "GRU"), attr("activations", list("Affine", "Tanh"))) }, network.ErrUnsupported, "the activation Affine has no value in activation_alpha"},
		{"initial states that differ by sequence", func(m *model) {
			m.Constants = append(m.Constants, floats("h0", 1, 2, 3))
			find(m, "GRU").Inputs = append(find(m, "GRU").Inputs, "", "h0")
		}, network.ErrUnsupported, `node "gru" (GRU): initial_h is constant, but not the same for every sequence of a batch`},
		{"constant lengths", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Ints("lens", 3, 4))
			find(m, "GRU").Inputs = append(find(m, "GRU").Inputs, "lens")
		}, network.ErrUnsupported, `sequence_lens ("lens") is constant, but not the number of steps`},
		{"states of a decoder", func(m *model) {
			m.Constants = append(m.Constants, floats("W2", 1, 9, 3), floats("R2", 1, 9, 3))
			before(m, "Transpose", node("Squeeze", list("Y", "one"), list("s")), node("GRU", list("s", "W2", "R2", "", "", "Y_h"), list("Y2"), attr("hidden_size", 3)))
			m.Constants = append(m.Constants, onnxtest.Ints("one", 1))
		}, network.ErrUnsupported, `node "Y2" (GRU): initial_h ("Y_h") is computed from the graph's inputs`},

		// The way of the data.
		{"steps along the batch", func(m *model) {
			m.Constants = append(m.Constants, floats("W2", 1, 9, 3), floats("R2", 1, 9, 3), onnxtest.Ints("one", 1))
			before(m, "Transpose", node("Squeeze", list("Y", "one"), list("s")), node("Transpose", list("s"), list("st"), attr("perm", []int{1, 0, 2})),
				node("GRU", list("st", "W2", "R2"), list("Y2"), attr("hidden_size", 3)))
		}, network.ErrUnsupported, `node "Y2" (GRU): it reads steps along another axis than the layer below, or mixes steps and sequences: X has the shape [d2 d1 3]`},
		{"steps mixed with features", func(m *model) {
			tensor(m, "flat").Ints = []int64{0, -1, 1}
		}, network.ErrUnsupported, `node "fc" (MatMul): axis 2 of the shape [d1 3·d2 1] is not that of the features`},
		{"a step in the middle", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Ints("at", 1))
			after(m, node("Gather", list("y", "at"), list("z")))
		}, network.ErrUnsupported, `node "z" (Gather): it takes the steps from 1 on, 1 of d1`},
		{"some steps", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Ints("from", 1), onnxtest.Ints("to", 1<<40))
			after(m, node("Slice", list("y", "from", "to"), list("z")))
		}, network.ErrUnsupported, `node "z" (Slice): it takes the elements from 1 to 1099511627776 of d1`},
		{"one sequence", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Ints("at", 0))
			after(m, node("Gather", list("y", "at"), list("z"), attr("axis", 1)))
		}, network.ErrUnsupported, `tensor "z": this output belongs to only some sequences of a batch`},
		{"softmax over steps", func(m *model) { after(m, node("Softmax", list("y"), list("z"), attr("axis", 0))) },
			network.ErrUnsupported, `node "z" (Softmax): over axis 0 of the shape [d1 d2 2], which is not that of the features alone`},
		{"the old softmax over sequences and features", func(m *model) {
			m.Opset = 11
			after(m, node("Softmax", list("y"), list("z")))
		}, network.ErrUnsupported, `node "z" (Softmax): it mixes the sequences of a batch, whose length the file leaves open: export the model for a batch of 1`},
		{"the mean over sequences", func(m *model) { after(m, node("ReduceMean", list("y"), list("z"), attr("axes", []int{1}))) },
			network.ErrUnsupported, `node "z" (ReduceMean): it mixes the sequences of a batch`},
		{"reversed outputs", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Ints("from", -1), onnxtest.Ints("to", -1<<40), onnxtest.Ints("zero", 0))
			after(m, node("Slice", list("y", "from", "to", "zero", "from"), list("z")))
		}, network.ErrUnsupported, `the output "z" has its steps in reverse order`},
		{"a bias for every sequence", func(m *model) { *tensor(m, "bias") = floats("bias", 3, 2) }, network.ErrShape, `node "y" (Add): the shapes [d1 d2 2] and [3 2]`},
		{"attention", func(m *model) { after(m, node("MatMul", list("y", "y"), list("z"))) },
			network.ErrUnsupported, `node "z" (MatMul): the weights ("y") depends on the graph's inputs`},
		{"dropout in training", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Tensor{Name: "yes", Type: onnxtest.Bool, Ints: []int64{1}})
			after(m, node("Dropout", list("y", "", "yes"), list("z")))
		}, network.ErrUnsupported, `node "z" (Dropout): in training mode`},
		{"some steps of the input", func(m *model) {
			m.Inputs[0].Shape[0] = 4
			m.Nodes = append(m.Nodes, node("Slice", list("x", "zero", "two", "zero"), list("part")))
			m.Constants = append(m.Constants, onnxtest.Ints("zero", 0), onnxtest.Ints("two", 2))
			find(m, "GRU").Inputs[0] = "part"
		}, network.ErrUnsupported, `node "gru" (GRU): it reads only some of the input "x"`},
		{"a window of some steps", func(m *model) {
			m.Inputs[0].Shape[0] = 4
			after(m, node("Transpose", list("y"), list("t"), attr("perm", []int{1, 2, 0})), node("MaxPool", list("t"), list("z"), attr("kernel_shape", []int{2})))
		}, network.ErrUnsupported, "kernel_shape [2] for the shape [d1 2 4], but a network has one window of all steps"},
		{"padding", func(m *model) {
			m.Constants = append(m.Constants, onnxtest.Ints("pads", 0, 0, 0, 1, 0, 0))
			after(m, node("Pad", list("y", "pads"), list("z")))
		}, network.ErrUnsupported, `tensor "z": this output has padded steps`},
		{"shapes that do not fit", func(m *model) { m.Inputs[0].Shape[2] = 5 }, network.ErrShape, `node "gru" (GRU): weights for 2 features, but there are 5`},
		{"an impossible shape", func(m *model) { tensor(m, "flat").Ints = []int64{0, 0, 7} }, network.ErrShape, "cannot become [0 0 7]"},
		{"tokens out of nothing", func(m *model) {
			m.Constants = append(m.Constants, floats("table", 5, 2))
			m.Nodes = append(m.Nodes, node("Cast", list("y"), list("tokens"), attr("to", 7)), node("Gather", list("table", "tokens"), list("z")))
			m.Outputs[0].Name = "z"
		}, network.ErrUnsupported, `node "tokens" (Cast): from float to int64, which rounds`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel("forward")
			_, err := onnx.Read(m.Marshal())
			require.NoError(t, err)
			c.change(m)
			_, err = onnx.Read(m.Marshal())
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, c.message)
		})
	}
}
