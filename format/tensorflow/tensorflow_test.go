package tensorflow_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/runtime"
)

// An option is an attribute of a node: its field in AttrValue, and what that holds.
type option struct {
	name  string
	field int
	value any
}

// node returns a NodeDef.
func node(op, name string, inputs []string, options ...option) []byte {
	var n onnxtest.Message
	n.Text(1, name)
	n.Text(2, op)
	for _, in := range inputs {
		n.Text(3, in)
	}
	for _, o := range options {
		var value, entry onnxtest.Message
		switch v := o.value.(type) {
		case string:
			value.Text(protowire.Number(o.field), v)
		case int:
			value.Number(protowire.Number(o.field), int64(v))
		case []byte:
			value.Bytes(protowire.Number(o.field), v)
		}
		entry.Text(1, o.name)
		entry.Bytes(2, value)
		n.Bytes(5, entry)
	}
	return n
}

// shape returns a TensorShapeProto.
func shape(sizes ...int) []byte {
	var s onnxtest.Message
	for _, n := range sizes {
		var d onnxtest.Message
		d.Number(1, int64(n))
		s.Bytes(2, d)
	}
	return s
}

// placeholder returns an input of floats.
func placeholder(name string, sizes ...int) []byte {
	return node("Placeholder", name, nil, option{"dtype", 6, 1}, option{"shape", 7, shape(sizes...)})
}

// floats returns a constant of floats.
func floats(name string, sizes []int, data ...float32) []byte {
	var t onnxtest.Message
	t.Number(1, 1)
	t.Bytes(2, shape(sizes...))
	for _, v := range data {
		t.Float(5, v)
	}
	return node("Const", name, nil, option{"dtype", 6, 1}, option{"value", 8, []byte(t)})
}

// integers returns a constant of integers.
func integers(name string, sizes []int, data ...int) []byte {
	var t onnxtest.Message
	t.Number(1, 3)
	t.Bytes(2, shape(sizes...))
	for _, v := range data {
		t.Number(7, int64(v))
	}
	return node("Const", name, nil, option{"dtype", 6, 3}, option{"value", 8, []byte(t)})
}

// graph returns a GraphDef.
func graph(nodes ...[]byte) []byte {
	var g onnxtest.Message
	for _, n := range nodes {
		g.Bytes(1, n)
	}
	return g
}

// dense is a layer of two inputs and one output.
func dense(more ...[]byte) []byte {
	return graph(slices.Concat([][]byte{
		placeholder("x", -1, -1, 2), integers("shape", []int{2}, -1, 2), node("Reshape", "flat", []string{"x", "shape"}),
		floats("w", []int{2, 1}, 1, -2), node("MatMul", "product", []string{"flat", "w"}), floats("b", []int{1}, 0.5),
		node("BiasAdd", "y", []string{"product", "b"}),
	}, more)...)
}

func TestRead(t *testing.T) {
	require.True(t, tensorflow.Match(dense()))
	n, err := tensorflow.Options{}.Read(dense())
	require.NoError(t, err)
	require.Equal(t, 2, n.InputSize())
}

// A graph that lays its outputs out by the number of steps of its file reads any number.
func TestNumberOfStepsInShapes(t *testing.T) {
	files := testdata(t)
	g := slices.Concat(files["tf-gru-fixed-all.pb"], graph(integers("by step", []int{3}, -1, 8, 3), node("Reshape", "tags", []string{"y", "by step"})))
	n, err := tensorflow.Options{}.Read(g)
	require.NoError(t, err)
	d, err := n.Model()
	require.NoError(t, err)
	m, err := runtime.New(d)
	require.NoError(t, err)
	require.Equal(t, 5, m.InputSize())
	x, y := numbers(t, files["tf-gru-fixed-all.x.npy"]), numbers(t, files["tf-gru-fixed-all.y.npy"])
	require.InDeltaSlice(t, y, outputs(t, m, x), 2e-6)
	require.InDeltaSlice(t, y[:9], outputs(t, m, x[:15]), 2e-6)
}

// What is not understood is refused by its node and its operator.
func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		data    []byte
		reason  error
		message string
	}{
		{"an unknown operator", dense(node("Bessel", "strange", []string{"y"})), network.ErrUnsupported, `"strange": Bessel: the operator is not known`},
		{"two outputs", dense(node("Relu", "z", []string{"x"})), network.ErrAmbiguous, `no node reads the 2 nodes "y", "z"; choose`},
		{"no node", graph(node("Relu", "z", []string{"x"})), network.ErrDamaged, `"z": it reads the node "x", which the file does not have`},
		{"a circle", graph(node("Relu", "a", []string{"b"}), node("Relu", "b", []string{"a"}), node("Relu", "z", []string{"b"})), network.ErrDamaged, "depends on itself"},
		{"two of a name", dense(node("Relu", "y", []string{"x"})), network.ErrDamaged, `"y": two nodes have this name`},
		{"an unknown shape", graph(node("Placeholder", "x", nil, option{"dtype", 6, 1}), node("Relu", "y", []string{"x"})), network.ErrUnsupported, `"x": Placeholder: the file does not tell the shape of this input; give it (--shape)`},
		{"a node of another file's", dense(node("VariableV2", "v", nil, option{"dtype", 6, 1}), node("Add", "z", []string{"y", "v"})), network.ErrUnsupported, `"v": VariableV2: the graph is not frozen`},
		{"a random number", dense(node("Shape", "s", []string{"y"}), node("RandomUniform", "r", []string{"s"}), node("Mul", "z", []string{"y", "r"})), network.ErrUnsupported, `"z": Mul: of random numbers, as a dropout in training has them; freeze the graph for inference`},
		{"normalization in training", graph(placeholder("x", 1, 1, 4, 2), floats("s", []int{2}, 1, 1), node("FusedBatchNorm", "y", []string{"x", "s", "s", "s", "s"}, option{"is_training", 5, 1})), network.ErrUnsupported, `"y": FusedBatchNorm: in training, by the batch's own mean; freeze the graph for inference`},
		{"a branch of the data", dense(node("Greater", "g", []string{"y", "b"}), node("Switch", "z", []string{"y", "g"})), network.ErrUnsupported, `"g": Greater: of a tensor of shape`},
		{"a choice of the data", dense(node("Placeholder", "p", nil, option{"dtype", 6, 10}), node("Select", "z", []string{"y", "y", "y"})), network.ErrUnsupported, `"z": Select: the choice depends on what the network reads`},
		{"an order of a variable", dense(node("Transpose", "z", []string{"y", "y"})), network.ErrUnsupported, `"z": Transpose: the order of the axes (input 1) is a tensor of shape`},
		{"an unknown padding", graph(placeholder("x", 1, 1, 4, 2), floats("k", []int{1, 1, 2, 2}, 1, 1, 1, 2), node("Conv2D", "y", []string{"x", "k"}, option{"padding", 2, "EXPLICIT"})), network.ErrUnsupported, `"y": Conv2D: padding "EXPLICIT"`},
		{"texts", graph(node("Placeholder", "x", nil, option{"dtype", 6, 7}), node("Relu", "y", []string{"x"})), network.ErrUnsupported, `"y": Relu: its input 0 is text or sound, want a tensor`},
		{"an axis that is not there", dense(integers("k", nil, 7), node("ExpandDims", "z", []string{"y", "k"})), network.ErrDamaged, `"z": ExpandDims: the axis 7 of a tensor of 3 axes`},
		{"an attribute of another kind", dense(node("LeakyRelu", "z", []string{"y"}, option{"alpha", 3, 1})), network.ErrDamaged, `the attribute "alpha" is of the kind 3, want 4`},
		{"a loop that nothing ends", graph(placeholder("x", -1, -1, 2), node("Enter", "e", []string{"x"}, option{"frame_name", 2, "f"}), node("Merge", "m", []string{"e", "n"}), node("NextIteration", "n", []string{"s:1"}), node("Less", "l", []string{"m", "m"}), node("LoopCond", "c", []string{"l"}), node("Switch", "s", []string{"m", "c"}), node("Exit", "y", []string{"s"})), network.ErrUnsupported, `"f": while: a state of the open shape [1, steps, 2]`},
		{"an exit of no loop", dense(node("Exit", "z", []string{"y"})), network.ErrDamaged, `"z": Exit: it leaves no loop`},
		{"an entry without a loop", dense(node("Enter", "z", []string{"y"})), network.ErrDamaged, `"z": Enter: it has no frame_name`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tensorflow.Options{}.Read(c.data)
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// The network's output may be named, and another value be given for an input.
func TestOptions(t *testing.T) {
	graphs := frozen(t)
	for _, c := range []struct {
		name    string
		options tensorflow.Options
		message string // empty: it is read
	}{
		{"tf-gru", tensorflow.Options{Output: "rnn/transpose_1"}, `the file has no node of this name (--output)`},
		{"tf-gru", tensorflow.Options{Output: "BiasAdd"}, ""},
		{"tf-gru", tensorflow.Options{Output: "BiasAdd:0"}, ""},
		{"tf-gru", tensorflow.Options{Shape: []int{1, 9, 5}}, ""},
		{"tf-gru", tensorflow.Options{Shape: []int{1, 0, 4}}, `MatMul: of the shapes [1, 8] and [9, 8]`},
		{"words", tensorflow.Options{Output: "backward/transpose_1"}, `reversed along the axis 1`},
		{"learning-phase", tensorflow.Options{}, ""},
		{"dropout", tensorflow.Options{Constants: []onnx.Constant{{Name: "keep_prob", Number: "1"}}}, ""},
		{"dropout", tensorflow.Options{Constants: []onnx.Constant{{Name: "keep_prob", Number: "0.5"}}}, "as a dropout in training has them"},
	} {
		_, err := c.options.Read(graphs[c.name])
		if c.message == "" {
			require.NoError(t, err, c.name)
		} else {
			require.ErrorContains(t, err, c.message)
		}
	}
}

// Notes say what the network leaves out of the graph.
func TestNotes(t *testing.T) {
	graphs := frozen(t)
	for name, note := range map[string]string{
		"kws-gru":        `the network reads the output of "Mfcc": the features are computed outside of it`,
		"tf-gru-lengths": `the input "lengths" has the lengths of sequences: every sequence is read to its end`,
	} {
		n, err := tensorflow.Options{}.Read(graphs[name])
		require.NoError(t, err)
		require.Contains(t, n.Notes, note)
	}
}
