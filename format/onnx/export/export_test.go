package export_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/onnx/export"
	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/runtime"
)

// stacks are stacks of every kind of layer, in every form that both formats have.
func stacks() []modeltest.Spec {
	var list []modeltest.Spec
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden, s.Layers, s.Seed = 5, 6, 2, 1
		with := func(change func(s *modeltest.Spec)) {
			c := s
			change(&c)
			list = append(list, c)
		}
		with(func(s *modeltest.Spec) {})
		with(func(s *modeltest.Spec) { s.Outputs, s.Output = 3, format.OutputSoftmax })
		with(func(s *modeltest.Spec) { s.Bidirectional, s.Outputs, s.Pool = true, 2, format.PoolLast })
		with(func(s *modeltest.Spec) {
			s.Bidirectional, s.Pool, s.Outputs, s.Output = true, format.PoolLastOutput, 4, format.OutputArgMax
		})
		with(func(s *modeltest.Spec) { s.Reverse, s.Pool, s.Outputs = true, format.PoolMax, 2 })
		with(func(s *modeltest.Spec) {
			s.Tokens, s.Pool, s.Outputs, s.Output = 7, format.PoolMean, 2, format.OutputLogSoftmax
		})
		with(func(s *modeltest.Spec) { s.InitialState, s.Outputs, s.Skip = true, 4, true })
		with(func(s *modeltest.Spec) { s.Clip, s.DType = 1.5, format.DTypeF16 })
		with(func(s *modeltest.Spec) {
			s.Below, s.Between, s.Above, s.DenseActivation = 3, 4, 5, format.ActivationLeakyReLU.Default()
		})
		if s.Cell.Activations(s.Variant)[0].Kind == format.ActivationReLU {
			continue // with other functions it is no RNN of that variant
		}
		with(func(s *modeltest.Spec) {
			s.Bidirectional = true
			s.Activations = [3]format.Activation{format.ActivationHardSigmoid.Default(), format.ActivationSoftsign.Default(), format.ActivationELU.Default()}
		})
		if s.Cell.HasCellState() {
			with(func(s *modeltest.Spec) { s.Peephole, s.Bidirectional = true, true })
			with(func(s *modeltest.Spec) { s.InputForget = true })
		}
	}
	return list
}

// What is written is read again as the same model, number by number.
func TestStacksAreReadAgainAsTheyWere(t *testing.T) {
	for _, s := range stacks() {
		t.Run(s.String(), func(t *testing.T) {
			m := s.Model()
			file, err := export.Model(m, export.Options{})
			require.NoError(t, err)
			n, err := onnx.Read(file.Marshal())
			require.NoError(t, err)
			again, err := n.Model()
			require.NoError(t, err)
			again.Task, again.Provenance = m.Task, m.Provenance
			want, err := m.Convert(format.DTypeF32)
			require.NoError(t, err)
			require.Equal(t, bytesOf(t, want), bytesOf(t, again))
		})
	}
}

func bytesOf(t *testing.T, m *format.Model) []byte {
	t.Helper()
	b, err := m.Append(nil)
	require.NoError(t, err)
	return b
}

// requireWhole requires that each node reads what is there, and that each name is of one
// thing.
func requireWhole(t *testing.T, m *proto.Model, about string) {
	t.Helper()
	there := map[string]bool{"": true}
	add := func(name string) {
		require.False(t, there[name], "%s: two of the name %q", about, name)
		there[name] = true
	}
	for _, in := range m.Inputs {
		add(in.Name)
	}
	for _, c := range m.Constants {
		add(c.Name)
		n := 1
		for _, d := range c.Shape {
			n *= d
		}
		require.Equal(t, n, len(c.Floats)+len(c.Ints), "%s: %q", about, c.Name)
	}
	for _, n := range m.Nodes {
		for _, in := range n.Inputs {
			require.True(t, there[in], "%s: %q reads %q", about, n.Name, in)
		}
		for _, out := range n.Outputs {
			add(out)
		}
	}
	for _, out := range m.Outputs {
		require.True(t, there[out.Name], "%s: output %q", about, out.Name)
	}
}

// Every graph is written, or refused for one of two reasons; one that can be stepped and
// pools nothing also as a part of a stream.
func TestGraphsAreWritten(t *testing.T) {
	written, streams, operators := 0, 0, map[string]bool{}
	const seeds = 300
	for seed := range uint64(seeds) {
		m := modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 13)))
		about := fmt.Sprint("seed ", seed)
		for _, o := range []export.Options{{}, {Stream: true}} {
			file, err := export.Model(m, o)
			if err != nil {
				require.ErrorIs(t, err, export.ErrUnsupported, about)
				pools := slices.ContainsFunc(m.Graph.Nodes, func(n format.Node) bool { _, ok := n.Op.(*format.SequencePool); return ok })
				require.True(t, strings.Contains(err.Error(), "learned initial state") || o.Stream && (m.ReadsBackward() || pools), "%s: %v", about, err)
				continue
			}
			requireWhole(t, file, about)
			for _, n := range file.Nodes {
				operators[n.Operator] = true
			}
			if o.Stream {
				streams++
			} else {
				written++
			}
		}
	}
	require.Greater(t, written, seeds*9/10)
	require.Greater(t, streams, seeds/10)
	for _, name := range []string{"LSTM", "GRU", "RNN", "MatMul", "Gather", "Conv", "MaxPool", "AveragePool", "Pad", "Range", "LayerNormalization",
		"ReduceL2", "Softmax", "Concat", "Slice", "Transpose", "Expand", "PRelu", "Where", "Erf", "Max", "Min", "Div", "Sub", "Sin", "HardSwish"} {
		require.True(t, operators[name], name)
	}
}

// What format/onnx reads again of a graph computes the same; the rest it refuses.
func TestGraphsAreReadAgainOrRefused(t *testing.T) {
	read := 0
	const seeds = 400
	for seed := range uint64(seeds) {
		if seed >= seeds/2 {
			seed += modeltest.NewSeeds // of all ops
		}
		d := modeltest.SeededGraph(seed, format.DTypeF32, format.DTypeF16)
		file, err := export.Model(d, export.Options{})
		if err != nil {
			continue
		}
		n, err := onnx.Read(file.Marshal())
		if err != nil {
			continue
		}
		again, err := n.Model()
		if err != nil {
			continue
		}
		read++
		xs, tokens := sequenceFor(d, seed)
		want, got := outputsOf(t, d, xs, tokens), outputsOf(t, again, xs, tokens)
		require.Len(t, got, len(want), "seed %d", seed)
		for i, w := range want {
			if d := float64(got[i] - w); w == w {
				require.LessOrEqual(t, math.Abs(d), 1e-5*max(1, math.Abs(float64(w))), "seed %d, number %d", seed, i)
			}
		}
	}
	require.Greater(t, read, seeds/10)
}

// A convolution that goes on from step to step is one over all steps, with padding.
func TestConvolutionsOverSteps(t *testing.T) {
	over, same := 0, 0
	for seed := range uint64(60) {
		d := modeltest.RandomConvolutions(rand.New(rand.NewPCG(seed, 13)))
		file, err := export.Model(d, export.Options{})
		require.NoError(t, err)
		for i := range d.Graph.Nodes {
			if _, ok := d.Graph.Nodes[i].Op.(*format.Window); ok {
				over++
			}
		}
		for _, n := range file.Nodes {
			require.NotEqual(t, "Gather", n.Operator, "seed %d", seed)
		}
		n, err := onnx.Read(file.Marshal())
		if err != nil {
			continue // several frames a step are a question to whoever exports them
		}
		again, err := n.Model()
		require.NoError(t, err)
		xs, _ := sequenceFor(d, seed)
		require.Equal(t, outputsOf(t, d, xs, nil), outputsOf(t, again, xs, nil), "seed %d", seed)
		same++
	}
	require.Greater(t, over, 60)
	require.Positive(t, same)
}

// sequenceFor returns a random sequence for a graph.
func sequenceFor(d *format.Model, seed uint64) (xs []float32, tokens []int32) {
	r := rand.New(rand.NewPCG(seed, 2))
	for range 5 {
		for _, in := range d.Graph.Inputs {
			for range in.Frames * in.Channels {
				if in.Tokens > 0 {
					tokens = append(tokens, r.Int32N(int32(in.Tokens)))
				} else {
					xs = append(xs, r.Float32()*2-1)
				}
			}
		}
	}
	return xs, tokens
}

// outputsOf returns all that a model gives for a sequence.
func outputsOf(t *testing.T, d *format.Model, xs []float32, tokens []int32) []float32 {
	t.Helper()
	m, err := runtime.New(d)
	require.NoError(t, err)
	s := m.NewSession()
	y, err := s.RunInputs(xs, tokens)
	require.NoError(t, err)
	var all []float32
	for _, out := range m.Outputs() {
		if out.Sequence {
			all = append(all, s.Output(out.Name)...)
		} else if y != nil {
			all, y = append(all, y...), nil // those of all outputs of each step
		}
	}
	return all
}

// The file says what its inputs, outputs and states are.
func TestPorts(t *testing.T) {
	lstm := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 4, Outputs: 2, InitialState: true}
	several := &format.Model{InputSize: 12, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "mic", Frames: 4, Channels: 3}, {Name: "ids", Frames: 2, Channels: 1, Tokens: 5}},
		Nodes: []format.Node{
			{Op: &format.Window{Before: 2}, Inputs: []int{0}},
			{Op: &format.SequencePool{Pool: format.PoolMax}, Inputs: []int{2}},
			{Op: &format.Embedding{Tokens: 5, Size: 1, Table: make([]float32, 5)}, Inputs: []int{1}},
		},
		Outputs: []format.Port{{Name: "loudest", Value: 3}, {Name: "words", Value: 4}},
	}}
	for _, c := range []struct {
		name            string
		m               *format.Model
		o               export.Options
		inputs, outputs []proto.Value
	}{
		{"a stack", lstm.Model(), export.Options{},
			[]proto.Value{{Name: "input", Type: proto.Float, Shape: []any{"batch", "steps", 3}}},
			[]proto.Value{{Name: "output", Type: proto.Float, Shape: []any{"batch", "steps", 2}}}},
		{"a part of a stream", lstm.Model(), export.Options{Stream: true},
			[]proto.Value{{Name: "input", Type: proto.Float, Shape: []any{"batch", "steps", 3}}, {Name: "lstm_h", Type: proto.Float, Shape: []any{1, "batch", 4}}, {Name: "lstm_c", Type: proto.Float, Shape: []any{1, "batch", 4}}},
			[]proto.Value{{Name: "output", Type: proto.Float, Shape: []any{"batch", "steps", 2}}, {Name: "lstm_h_next", Type: proto.Float, Shape: []any{1, "batch", 4}}, {Name: "lstm_c_next", Type: proto.Float, Shape: []any{1, "batch", 4}}}},
		{"a graph", several, export.Options{},
			[]proto.Value{{Name: "mic", Type: proto.Float, Shape: []any{"batch", "steps", 4, 3}}, {Name: "ids", Type: proto.Int64, Shape: []any{"batch", "steps", 2}}},
			[]proto.Value{{Name: "loudest", Type: proto.Float, Shape: []any{"batch", 6, 3}}, {Name: "words", Type: proto.Float, Shape: []any{"batch", "steps", 2, 1}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := export.Model(c.m, c.o)
			require.NoError(t, err)
			require.Equal(t, c.inputs, file.Inputs)
			require.Equal(t, c.outputs, file.Outputs)
		})
	}
}

func TestProperties(t *testing.T) {
	m := modeltest.Spec{Input: 2, Hidden: 2, Variant: format.VariantTanh, Outputs: 2, Pool: format.PoolLast, Task: format.TaskClassify}.Model()
	m.Labels, m.SampleRate = []string{"yes", `"no"`}, 16000
	file, err := export.Model(m, export.Options{})
	require.NoError(t, err)
	require.Subset(t, file.Metadata, []proto.Property{
		{Key: "task", Value: "classify"}, {Key: "labels", Value: `["yes","\"no\""]`}, {Key: "sample_rate", Value: "16000"},
		{Key: m.Provenance[0].Key, Value: m.Provenance[0].Value},
	})
	state := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Hidden: 1, InitialState: true}.Model()
	state.Layers[0].Directions[0].H0[0] = 0.5
	file, err = export.Model(state, export.Options{Stream: true})
	require.NoError(t, err)
	require.Contains(t, file.Metadata, proto.Property{Key: "initial gru_h", Value: "[0.5]"})
}

// Weights in binary16 stand in the file as such.
func TestHalfWeightsStayHalf(t *testing.T) {
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 8, Outputs: 4, DType: format.DTypeF16}.Model()
	file, err := export.Model(m, export.Options{})
	require.NoError(t, err)
	half := 0
	for _, c := range file.Constants {
		if c.Type == proto.Float16 {
			require.Len(t, c.Raw(), 2*len(c.Floats))
			half++
		}
	}
	require.Equal(t, 3, half, "W, R and the matrix of the linear layer")
}

func TestRefusals(t *testing.T) {
	translator := modeltest.Spec{Cell: format.CellLSTM, Tokens: 4}.Translator(5)
	backward := modeltest.Spec{Cell: format.CellLSTM, Bidirectional: true}
	pooled := modeltest.Spec{Cell: format.CellLSTM, Pool: format.PoolMax, Outputs: 2}
	projected := modeltest.Spec{Cell: format.CellLSTM, Hidden: 3, Projection: 2, InitialState: true}
	same := &format.Model{InputSize: 1, Graph: &format.Graph{
		Inputs:  []format.Input{{Name: "x", Frames: 1, Channels: 1}},
		Nodes:   []format.Node{{Op: &format.Transpose{}, Inputs: []int{0}}},
		Outputs: []format.Port{{Name: "x", Value: 1}},
	}}
	for _, c := range []struct {
		m      *format.Model
		o      export.Options
		reason string
	}{
		{translator, export.Options{}, "a translation model is two networks and a search"},
		{backward.Model(), export.Options{Stream: true}, "a stream, since the model reads steps that follow"},
		{pooled.Model(), export.Options{Stream: true}, "sequence_pool: a pool over all steps in a graph for streaming"},
		{projected.Model(), export.Options{}, "lstm: a projection of the state beside a learned initial state"},
		{same, export.Options{}, `an input and an output of the same name "x"`},
	} {
		_, err := export.Model(c.m, c.o)
		require.ErrorIs(t, err, export.ErrUnsupported)
		require.ErrorContains(t, err, c.reason)
	}
}
