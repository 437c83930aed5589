package onnx_test

import (
	"errors"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

// typed reports whether an error is one of those that the package promises.
func typed(err error) bool {
	return errors.As(err, new(*onnx.Error)) || errors.As(err, new(*network.Error))
}

// file returns a model's message with a graph, of opset 13.
func file(change func(m *onnxtest.Message), graph []byte) []byte {
	var opset, m onnxtest.Message
	opset.Number(2, 13)
	m.Number(1, 8)
	if graph != nil {
		m.Bytes(7, graph)
	}
	m.Bytes(8, opset)
	change(&m)
	return m
}

// Messages that break the rules, or hold what is not read.
func TestReadRefusesMessages(t *testing.T) {
	same := func(m *onnxtest.Message) {}
	graph := gruModel("forward").Graph()
	initializer := func(fields func(t *onnxtest.Message)) []byte {
		var tensor onnxtest.Message
		tensor.Text(8, "T")
		fields(&tensor)
		g := append(onnxtest.Message(nil), graph...)
		g.Bytes(5, tensor)
		return file(same, g)
	}
	for _, c := range []struct {
		name    string
		data    []byte
		reason  error
		message string
	}{
		{"empty", nil, network.ErrDamaged, "the file has no graph"},
		{"no graph", file(same, nil), network.ErrDamaged, "the file has no graph"},
		{"unknown field", file(func(m *onnxtest.Message) { m.Number(99, 1) }, graph), network.ErrUnsupported, "ModelProto has the unknown field 99"},
		{"two graphs", file(func(m *onnxtest.Message) { m.Bytes(7, graph) }, graph), network.ErrDamaged, "ModelProto: field 7 occurs twice"},
		{"wrong wire type", file(func(m *onnxtest.Message) { m.Number(2, 1) }, graph), network.ErrDamaged, "ModelProto: field 2 has the wrong wire type, 0"},
		{"functions", file(func(m *onnxtest.Message) { m.Bytes(25, nil) }, graph), network.ErrUnsupported, "functions of its own"},
		{"training", file(func(m *onnxtest.Message) { m.Bytes(20, nil) }, graph), network.ErrUnsupported, "training_info"},
		{"two opsets", file(func(m *onnxtest.Message) {
			var opset onnxtest.Message
			opset.Number(2, 12)
			m.Bytes(8, opset)
		}, graph), network.ErrDamaged, "the opsets 13 and 12"},
		{"external data", initializer(func(m *onnxtest.Message) {
			var entry onnxtest.Message
			entry.Text(1, "location")
			entry.Text(2, "weights.bin")
			m.Number(2, onnxtest.Float)
			m.Bytes(13, entry)
			m.Number(14, 1)
		}), network.ErrUnsupported, `tensor "T": its data is in another file, "weights.bin": give the model as a file`},
		{"data twice", initializer(func(m *onnxtest.Message) {
			m.Number(1, 1)
			m.Number(2, onnxtest.Float)
			m.Float(4, 1)
			m.Bytes(9, make([]byte, 4))
		}), network.ErrDamaged, `tensor "T": it has data twice`},
		{"data of another type", initializer(func(m *onnxtest.Message) {
			m.Number(1, 1)
			m.Number(2, onnxtest.Float)
			m.Number(7, 1)
		}), network.ErrDamaged, `tensor "T": its data is not stored as the type float`},
		{"half a number", initializer(func(m *onnxtest.Message) {
			m.Number(1, 1)
			m.Number(2, onnxtest.Float)
			m.Bytes(9, make([]byte, 5))
		}), network.ErrDamaged, `tensor "T": it has the shape [1] and the type float`},
		{"too many dimensions", initializer(func(m *onnxtest.Message) {
			m.Number(2, onnxtest.Float)
			for range 17 {
				m.Number(1, 1)
			}
			m.Float(4, 1)
		}), network.ErrUnsupported, `tensor "T": it has 17 dimensions`},
		{"segment", initializer(func(m *onnxtest.Message) { m.Bytes(3, nil) }), network.ErrUnsupported, `tensor "T": it is a segment of a tensor`},
		{"a node without operator", file(same, append(append(onnxtest.Message(nil), graph...), 0x0a, 0)), network.ErrDamaged, "a node has no operator"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Read(c.data)
			require.ErrorIs(t, err, c.reason)
			require.ErrorContains(t, err, c.message)
			require.True(t, typed(err))
		})
	}
}

// A file that is cut off anywhere, or of which a byte is another one, gives a
// typed error or a network, and never a panic.
func TestReadDamagedFiles(t *testing.T) {
	for name, m := range map[string]*model{
		"a chain": gruModel("bidirectional"), "a detector": voiceDetector(), "a suppressor": noiseSuppressor(), "an estimator": attitude(), "a splitter": splitter(),
	} {
		t.Run(name, func(t *testing.T) {
			damaged(t, m.Marshal(), name != "a chain")
		})
	}
}

// damaged reads a file with each kind of damage, or if it is slow with some.
func damaged(t *testing.T, data []byte, slow bool) {
	by := 3
	if slow {
		by = 17
	}
	if slow && testing.Short() {
		by = 41
	}
	for n := 0; n < len(data); n += by {
		_, err := onnx.Read(data[:n])
		require.True(t, typed(err), "%d bytes", n)
		for _, flip := range []byte{1, 8, 0x80, 0xff} {
			damaged := append([]byte(nil), data...)
			damaged[n] ^= flip
			if _, err := onnx.Read(damaged); err != nil {
				require.True(t, typed(err), "byte %d: %v", n, err)
			}
		}
	}
}

// The memory is a small multiple of the file, whatever it claims.
func TestReadBoundsMemory(t *testing.T) {
	const ints = onnxtest.Int64
	huge := func(shape ...int64) *model {
		m := gruModel("forward")
		m.Constants = append(m.Constants, onnxtest.Ints("shape", shape...))
		return m
	}
	for name, m := range map[string]*model{
		"weights of one number": func() *model {
			m := huge(1, 9<<20, 2)
			find(m, "GRU").Inputs[1] = "filled"
			m.Constants = m.Constants[1:]
			m.Nodes = append(m.Nodes, node("ConstantOfShape", list("shape"), list("filled")))
			return m
		}(),
		"a table of one number": func() *model {
			m := huge(1<<24, 2)
			m.Inputs[0] = onnxtest.Value{Name: "x", Type: ints, Shape: []any{"T", "N"}}
			find(m, "GRU").Inputs[0] = "embedded"
			m.Nodes = append(m.Nodes, node("ConstantOfShape", list("shape"), list("filled")), node("Gather", list("filled", "x"), list("embedded")))
			return m
		}(),
		"constants that double": func() *model {
			m := gruModel("forward")
			last := "bias"
			for i := range 40 {
				next := "b" + string(rune('0'+i))
				m.Nodes = append(m.Nodes, node("Concat", list(last, last), list(next), attr("axis", 0)))
				last = next
			}
			find(m, "Add").Inputs[1] = last
			return m
		}(),
		"an input of many features": func() *model {
			m := gruModel("forward")
			m.Inputs[0].Shape[2] = 1 << 15
			find(m, "GRU").Inputs[0] = "r"
			m.Nodes = append(m.Nodes, node("Relu", list("x"), list("r")))
			return m
		}(),
		"a step of many numbers": small(13, []any{1, 1 << 20}, nil, node("Tanh", list("x"), list("a")), node("Transpose", list("a"), list("y"))),
		"a state of many": func() *model {
			m := gruModel("forward")
			withState(m)
			m.Inputs[1].Shape[0] = 1 << 20
			add(m, node("Relu", list("y"), list("r")), node("Abs", list("r"), list("z")))
			m.Outputs[0].Name = "z"
			return m
		}(),
		"channels that double": func() *model {
			m := small(13, features, nil, node("Tanh", list("x"), list("b0")))
			for i := range 30 {
				add(m, node("Concat", list("b"+strconv.Itoa(i), "b"+strconv.Itoa(i)), list("b"+strconv.Itoa(i+1)), attr("axis", 2)))
			}
			m.Outputs[0].Name = "b30"
			return m
		}(),
		"sums of many numbers":    small(13, []any{1, 1 << 12, 1 << 11}, nil, node("Tanh", list("x"), list("a")), node("ReduceSum", list("a"), list("y"), attr("axes", []int{1}))),
		"a kernel of many frames": small(13, ofAStep, tensors(onnxtest.Ints("pads", 0, 0, 1<<22, 0, 0, 1<<22)), node("Pad", list("x", "pads"), list("a")), node("Transpose", list("a"), list("y"))),
		"a one-hot of many": func() *model {
			m := gruModel("forward")
			m.Inputs[0] = onnxtest.Value{Name: "x", Type: ints, Shape: []any{"T", "N"}}
			find(m, "GRU").Inputs[0] = "hot"
			m.Constants = append(m.Constants, onnxtest.Ints("depth", 1<<24), onnxtest.Floats("values", []int{2}, []float32{0, 1}))
			m.Nodes = append(m.Nodes, node("OneHot", list("x", "depth", "values"), list("hot")))
			return m
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			data := m.Marshal()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := onnx.Read(data)
			runtime.ReadMemStats(&after)
			require.Error(t, err)
			require.True(t, typed(err), err)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), err)
		})
	}
}

// Integers of a byte each in the file are of eight in memory.
func TestReadBoundsIntegers(t *testing.T) {
	packed := make([]byte, 4<<20)
	var tensor, attribute, n onnxtest.Message
	tensor.Text(8, "T")
	tensor.Number(1, int64(len(packed)))
	tensor.Number(2, onnxtest.Int64)
	tensor.Bytes(7, packed)
	attribute.Text(1, "axes")
	attribute.Number(20, 7)
	attribute.Bytes(8, packed)
	n.Text(4, "Squeeze")
	n.Bytes(5, attribute)
	graph := gruModel("forward").Graph()
	for name, field := range map[string]func(g *onnxtest.Message){
		"of a tensor":     func(g *onnxtest.Message) { g.Bytes(5, tensor) },
		"of an attribute": func(g *onnxtest.Message) { g.Bytes(1, n) },
	} {
		t.Run(name, func(t *testing.T) {
			g := append(onnxtest.Message(nil), graph...)
			field(&g)
			data := file(func(*onnxtest.Message) {}, g)
			hostile.RequireMemory(t, hostile.Limit(len(data))-12<<20, func() {
				_, err := onnx.Read(data)
				require.ErrorIs(t, err, network.ErrUnsupported)
				require.ErrorContains(t, err, "4194304 integers, want at most 65536")
			})
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(gruModel("bidirectional").Marshal())
	f.Add((&onnxtest.Cell{Operator: "LSTM", Layout: 1, Bias: true, Initial: true, Peepholes: true}).Model("Y", "Y_h", "Y_c").Marshal())
	branches, _, _ := branchModel()
	for _, m := range []*model{branches, noiseSuppressor(), attitude(), splitter()} {
		f.Add(m.Marshal())
	}
	for name, data := range archive(f) {
		// One of each kind, and small ones.
		switch name {
		case "others/ends-13.onnx", "others/tagged-9.onnx", "others/learned-16.onnx", "others/viewed-16.onnx", "others/scaled-9.onnx",
			"states/lstm-13.onnx", "states/lengths-9.onnx", "others/zeros-unfolded-11.onnx", "others/average-9.onnx",
			"others/functions-13.onnx", "others/cut-squeezed-13.onnx":
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := onnx.Read(data)
		if err != nil {
			require.True(t, typed(err), err)
			return
		}
		require.NoError(t, n.Validate())
		if n.Graph != nil {
			_, err := n.Model()
			require.NoError(t, err)
		}
	})
}
