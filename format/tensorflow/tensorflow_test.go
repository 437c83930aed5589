package tensorflow_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
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

// What is not understood is refused by its node and its operator.
func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		data    []byte
		reason  error
		message string
	}{
		{"an unknown operator", dense(node("Bessel", "strange", []string{"y"})), network.ErrUnsupported, `"strange": Bessel: the operator is not known`},
		{"two outputs", dense(node("Relu", "z", []string{"x"})), network.ErrAmbiguous, `2 nodes are read by no other, "y", "z"; --output`},
		{"no node", graph(node("Relu", "z", []string{"x"})), network.ErrDamaged, `"z": it reads the node "x", which the file does not have`},
		{"a circle", graph(node("Relu", "a", []string{"b"}), node("Relu", "b", []string{"a"}), node("Relu", "z", []string{"b"})), network.ErrDamaged, "depends on itself"},
		{"two of a name", dense(node("Relu", "y", []string{"x"})), network.ErrDamaged, `"y": two nodes have this name`},
		{"an unknown shape", graph(node("Placeholder", "x", nil, option{"dtype", 6, 1}), node("Relu", "y", []string{"x"})), network.ErrUnsupported, `"x": Placeholder: the file does not tell the shape of this input; give it (--shape)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tensorflow.Options{}.Read(c.data)
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, c.message)
		})
	}
}
