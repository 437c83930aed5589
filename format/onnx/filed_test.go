package onnx_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/runtime"
)

// fixed is a file of x [1,steps,4] and a GRU of 3 units, which reads what nodes make of x:
// v [1,·,width]. Its outputs are y [·,1,3], or what more nodes make of them, z.
func fixed(steps, width int, constants []onnxtest.Tensor, before, behind []onnxtest.Node) *model {
	nodes := append(before,
		node("Transpose", list("v"), list("s"), attr("perm", []int{1, 0, 2})),
		node("GRU", list("s", "W", "R"), list("Y"), attr("hidden_size", 3), attr("linear_before_reset", 1)),
		node("Squeeze", list("Y", "one"), list("y")))
	m := small(13, []any{1, steps, 4}, append(constants, floats("W", 1, 9, width), floats("R", 1, 9, 3), onnxtest.Ints("one", 1)), nodes...)
	if behind != nil {
		after(m, behind...)
	}
	return m
}

func nodes(list ...onnxtest.Node) []onnxtest.Node { return list }

// plane is a convolution along both axes of x, with a stride along the steps, whose
// outputs [1,steps/stride,8] a Reshape lays out as a file says.
func plane(steps, stride int, to ...int64) *model {
	return fixed(steps, 8, tensors(onnxtest.Ints("to", to...), floats("w", 2, 1, 3, 3)), nodes(
		node("Unsqueeze", list("x", "one"), list("u")),
		node("Conv", list("u", "w"), list("c"), attr("pads", []int{1, 1, 1, 1}), attr("strides", []int{stride, 1})),
		node("Transpose", list("c"), list("turned"), attr("perm", []int{0, 2, 1, 3})),
		node("Reshape", list("turned", "to"), list("v"))), nil)
}

// A file of a fixed number of steps has that number in the shapes that it gives Reshape.
func TestShapesOfAFixedNumberOfSteps(t *testing.T) {
	stacked := func(steps int, to ...int64) *model {
		return fixed(steps, 8, tensors(onnxtest.Ints("to", to...)), nodes(node("Reshape", list("x", "to"), list("v"))), nil)
	}
	for _, c := range []struct {
		name  string
		steps int
		m     *model
	}{
		{"channels and features", 10, plane(10, 1, 1, 10, -1)},
		{"all numbers given", 10, plane(10, 1, 1, 10, 8)},
		{"as the first pass has", 37, plane(37, 1, 1, 37, -1)},
		{"twice as many as it has", 74, plane(74, 1, 1, 74, -1)},
		{"a stride", 10, plane(10, 2, 1, 5, -1)},
		{"a stride of the first pass", 74, plane(74, 2, 1, 37, 8)},
		{"two frames side by side", 10, stacked(10, 1, 5, 8)},
		{"two frames of the first pass", 74, stacked(74, 1, 37, -1)},
		{"behind the layer", 10, fixed(10, 4, tensors(onnxtest.Ints("to", 1, 10, 3)),
			nodes(node("Identity", list("x"), list("v"))), nodes(node("Reshape", list("y", "to"), list("flat")), node("Tanh", list("flat"), list("z"))))},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := computesTheFile(t, c.m, c.steps)
			if n.Graph != nil { // it is no chain of layers
				require.Contains(t, n.Notes, fmt.Sprintf(`the input "x" has %d steps in the file; the model reads sequences of any length`, c.steps))
			}
		})
	}
}

// computesTheFile requires that a file is read, and computes of its x [1,steps,4] what the
// graph says.
func computesTheFile(t *testing.T, m *model, steps int) *network.Network {
	t.Helper()
	n := read(t, m)
	description, err := n.Model()
	require.NoError(t, err)
	r, err := runtime.New(description)
	require.NoError(t, err)
	defer r.Close()
	x := onnxtest.Random("x", steps*4)
	y, err := r.NewSession().RunInputs(x, nil)
	require.NoError(t, err)
	in := onnxtest.Filled([]int{1, steps, 4}, func(i []int) float64 { return float64(x[i[1]*4+i[2]]) })
	want := onnxtest.Interpret(m, map[string]onnxtest.Array{"x": in})
	near(t, want[m.Outputs[0].Name].Data, y)
	return n
}

// What a file has of each of its steps, or of some of them, is not that of any number of
// them: its sequence is one step of the model. So it is if it has as many steps as the
// first pass, 37, or a multiple.
func TestSequenceIsOneStep(t *testing.T) {
	for _, steps := range []int{20, 37, 74} {
		ints, half := onnxtest.Ints, int64(steps/2)
		turned := func(from, to string) onnxtest.Node {
			return node("Transpose", list(from), list(to), attr("perm", []int{0, 2, 1}))
		}
		for _, c := range []struct {
			name  string
			steps int
			m     *model
		}{
			{"numbers of each step", steps, fixed(steps, 4, tensors(floats("p", 1, steps, 4)), nodes(node("Add", list("x", "p"), list("v"))), nil)},
			{"a number of each step", steps, fixed(steps, 4, tensors(floats("p", 1, steps, 1)), nodes(node("Mul", list("x", "p"), list("v"))), nil)},
			{"some steps", steps, fixed(steps, 4, tensors(ints("from", 0), ints("to", half)),
				nodes(node("Slice", list("x", "from", "to", "one"), list("v"))), nil)},
			{"some steps of a convolution", steps, fixed(steps, 4, tensors(ints("from", 0), ints("to", half), floats("w", 4, 4, 1)), nodes(
				turned("x", "t"), node("Conv", list("t", "w"), list("c")), turned("c", "b"), node("Slice", list("b", "from", "to", "one"), list("v"))), nil)},
			{"a convolution without padding", steps, fixed(steps, 4, tensors(floats("w", 4, 4, 3)), nodes(
				turned("x", "t"), node("Conv", list("t", "w"), list("c")), turned("c", "v")), nil)},
			{"half a stride", 2*steps + 1, plane(2*steps+1, 2, 1, int64(steps+1), -1)},
		} {
			t.Run(fmt.Sprintf("%s of %d", c.name, steps), func(t *testing.T) {
				n := computesTheFile(t, c.m, c.steps)
				require.Contains(t, n.Notes, fmt.Sprintf("a sequence is one step of the model, of %d×4 numbers: it answers once for each", c.steps))
			})
		}
	}
}

// Steps that are laid side by side are those of a whole sequence: the layers begin anew for
// the next one. A loop of so many steps is read as recurrent nodes are.
func TestSequenceThatIsLaidOutIsOneStep(t *testing.T) {
	const steps = 20
	wide := []onnxtest.Tensor{onnxtest.Ints("wide", -1, steps*3), floats("flat head", steps*3, 2), integer("at", steps-3)}
	flat := func(from string) []onnxtest.Node {
		return nodes(node("Reshape", list(from, "wide"), list("flat")), node("MatMul", list("flat", "flat head"), list("z")))
	}
	graphs := map[string]*model{"a GRU, side by side": fixed(steps, 4, wide[:2], nodes(node("Identity", list("x"), list("v"))), flat("y"))}
	for name, c := range stepCells() {
		for how, behind := range map[string][]onnxtest.Node{
			"side by side": flat("hs"),
			"one of them":  nodes(node("Gather", list("hs", "at"), list("h"), attr("axis", 1)), node("MatMul", list("h", "head"), list("z"))),
		} {
			m, _ := scanned(c)
			m.Constants = append(m.Constants, wide...)
			m.Inputs[0].Shape = []any{1, steps, 4}
			m.Nodes = m.Nodes[:1]
			after(m, behind...)
			graphs["a loop of "+name+", "+how] = m
		}
	}
	for name, m := range graphs {
		t.Run(name, func(t *testing.T) {
			n := computesTheFile(t, m, steps)
			require.Contains(t, n.Notes, fmt.Sprintf("a sequence is one step of the model, of %d×4 numbers: it answers once for each", steps))
		})
	}
}

// What is read neither as steps of any number nor as one is refused by each reason.
func TestFixedNumberOfStepsThatIsNotRead(t *testing.T) {
	position := func(more ...onnxtest.Node) *model {
		return fixed(20, 4, tensors(floats("p", 1, 20, 4), floats("W2", 1, 9, 3)), nodes(node("Add", list("x", "p"), list("v"))), more)
	}
	for _, c := range []struct {
		name    string
		m       func() *model
		message []string
	}{
		{"an operator", func() *model { return position(node("Det", list("y"), list("z"))) }, []string{
			`node "Y" (GRU): it reads the 20 steps of one call`,
			`Reading it with any number of steps, of which 37 are tried, fails, too: wrong shape: node "v" (Add)`,
			`So does reading the whole sequence as one step: not supported: node "z" (Det): an operator that is not supported`}},
		{"a state", func() *model {
			m := position(node("GRU", list("y", "W2", "R", "", "", "h"), list("z", "h'"), attr("hidden_size", 3), attr("linear_before_reset", 1)))
			m.Inputs = append(m.Inputs, onnxtest.Value{Name: "h", Type: onnxtest.Float, Shape: []any{1, 1, 3}})
			m.Outputs = append(m.Outputs, onnxtest.Value{Name: "h'", Type: onnxtest.Float})
			return m
		}, []string{`So does reading the whole sequence as one step: not supported: node "z" (GRU): it starts from an input, in a model that reads a whole sequence`}},
		{"a batch between steps and features", func() *model {
			m := small(13, []any{20, "N", 4}, tensors(floats("p", 20, 1, 4), floats("W", 1, 9, 4), floats("R", 1, 9, 3), onnxtest.Ints("one", 1)),
				node("Add", list("x", "p"), list("v")), node("GRU", list("v", "W", "R"), list("Y"), attr("hidden_size", 3), attr("linear_before_reset", 1)),
				node("Squeeze", list("Y", "one"), list("y")), node("Softsign", list("y"), list("s")), node("Exp", list("s"), list("z")))
			m.Outputs[0].Name = "z"
			return m
		}, []string{`tensor "x": it has the steps of several sequences side by side`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Read(c.m().Marshal())
			require.ErrorIs(t, err, network.ErrUnsupported)
			for _, m := range c.message {
				require.ErrorContains(t, err, m)
			}
		})
	}
}

// An integer that is left open may be what a node needs to be constant.
func TestOpenNumberIsNamed(t *testing.T) {
	m := small(13, []any{1, "T", 4}, tensors(onnxtest.Ints("k", 16000)),
		node("Equal", list("sr", "k"), list("same")), node("Cast", list("same"), list("f"), attr("to", onnxtest.Float)), node("Mul", list("x", "f"), list("y")))
	m.Inputs = append(m.Inputs, onnxtest.Value{Name: "sr", Type: onnxtest.Int64, Shape: []any{1}})
	_, err := onnx.Read(m.Marshal())
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, `The input "sr" is one integer: if it is the same at each step, give it with --input sr=NUMBER`)
}
