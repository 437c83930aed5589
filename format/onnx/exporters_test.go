package onnx_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// read reads a model, without the names of its layers.
func read(t *testing.T, m *model) *network.Network {
	t.Helper()
	n, err := onnx.Read(m.Marshal())
	require.NoError(t, err)
	n.Provenance = nil
	for i := range n.Layers {
		n.Layers[i].Name = ""
	}
	return n
}

// constants appends initializers.
func constants(m *model, list ...onnxtest.Tensor) { m.Constants = append(m.Constants, list...) }

func add(m *model, nodes ...onnxtest.Node) { m.Nodes = append(m.Nodes, nodes...) }

// replace removes the nodes of an operator, and puts others in their place.
func replace(m *model, operator string, nodes ...onnxtest.Node) {
	m.Nodes = slices.DeleteFunc(m.Nodes, func(n onnxtest.Node) bool { return n.Operator == operator })
	add(m, nodes...)
}

func drop(m *model, names ...string) {
	m.Constants = slices.DeleteFunc(m.Constants, func(t onnxtest.Tensor) bool { return slices.Contains(names, t.Name) })
}

// half returns one direction of constants for both.
func half(t onnxtest.Tensor, name string, d int) onnxtest.Tensor {
	n := len(t.Floats) / 2
	return onnxtest.Floats(name, append([]int{1}, t.Shape[1:]...), t.Floats[d*n:][:n])
}

// twoNodes makes the bidirectional node two.
func twoNodes(m *model) {
	gru := *find(m, "GRU")
	for d, direction := range []string{"forward", "reverse"} {
		s := string(rune('0' + d))
		for _, name := range []string{"W", "R", "B"} {
			constants(m, half(*tensor(m, name), name+s, d))
		}
		add(m, onnxtest.Node{Operator: "gru", Inputs: list("x", "W"+s, "R"+s, "B"+s), Outputs: list("Y"+s, "Yh"+s),
			Attributes: attrs{gru.Attributes[0], gru.Attributes[1], attr("direction", direction)}})
	}
	drop(m, "W", "R", "B")
	replace(m, "GRU")
	for i := range m.Nodes {
		if m.Nodes[i].Operator == "gru" {
			m.Nodes[i].Operator = "GRU"
		}
	}
}

// The same network in the forms in which exporters write it.
func TestExportersWriteTheSameNetwork(t *testing.T) {
	last := func(n *network.Network) { n.Pool = format.PoolLast }
	many := func(*network.Network) {}
	for _, c := range []struct {
		name, direction string
		change          func(m *model)
		expect          func(n *network.Network) // of the network of gruModel
	}{
		{"keras2onnx, many to many", "bidirectional", func(m *model) {
			m.Inputs[0].Shape = []any{"N", "T", 2}
			find(m, "GRU").Inputs[0] = "timefirst"
			replace(m, "Transpose",
				node("Transpose", list("x"), list("timefirst"), attr("perm", []int{1, 0, 2})),
				node("Shape", list("x"), list("shape")),
				node("Slice", list("shape", "one", "two", "zero"), list("steps_of_x")),
				node("Concat", list("steps_of_x", "two", "rest", "units"), list("shape4"), attr("axis", 0)),
				node("Reshape", list("Y", "shape4"), list("fixed")),
				node("Transpose", list("fixed"), list("turned"), attr("perm", []int{2, 0, 1, 3})),
				node("Concat", list("rest", "steps_of_x", "both"), list("flat"), attr("axis", 0)),
				node("Softmax", list("y"), list("z"), attr("axis", -1)))
			drop(m, "flat")
			constants(m, onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1), onnxtest.Ints("two", 2), onnxtest.Ints("rest", -1),
				onnxtest.Ints("units", 3), onnxtest.Ints("both", 6))
			m.Outputs[0].Name = "z"
		}, func(n *network.Network) { n.Output = format.OutputSoftmax }},
		{"keras2onnx, many to one", "bidirectional", func(m *model) {
			replace(m, "Reshape", node("Flatten", list("turned"), list("steps")))
			find(m, "Transpose").Inputs[0] = "Y_h"
			set(find(m, "Transpose"), attr("perm", []int{1, 0, 2}))
			drop(m, "flat")
		}, last},
		{"keras2onnx with states", "forward", func(m *model) {
			replace(m, "Transpose")
			find(m, "Reshape").Inputs = list("Y_h", "units")
			replace(m, "Add", node("Add", list("product", "bias"), list("y")), node("Reshape", list("Y_h", "units"), list("state")))
			drop(m, "flat")
			constants(m, onnxtest.Ints("units", -1, 3))
			m.Outputs = append(m.Outputs, onnxtest.Value{Name: "state", Type: onnxtest.Float})
		}, last},
		{"tf2onnx, many to many", "forward", func(m *model) {
			m.Inputs[0].Shape = []any{"N", "T", 2}
			gru := find(m, "GRU")
			gru.Inputs = list("timefirst", "W", "R", "B", "lengths", "state")
			replace(m, "Transpose")
			replace(m, "Reshape",
				node("Transpose", list("x"), list("timefirst"), attr("perm", []int{1, 0, 2})),
				node("Shape", list("timefirst"), list("shape")),
				node("Cast", list("shape"), list("floats"), attr("to", 1)),
				node("Slice", list("floats", "zero", "one", "zero"), list("time")),
				node("Slice", list("floats", "one", "two", "zero"), list("batch")),
				node("Cast", list("time"), list("time32"), attr("to", 6)),
				node("Cast", list("batch"), list("batch64"), attr("to", 7)),
				node("Tile", list("time32", "batch64"), list("lengths")),
				node("Concat", list("one", "batch64", "units"), list("shape0"), attr("axis", 0)),
				node("Expand", list("nought", "shape0"), list("state")),
				node("Squeeze", list("Y", "one"), list("squeezed")),
				node("Transpose", list("squeezed"), list("batchfirst"), attr("perm", []int{1, 0, 2})),
				// A dense layer of three axes.
				node("Reshape", list("batchfirst", "flat"), list("steps")),
				node("Shape", list("batchfirst"), list("shape1")),
				node("Slice", list("shape1", "zero", "two", "zero"), list("front")),
				node("Concat", list("front", "two"), list("shape2"), attr("axis", 0)),
				node("Reshape", list("product", "shape2"), list("product3")))
			find(m, "Add").Inputs[0] = "product3"
			tensor(m, "flat").Shape, tensor(m, "flat").Ints = []int{2}, []int64{-1, 3}
			constants(m, onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1), onnxtest.Ints("two", 2), onnxtest.Ints("units", 3),
				onnxtest.Floats("nought", nil, []float32{0}))
		}, many},
		{"tf2onnx, a dense layer of three axes", "forward", func(m *model) {
			m.Inputs[0].Shape = []any{"N", "T", 2}
			find(m, "GRU").Inputs[0] = "timefirst"
			replace(m, "Transpose")
			replace(m, "Reshape",
				node("Transpose", list("x"), list("timefirst"), attr("perm", []int{1, 0, 2})),
				node("Squeeze", list("Y", "one"), list("squeezed")),
				node("Transpose", list("squeezed"), list("batchfirst"), attr("perm", []int{1, 0, 2})),
				node("Shape", list("batchfirst"), list("shape64")),
				node("Cast", list("shape64"), list("shape"), attr("to", 6)),
				node("Gather", list("shape", "free"), list("kept"), attr("axis", 0)),
				node("Gather", list("shape", "contracted"), list("gone"), attr("axis", 0)),
				node("ReduceProd", list("kept"), list("rows"), attr("axes", []int{0}), attr("keepdims", 0)),
				node("ReduceProd", list("gone"), list("columns"), attr("axes", []int{0}), attr("keepdims", 0)),
				node("Unsqueeze", list("rows", "zero"), list("rows1")),
				node("Unsqueeze", list("columns", "zero"), list("columns1")),
				node("Concat", list("rows1", "columns1"), list("matrix32"), attr("axis", 0)),
				node("Cast", list("matrix32"), list("matrix"), attr("to", 7)),
				node("Transpose", list("batchfirst"), list("unturned"), attr("perm", []int{0, 1, 2})),
				node("Reshape", list("unturned", "matrix"), list("steps")),
				node("Concat", list("kept", "outputs"), list("shape32"), attr("axis", 0)),
				node("Cast", list("shape32"), list("shape3"), attr("to", 7)),
				node("Reshape", list("product", "shape3"), list("product3")))
			find(m, "Add").Inputs[0] = "product3"
			drop(m, "flat")
			outputs := onnxtest.Ints("outputs", 2)
			outputs.Type = onnxtest.Int32
			constants(m, onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1), onnxtest.Ints("free", 0, 1), onnxtest.Ints("contracted", 2), outputs)
		}, many},
		{"tf2onnx, a slice of the last step", "forward", func(m *model) {
			replace(m, "Transpose")
			replace(m, "Reshape",
				node("Squeeze", list("Y", "one"), list("squeezed")),
				node("Transpose", list("squeezed"), list("batchfirst"), attr("perm", []int{1, 0, 2})),
				node("Slice", list("batchfirst", "end", "huge", "one"), list("last")),
				node("Squeeze", list("last", "one"), list("steps")))
			drop(m, "flat")
			constants(m, onnxtest.Ints("one", 1), onnxtest.Ints("end", -1), onnxtest.Ints("huge", 1<<31-1))
		}, last},
		{"two nodes for two directions", "bidirectional", func(m *model) {
			twoNodes(m)
			find(m, "Transpose").Inputs[0] = "both"
			add(m, node("Concat", list("Y0", "Y1"), list("both"), attr("axis", 1)))
		}, many},
		{"two nodes for two directions, joined by features", "bidirectional", func(m *model) {
			twoNodes(m)
			replace(m, "Transpose")
			replace(m, "Reshape", node("Squeeze", list("Y0", "one"), list("s0")), node("Squeeze", list("Y1", "one"), list("s1")),
				node("Concat", list("s0", "s1"), list("steps"), attr("axis", -1)))
			drop(m, "flat")
			constants(m, onnxtest.Ints("one", 1))
		}, many},
		{"two nodes for two directions, their final states", "bidirectional", func(m *model) {
			twoNodes(m)
			replace(m, "Transpose")
			replace(m, "Reshape", node("Squeeze", list("Yh0", "zero"), list("s0")), node("Squeeze", list("Yh1", "zero"), list("s1")),
				node("Concat", list("s0", "s1"), list("steps"), attr("axis", 1)))
			drop(m, "flat")
			constants(m, onnxtest.Ints("zero", 0))
		}, last},
		{"a reversed input for the second direction", "bidirectional", func(m *model) {
			twoNodes(m)
			for i := range m.Nodes {
				if n := &m.Nodes[i]; n.Operator == "GRU" && n.Inputs[1] == "W1" {
					n.Inputs[0] = "turned_x"
					set(n, attr("direction", "forward"))
				}
			}
			find(m, "Transpose").Inputs[0] = "both"
			add(m, node("Slice", list("x", "end", "least", "zero", "end"), list("turned_x")),
				node("Slice", list("Y1", "end", "least", "zero", "end"), list("turned_Y")),
				node("Concat", list("Y0", "turned_Y"), list("both"), attr("axis", 1)))
			constants(m, onnxtest.Ints("end", -1), onnxtest.Ints("least", -1<<62), onnxtest.Ints("zero", 0))
		}, many},
		{"ReverseSequence", "bidirectional", func(m *model) {
			find(m, "GRU").Inputs[0] = "turned_x"
			find(m, "MatMul").Inputs[0] = "turned_steps"
			add(m, node("Shape", list("x"), list("shape")), node("Gather", list("shape", "zero"), list("time")),
				node("Gather", list("shape", "one"), list("batch")), node("Expand", list("time", "batch"), list("lengths")),
				node("ReverseSequence", list("x", "lengths"), list("turned_x")),
				node("ReverseSequence", list("steps", "lengths"), list("turned_steps")))
			constants(m, onnxtest.Ints("zero", 0), onnxtest.Ints("one", 1))
		}, func(n *network.Network) {
			// The forward direction of the node reads from the end.
			d := n.Layers[0].Directions
			n.Layers[0].Directions = []network.Direction{d[1], d[0]}
			w := &n.Layers[1].Directions[0].WeightIH
			var turned []float32
			for r := range 2 {
				turned = slices.Concat(turned, (*w)[r*6+3:][:3], (*w)[r*6:][:3])
			}
			*w = turned
		}},
		{"split directions", "bidirectional", func(m *model) {
			replace(m, "Transpose")
			replace(m, "Reshape", node("Split", list("Y", "ones"), list("a", "b"), attr("axis", 1)),
				node("Squeeze", list("a", "one"), list("a3")), node("Squeeze", list("b", "one"), list("b3")),
				node("Concat", list("a3", "b3"), list("steps"), attr("axis", 2)))
			drop(m, "flat")
			constants(m, onnxtest.Ints("one", 1), onnxtest.Ints("ones", 1, 1))
		}, many},
		{"directions joined the other way round", "bidirectional", func(m *model) {
			replace(m, "Transpose")
			replace(m, "Reshape", node("Gather", list("Y_h", "at1"), list("b")), node("Gather", list("Y_h", "at0"), list("a")),
				node("Concat", list("b", "a"), list("steps"), attr("axis", 1)))
			drop(m, "flat")
			constants(m, onnxtest.Tensor{Name: "at0", Type: onnxtest.Int64, Ints: []int64{0}}, onnxtest.Tensor{Name: "at1", Type: onnxtest.Int64, Ints: []int64{-1}})
		}, func(n *network.Network) {
			n.Pool = format.PoolLast
			w := &n.Layers[1].Directions[0].WeightIH
			*w = slices.Concat((*w)[3:6], (*w)[:3], (*w)[9:], (*w)[6:9])
		}},
		{"expanded learned states", "forward", func(m *model) {
			find(m, "GRU").Inputs = append(find(m, "GRU").Inputs, "", "state")
			add(m, node("Shape", list("x"), list("shape")), node("Slice", list("shape", "one", "two"), list("batch")),
				node("Concat", list("minus", "batch", "minus"), list("wanted"), attr("axis", 0)),
				node("Shape", list("wanted"), list("rank")),
				node("ConstantOfShape", list("rank"), list("ones"), attr("value", onnxtest.Ints("", 1))),
				node("Mul", list("ones", "minus"), list("minuses")),
				node("Equal", list("wanted", "minuses"), list("keep")),
				node("Where", list("keep", "ones", "wanted"), list("target")),
				node("Expand", list("h0", "target"), list("state")))
			constants(m, onnxtest.Ints("one", 1), onnxtest.Ints("two", 2), onnxtest.Ints("minus", -1), floats("h0", 1, 1, 3))
		}, func(n *network.Network) { n.Layers[0].Directions[0].H0 = onnxtest.Random("h0", 3) }},
		{"Gemm", "forward", func(m *model) {
			replace(m, "Transpose")
			replace(m, "Reshape", node("Squeeze", list("Y_h", "zero"), list("steps")), node("Transpose", list("steps"), list("t")))
			replace(m, "Add")
			replace(m, "MatMul", node("Gemm", list("t", "weight", "bias"), list("y"), attr("transA", 1), attr("alpha", float32(2)), attr("beta", float32(0.5))))
			drop(m, "flat")
			constants(m, onnxtest.Ints("zero", 0))
		}, func(n *network.Network) {
			n.Pool = format.PoolLast
			d := &n.Layers[1].Directions[0]
			for i := range d.WeightIH {
				d.WeightIH[i] *= 2
			}
			for i := range d.BiasIH {
				d.BiasIH[i] *= 0.5
			}
		}},
		{"activations of a dense layer", "forward", func(m *model) { after(m, node("LeakyRelu", list("y"), list("z"), attr("alpha", float32(0.1)))) },
			func(n *network.Network) {
				n.Layers[1].Activation = format.Activation{Kind: format.ActivationLeakyReLU, Alpha: 0.1}
			}},
		{"the logarithm of a softmax", "forward", func(m *model) {
			after(m, node("Softmax", list("y"), list("p"), attr("axis", 2)), node("Log", list("p"), list("z")))
		},
			func(n *network.Network) { n.Output = format.OutputLogSoftmax }},
		{"the old softmax", "forward", func(m *model) {
			m.Opset = 12
			after(m, node("Softmax", list("y"), list("z"), attr("axis", 2)))
		}, func(n *network.Network) { n.Output = format.OutputSoftmax }},
		{"the greatest of a softmax", "forward", func(m *model) {
			after(m, node("Softmax", list("y"), list("p")), node("ArgMax", list("p"), list("z"), attr("axis", -1), attr("keepdims", 0)))
		}, func(n *network.Network) { n.Output = format.OutputArgMax }},
		{"initializers that are inputs as well", "forward", func(m *model) {
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "W", Type: onnxtest.Float, Shape: []any{1, 9, 2}})
		}, many},
		{"nodes in another order", "forward", func(m *model) { slices.Reverse(m.Nodes) }, many},
		{"a sequence without a batch", "forward", func(m *model) {
			m.Inputs[0].Shape = []any{"T", 2}
			find(m, "GRU").Inputs[0] = "batched"
			add(m, node("Unsqueeze", list("x", "one"), list("batched")))
			after(m, node("Squeeze", list("y", "one"), list("z")))
			constants(m, onnxtest.Ints("one", 1))
		}, many},
		{"a single step", "forward", func(m *model) {
			m.Inputs[0].Shape = []any{1, 1, 2}
			after(m, node("Squeeze", list("y"), list("z")))
		}, many},
		{"layout 1", "bidirectional", func(m *model) {
			m.Opset = 14
			m.Inputs[0].Shape = []any{"N", "T", 2}
			set(find(m, "GRU"), attr("layout", 1))
			replace(m, "Transpose")
			find(m, "Reshape").Inputs[0] = "Y"
		}, many},
		{"constants in attributes", "forward", func(m *model) {
			replace(m, "Add", node("Constant", nil, list("b16"), attr("value_floats", []float32{0.5, -2})), node("Cast", list("b16"), list("b"), attr("to", 1)),
				node("Add", list("product", "b"), list("y")))
			drop(m, "bias")
		}, func(n *network.Network) { n.Layers[1].Directions[0].BiasIH = []float32{0.5, -2} }},
		{"a table of tokens", "forward", func(m *model) {
			m.Inputs[0] = onnxtest.Value{Name: "x", Type: onnxtest.Float, Shape: []any{"T", "N"}}
			find(m, "GRU").Inputs[0] = "features"
			add(m, node("Reshape", list("x", "keep"), list("x2")), node("Cast", list("x2"), list("tokens"), attr("to", 6)), node("Gather", list("table", "tokens"), list("features")))
			constants(m, onnxtest.Ints("keep", 0, -1), floats("table", 5, 2))
		}, func(n *network.Network) {
			n.Embedding = &format.Embedding{Tokens: 5, Size: 2, Table: onnxtest.Random("table", 10)}
		}},
		{"one-hot tokens", "forward", func(m *model) {
			m.Inputs[0] = onnxtest.Value{Name: "x", Type: onnxtest.Int64, Shape: []any{"T", "N"}}
			find(m, "GRU").Inputs[0] = "features"
			add(m, node("OneHot", list("x", "depth", "values"), list("features")))
			constants(m, onnxtest.Tensor{Name: "depth", Type: onnxtest.Int64, Ints: []int64{2}}, onnxtest.Floats("values", []int{2}, []float32{0, 1}))
		}, func(n *network.Network) {
			n.Embedding = &format.Embedding{Tokens: 2, Size: 2, Table: []float32{1, 0, 0, 1}}
		}},
		{"a skip connection", "forward", func(m *model) { after(m, node("Add", list("x", "y"), list("z"))) }, func(n *network.Network) { n.Skip = true }},
		{"the greatest over the steps", "forward", func(m *model) {
			replace(m, "Transpose")
			replace(m, "Reshape", node("Transpose", list("Y"), list("channels"), attr("perm", []int{2, 3, 0, 1})),
				node("GlobalMaxPool", list("channels"), list("pooled")), node("Flatten", list("pooled"), list("steps")))
			drop(m, "flat")
		}, func(n *network.Network) { n.Pool = format.PoolMax }},
		{"the mean over the steps, opset 18", "forward", func(m *model) {
			m.Opset = 18
			replace(m, "Transpose")
			replace(m, "Reshape", node("ReduceMean", list("Y", "axes"), list("steps"), attr("keepdims", 0)))
			drop(m, "flat")
			constants(m, onnxtest.Ints("axes", 0, 1))
		}, func(n *network.Network) { n.Pool = format.PoolMean }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gruModel(c.direction)
			want := read(t, m)
			c.expect(want)
			m = gruModel(c.direction)
			c.change(m)
			require.Equal(t, want, read(t, m))
		})
	}
}
