package onnx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// branchModel is a GRU of one direction, whose axis PyTorch takes away under the
// condition that its length is 1, and otherwise leaves as it is.
func branchModel() (m, yes, no *model) {
	m = gruModel("forward")
	drop(m, "flat")
	constants(m, onnxtest.Ints("at", 1), onnxtest.Ints("one", 1), onnxtest.Ints("axes", 1))
	yes = &model{Nodes: []onnxtest.Node{node("Squeeze", list("Y", "axes"), list("squeezed"))}, Outputs: []onnxtest.Value{{Name: "squeezed", Type: onnxtest.Float}}}
	no = &model{Nodes: []onnxtest.Node{node("Identity", list("Y"), list("same"))}, Outputs: []onnxtest.Value{{Name: "same", Type: onnxtest.Float}}}
	replace(m, "Transpose")
	replace(m, "Reshape",
		node("Shape", list("Y"), list("shape")),
		node("Gather", list("shape", "at"), list("directions")),
		node("Equal", list("directions", "one"), list("is one")),
		node("If", list("is one"), list("steps"), attr("then_branch", yes), attr("else_branch", no)))
	return m, yes, no
}

func TestBranchThatTheShapeDecides(t *testing.T) {
	want := read(t, gruModel("forward"))
	m, _, _ := branchModel()
	require.Equal(t, want, read(t, m))

	t.Run("the other one", func(t *testing.T) {
		m, yes, no := branchModel()
		tensor(m, "one").Ints[0] = 2
		yes.Nodes, no.Nodes = no.Nodes, yes.Nodes
		yes.Outputs, no.Outputs = no.Outputs, yes.Outputs
		require.Equal(t, want, read(t, m))
	})
	t.Run("with constants of its own", func(t *testing.T) {
		m, yes, _ := branchModel()
		constants(yes, onnxtest.Ints("own", 1))
		yes.Nodes[0].Inputs[1] = "own"
		drop(m, "axes")
		require.Equal(t, want, read(t, m))
	})
	t.Run("within another", func(t *testing.T) {
		m, yes, no := branchModel()
		outer := &model{Nodes: []onnxtest.Node{node("If", list("is one"), list("inner"), attr("then_branch", yes), attr("else_branch", no))},
			Outputs: []onnxtest.Value{{Name: "inner", Type: onnxtest.Float}}}
		set(find(m, "If"), attr("then_branch", outer))
		require.Equal(t, want, read(t, m))
	})
	t.Run("a layer in a branch", func(t *testing.T) {
		m, yes, no := branchModel()
		yes.Nodes = append(yes.Nodes, node("Tanh", list("squeezed"), list("tanh")))
		yes.Outputs[0].Name = "tanh"
		no.Nodes[0].Operator = "NoSuch"
		n := read(t, m)
		require.Len(t, n.Layers, 3)
		require.Equal(t, format.ActivationTanh, n.Layers[1].Activation.Kind)
	})
}

func TestBranchesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(m, yes, no *model)
		err     error
		message string
	}{
		{"an open condition", func(m, _, _ *model) { tensor(m, "at").Ints[0] = 0 }, network.ErrUnsupported, "depends on dimensions that the file leaves open"},
		{"an unknown operator", func(_, yes, _ *model) { yes.Nodes[0].Operator = "NoSuch" }, network.ErrUnsupported, "(NoSuch): an operator that is not supported"},
		{"no branch", func(m, _, _ *model) { find(m, "If").Attributes[1].Name = "then" }, network.ErrDamaged, "it has no else_branch"},
		{"two outputs", func(_, yes, _ *model) {
			yes.Outputs = append(yes.Outputs, onnxtest.Value{Name: "Y", Type: onnxtest.Float})
		}, network.ErrDamaged, "a branch of 0 inputs and 2 outputs, want 0 and 1"},
		{"an unknown name", func(_, yes, _ *model) { yes.Nodes[0].Inputs[0] = "nowhere" }, network.ErrDamaged, `its input "nowhere" has no origin`},
		{"a name of the graph around it", func(_, yes, _ *model) {
			yes.Nodes[0].Outputs[0], yes.Outputs[0].Name = "shape", "shape"
		}, network.ErrDamaged, `the graph around it has a value "shape", too`},
		{"an input", func(_, yes, _ *model) {
			yes.Inputs = []onnxtest.Value{{Name: "Y", Type: onnxtest.Float}}
		}, network.ErrDamaged, "a branch of 1 input"},
		{"what depends on itself", func(_, yes, _ *model) { yes.Nodes[0].Inputs[0] = "y" }, network.ErrDamaged, "the graph has a cycle"},
		{"many within each other", func(m, yes, _ *model) {
			for range 9 {
				inner := *yes
				yes.Nodes = []onnxtest.Node{node("If", list("is one"), list("squeezed"), attr("then_branch", &inner), attr("else_branch", &inner))}
				yes = &inner
			}
		}, network.ErrUnsupported, "graphs nest more than 8 deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, yes, no := branchModel()
			c.change(m, yes, no)
			_, err := onnx.Read(m.Marshal())
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.message)
		})
	}
}
