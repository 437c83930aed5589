package tensorflow_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/runtime"
)

// A pair is an output of a function, and what it is.
type pair struct{ name, is string }

// function returns a FunctionDef.
func function(name string, inputs []string, outputs []pair, nodes ...[]byte) []byte {
	var f, signature onnxtest.Message
	signature.Text(1, name)
	for _, in := range inputs {
		var a onnxtest.Message
		a.Text(1, in)
		signature.Bytes(2, a)
	}
	for _, out := range outputs {
		var a onnxtest.Message
		a.Text(1, out.name)
		signature.Bytes(3, a)
	}
	f.Bytes(1, signature)
	for _, n := range nodes {
		f.Bytes(3, n)
	}
	for _, out := range outputs {
		var r onnxtest.Message
		r.Text(1, out.name)
		r.Text(2, out.is)
		f.Bytes(4, r)
	}
	return f
}

// with adds functions to a graph.
func with(graph []byte, functions ...[]byte) []byte {
	var library onnxtest.Message
	for _, f := range functions {
		library.Bytes(1, f)
	}
	g := onnxtest.Message(graph)
	g.Bytes(2, library)
	return g
}

// named is an option that names a function.
func named(option_, function string) option {
	var f onnxtest.Message
	f.Text(1, function)
	return option{option_, 10, []byte(f)}
}

// texts returns a constant of texts.
func texts(name string, list ...string) []byte {
	var t onnxtest.Message
	t.Number(1, 7)
	t.Bytes(2, shape(len(list)))
	for _, s := range list {
		t.Text(8, s)
	}
	return node("Const", name, nil, option{"dtype", 6, 7}, option{"value", 8, []byte(t)})
}

// checkpoint is variables in memory.
type checkpoint map[string]tensorflow.Variable

func (c checkpoint) Has(name string) bool { _, ok := c[name]; return ok }

func (c checkpoint) Variable(name string) (*tensorflow.Variable, error) {
	v := c[name]
	return &v, nil
}

// saved reads a graph of two inputs a step, x, and an output y.
func saved(graph []byte, output string) (*network.Network, error) {
	return tensorflow.Options{}.ReadSaved(tensorflow.Saved{
		Graph: graph, Inputs: []tensorflow.Port{{Name: "features", Tensor: "x:0"}}, Outputs: []tensorflow.Port{{Name: "answer", Tensor: output}},
		Variables: checkpoint{"net/w": {Shape: []int{2, 1}, Data: []float32{1, -2}}, "b": {Shape: []int{1}, Data: []float32{0.5}}},
	})
}

// product is y = x w, with a shape of two axes for MatMul.
func product(w string) [][]byte {
	return [][]byte{integers("shape", []int{2}, -1, 2), node("Reshape", "flat", []string{"x", "shape:output:0"}), node("MatMul", "y", []string{"flat:output:0", w})}
}

// restore are nodes that read the variable w from a checkpoint.
func restore(name, slice, assign string) [][]byte {
	return [][]byte{
		node("Placeholder", "file", nil, option{"dtype", 6, 7}), texts("names", "b", name), texts("slices", "", slice),
		node("RestoreV2", "restored", []string{"file", "names", "slices"}), node(assign, "assigned", []string{"w", "restored:1"}),
	}
}

// run returns what a network makes of a step.
func run(t *testing.T, n *network.Network, x ...float32) []float32 {
	t.Helper()
	d, err := n.Model()
	require.NoError(t, err)
	m, err := runtime.New(d)
	require.NoError(t, err)
	defer m.Close()
	y, err := m.NewSession().Run(x)
	require.NoError(t, err)
	return append([]float32{}, y...)
}

func concat(list ...[][]byte) (all [][]byte) {
	for _, l := range list {
		all = append(all, l...)
	}
	return all
}

// Variables are those that the graph itself would restore, and functions compute where
// they are called.
func TestSaved(t *testing.T) {
	x := placeholder("x", -1, -1, 2)
	handle := node("VarHandleOp", "w", nil, option{"dtype", 6, 1}, option{"shared_name", 2, "other"})
	flat := [][]byte{x, integers("shape", []int{2}, -1, 2), node("Reshape", "flat", []string{"x", "shape"})}
	call := node("StatefulPartitionedCall", "called", []string{"x", "w"}, named("f", "outer"))
	reads := function("inner", []string{"x", "w"}, []pair{{"out", "y:product:0"}}, append(product("read:value:0"), node("ReadVariableOp", "read", []string{"w"}))...)
	outer := function("outer", []string{"a", "b"}, []pair{{"first", "z:y:0"}, {"second", "call:output:0"}},
		node("PartitionedCall", "call", []string{"a", "b", "^z"}, named("f", "inner")), node("Neg", "z", []string{"call:output:0"}))
	for _, c := range []struct {
		name, output string
		graph        []byte
		want         float32
	}{
		{"TensorFlow 1", "y", graph(concat(flat, restore("net/w", "", "Assign"), [][]byte{
			node("VariableV2", "w", nil, option{"dtype", 6, 1}), node("Identity", "read", []string{"w"}), node("MatMul", "y", []string{"flat", "read"}),
		})...), -5},
		{"a variable under its own name", "y", graph(concat(flat, [][]byte{
			node("VariableV2", "b", nil, option{"dtype", 6, 1}), node("Max", "least", []string{"flat", "axis"}), integers("axis", []int{1}, 1), node("BiasAdd", "y", []string{"flat2", "b"}),
			integers("shape2", []int{2}, -1, 1), node("Reshape", "flat2", []string{"least", "shape2"}),
		})...), 3.5},
		{"functions", "called:1", with(graph(concat([][]byte{x, handle, call}, restore("net/w", "", "AssignVariableOp"))...), outer, reads), -5},
		{"another output", "called:0", with(graph(concat([][]byte{x, handle, call}, restore("net/w", "", "AssignVariableOp"))...), outer, reads), 5},
		{"restored by a function", "called:0", with(graph(x, handle, call, node("Placeholder", "path", nil, option{"dtype", 6, 7}), node("StatefulPartitionedCall", "load", []string{"path", "w"}, named("f", "restore"))), outer, reads,
			function("restore", []string{"p", "w"}, nil, texts("names", "net/w"), texts("slices", ""), node("RestoreV2", "r", []string{"p", "names:output:0", "slices:output:0"}),
				node("AssignVariableOp", "set", []string{"w", "r:tensors:0"}))), 5},
		{"a function by its name", "called", with(graph(concat([][]byte{x, handle, node("outer", "called", []string{"x", "w"})}, restore("net/w", "", "AssignVariableOp"))...), outer, reads), 5},
		{"the branch of a condition", "if", with(graph(concat(flat, [][]byte{
			node("Const", "no", nil, option{"dtype", 6, 10}, option{"value", 8, []byte{8, 10, 18, 0, 88, 0}}),
			floats("w", []int{2, 1}, 1, -2), node("MatMul", "p", []string{"flat", "w"}), node("If", "if", []string{"no", "p"}, named("then_branch", "then"), named("else_branch", "else")),
		})...), function("then", []string{"p"}, []pair{{"o", "strange:y:0"}}, node("Bessel", "strange", []string{"p"})),
			function("else", []string{"p"}, []pair{{"o", "n:y:0"}}, node("Neg", "n", []string{"p"}))), 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := saved(c.graph, c.output)
			require.NoError(t, err)
			require.Equal(t, []float32{c.want}, run(t, n, 1, 3))
		})
	}
}

// Functions end, and variables are known; or else it is said what is wrong.
func TestSavedRefuses(t *testing.T) {
	x := placeholder("x", -1, -1, 2)
	handle := node("VarHandleOp", "w", nil, option{"dtype", 6, 1})
	flat := [][]byte{x, integers("shape", []int{2}, -1, 2), node("Reshape", "flat", []string{"x", "shape"}), handle, node("ReadVariableOp", "read", []string{"w"}), node("MatMul", "y", []string{"flat", "read"})}
	called := func(f string) []byte { return graph(x, node("PartitionedCall", "y", []string{"x"}, named("f", f))) }
	one := func(name string, nodes ...[]byte) []byte {
		return function(name, []string{"x"}, []pair{{"out", "c:output:0"}}, nodes...)
	}
	double := [][]byte{}
	for i := range 30 {
		next := fmt.Sprintf("f%d", i+1)
		double = append(double, one(fmt.Sprintf("f%d", i), node("PartitionedCall", "b", []string{"x"}, named("f", next)), node("PartitionedCall", "c", []string{"b:output:0"}, named("f", next))))
	}
	double = append(double, one("f30", node("Neg", "c", []string{"x"})))
	for _, c := range []struct {
		name    string
		graph   []byte
		reason  error
		message string
	}{
		{"a function that calls itself", with(called("f"), one("f", node("PartitionedCall", "c", []string{"x"}, named("f", "f")))), network.ErrUnsupported, "functions call functions more than 32 deep, or themselves"},
		{"a body that is the loop", with(graph(x, node("While", "y", []string{"x"}, named("cond", "f"), named("body", "f"))), one("f", node("While", "c", []string{"x"}, named("cond", "f"), named("body", "f")))), network.ErrUnsupported, "functions call functions more than 32 deep"},
		{"functions that call two each", with(called("f0"), double...), network.ErrUnsupported, "make more than"},
		{"no such function", with(called("g"), one("f", node("Neg", "c", []string{"x"}))), network.ErrDamaged, "the file lacks the function of its option f"},
		{"no function at all", called("g"), network.ErrDamaged, "the file lacks the function"},
		{"a missing argument", with(called("f"), function("f", []string{"x", "z"}, []pair{{"out", "x"}})), network.ErrDamaged, `it gives 1 value to the function "f", which takes 2`},
		{"a result that is not told", with(called("f"), function("f", []string{"x"}, []pair{{"out", "nothing:y:0"}})), network.ErrDamaged, "which the file does not have"},
		{"two functions of a name", with(called("f"), one("f"), one("f")), network.ErrDamaged, `"f": two functions have this name`},
		{"two nodes of a name in a function", with(called("f"), one("f", node("Neg", "c", []string{"x"}), node("Neg", "c", []string{"x"}))), network.ErrDamaged, `"c": two nodes have this name`},
		{"a body of other variables", with(graph(x, node("While", "y", []string{"x", "x"}, named("cond", "f"), named("body", "f"))), one("f", node("Neg", "c", []string{"x"}))), network.ErrDamaged, "it has 2 variables, and its body gives 1"},
		{"a variable that is not saved", graph(flat...), network.ErrDamaged, `the checkpoint has no tensor for this variable, "w"`},
		{"a slice of a variable", graph(append(flat, restore("net/w", "2 1 0,1:0,1", "AssignVariableOp")...)...), network.ErrDamaged, `no tensor for this variable, "net/w, a slice"`},
		{"a variable that each call changes", with(graph(append(append(flat, restore("net/w", "", "AssignVariableOp")...), node("StatefulPartitionedCall", "go", []string{"w", "read"}, named("f", "keep")))...),
			function("keep", []string{"w", "v"}, nil, node("AssignVariableOp", "set", []string{"w", "v"}))), network.ErrUnsupported, "the graph changes this variable each time that it runs"},
		{"a mask of padding", graph(x, floats("zero", nil, 0), node("NotEqual", "y", []string{"x", "zero"})), network.ErrUnsupported, `"y": NotEqual: a mask of steps that are padding (mask_zero): save the Keras model with its layers`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := saved(c.graph, "y")
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, c.message)
		})
	}
	_, err := tensorflow.Options{Output: "other"}.ReadSaved(tensorflow.Saved{Graph: graph(flat...), Outputs: []tensorflow.Port{{Name: "answer", Tensor: "y:0"}}})
	require.EqualError(t, err, `not supported: "other": it is not an output of the signature (--output), which has "answer"`)
}
