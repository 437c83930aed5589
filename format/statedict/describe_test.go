package statedict_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/runtime"
)

// describeAndRead returns what becomes of a model in a file of tensors, and of an
// architecture in JSON.
func describeAndRead(t *testing.T, m *format.Model, about string) *format.Model {
	t.Helper()
	tensors, a, err := statedict.Describe(m)
	require.NoError(t, err, about)
	data, err := safetensors.Marshal(tensors)
	require.NoError(t, err, about)
	tensors, err = safetensors.Read(data)
	require.NoError(t, err, about)
	a, err = statedict.ParseArchitecture([]byte(a.String()))
	require.NoError(t, err, about)
	n, err := statedict.Network(tensors, a)
	require.NoError(t, err, about)
	again, err := n.Model()
	require.NoError(t, err, about)
	again.Provenance = m.Provenance
	return again
}

// Graphs of every op beside every other come back with the same bits.
func TestDescribedGraphsAreTheSame(t *testing.T) {
	same := 0
	const seeds = 200
	for seed := range uint64(seeds) {
		about := fmt.Sprint("seed ", seed)
		m := modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 13)), format.DTypeF32, format.DTypeF16)
		again := describeAndRead(t, m, about)
		require.Equal(t, bitsOf(t, m, seed), bitsOf(t, again, seed), about)
		want, err := m.Convert(format.DTypeF32)
		require.NoError(t, err)
		a, err := want.Append(nil)
		require.NoError(t, err)
		b, err := again.Append(nil)
		require.NoError(t, err)
		if string(a) == string(b) {
			same++
		}
	}
	// The others have a convolution of the only channel, or one state of two is learned.
	require.Greater(t, same, seeds*3/4)
}

// bitsOf returns the bits of all outputs of a model for a random sequence.
func bitsOf(t *testing.T, d *format.Model, seed uint64) (bits []uint32) {
	t.Helper()
	m, err := runtime.New(d)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(seed, 2))
	const steps = 5
	var xs []float32
	var tokens []int32
	for range steps {
		for _, in := range m.Inputs() {
			for range in.Frames * in.Channels {
				if in.Tokens > 0 {
					tokens = append(tokens, int32(r.IntN(in.Tokens)))
				} else {
					xs = append(xs, r.Float32()*2-1)
				}
			}
		}
	}
	s := m.NewSession()
	y, err := s.RunInputs(xs, tokens)
	require.NoError(t, err)
	all := append([]float32(nil), y...)
	for _, out := range m.Outputs() {
		all = append(all, s.Output(out.Name)...)
	}
	for _, v := range all {
		if v != v {
			v = float32(math.NaN())
		}
		bits = append(bits, math.Float32bits(v))
	}
	return bits
}

// Stacks come back number by number, with all that they have.
func TestDescribedStacksAreTheSame(t *testing.T) {
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden, s.Layers, s.Seed = 5, 6, 2, 1
		for name, change := range map[string]func(s *modeltest.Spec){
			"plain":        func(s *modeltest.Spec) {},
			"a head":       func(s *modeltest.Spec) { s.Outputs, s.Output = 3, format.OutputSoftmax },
			"final states": func(s *modeltest.Spec) { s.Bidirectional, s.Outputs, s.Pool = true, 2, format.PoolLast },
			"tokens": func(s *modeltest.Spec) {
				s.Tokens, s.Pool, s.Outputs, s.Output = 7, format.PoolMean, 2, format.OutputLogSoftmax
			},
			"reverse":          func(s *modeltest.Spec) { s.Reverse = true },
			"initial states":   func(s *modeltest.Spec) { s.InitialState, s.Bidirectional = true, true },
			"skip":             func(s *modeltest.Spec) { s.Outputs, s.Skip = 4, true },
			"normalized, skip": func(s *modeltest.Spec) { s.Outputs, s.Skip, s.Normalized = 4, true, true },
			"clip, in f16":     func(s *modeltest.Spec) { s.Clip, s.DType = 1.5, format.DTypeF16 },
			"dense layers": func(s *modeltest.Spec) {
				s.Below, s.Between, s.Above, s.DenseActivation = 3, 4, 5, format.ActivationLeakyReLU.Default()
			},
			"a peephole":          func(s *modeltest.Spec) { s.Peephole = s.Cell.HasCellState() },
			"a coupled gate":      func(s *modeltest.Spec) { s.InputForget = s.Cell.HasCellState() },
			"functions of a gate": func(s *modeltest.Spec) { s.Bidirectional, s.Activations = true, functionsOf(s) },
			"a projection": func(s *modeltest.Spec) {
				if s.Cell.HasCellState() {
					s.Projection, s.InitialState = 2, true
				}
			},
		} {
			c := s
			change(&c)
			t.Run(fmt.Sprint(s, " ", name), func(t *testing.T) {
				m := c.Model()
				want, err := m.Convert(format.DTypeF32)
				require.NoError(t, err)
				a, err := want.Append(nil)
				require.NoError(t, err)
				b, err := describeAndRead(t, m, name).Append(nil)
				require.NoError(t, err)
				require.Equal(t, a, b)
			})
		}
	}
}

func functionsOf(s *modeltest.Spec) [3]format.Activation {
	if s.Cell.Activations(s.Variant)[0].Kind == format.ActivationReLU {
		return [3]format.Activation{} // with others it is no RNN of that variant
	}
	return [3]format.Activation{format.ActivationHardSigmoid.Default(), format.ActivationThresholdedReLU.Default(), {Kind: format.ActivationNone}}
}

// Layers are one module only if their weights alone distinguish them.
func TestDescribedLayersOfOtherForms(t *testing.T) {
	for name, change := range map[string]func(l *format.Layer){
		"functions": func(l *format.Layer) {
			l.Directions[0].Activations = []format.Activation{{Kind: format.ActivationSigmoid}, {Kind: format.ActivationReLU}, {Kind: format.ActivationReLU}}
		},
		"a clip":              func(l *format.Layer) { l.Clip = 2 },
		"a coupled gate":      func(l *format.Layer) { l.InputForget = true },
		"a reverse layer":     func(l *format.Layer) { l.Reverse = true },
		"an initial state":    func(l *format.Layer) { l.Directions[0].H0 = make([]float32, 8); l.Directions[0].H0[1] = 0.5 },
		"a state of the cell": func(l *format.Layer) { l.Directions[0].C0 = make([]float32, 8); l.Directions[0].C0[2] = 0.5 },
		"peepholes":           func(l *format.Layer) { l.Directions[0].Peephole = make([]float32, 24); l.Directions[0].Peephole[3] = 1 },
	} {
		for k := range 2 {
			m := modeltest.Spec{Cell: format.CellLSTM, Input: 5, Hidden: 5, Layers: 2}.Model()
			change(&m.Layers[k])
			a, err := m.Append(nil)
			require.NoError(t, err, name)
			b, err := describeAndRead(t, m, name).Append(nil)
			require.NoError(t, err, name)
			require.Equal(t, a, b, "%s of layer %d", name, k)
		}
	}
}

// The names are those of PyTorch's modules.
func TestDescribedNames(t *testing.T) {
	m := modeltest.Spec{Cell: format.CellLSTM, Tokens: 9, Input: 3, Hidden: 4, Layers: 2, Bidirectional: true, Outputs: 2, Pool: format.PoolMax}.Model()
	tensors, a, err := statedict.Describe(m)
	require.NoError(t, err)
	var names []string
	for _, tensor := range tensors {
		names = append(names, tensor.Name)
	}
	require.Equal(t, []string{
		"embedding.weight",
		"lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0",
		"lstm.weight_ih_l0_reverse", "lstm.weight_hh_l0_reverse", "lstm.bias_ih_l0_reverse", "lstm.bias_hh_l0_reverse",
		"lstm.weight_ih_l1", "lstm.weight_hh_l1", "lstm.bias_ih_l1", "lstm.bias_hh_l1",
		"lstm.weight_ih_l1_reverse", "lstm.weight_hh_l1_reverse", "lstm.bias_ih_l1_reverse", "lstm.bias_hh_l1_reverse",
		"linear.weight", "linear.bias",
	}, names)
	require.JSONEq(t, `{"task": "regress", "output": "linear", "inputs": [{"name": "input", "frames": 1, "channels": 1, "tokens": 9}], "nodes": [
		{"op": "embedding", "module": "embedding"}, {"op": "lstm", "module": "lstm"}, {"op": "pool", "name": "sequence_pool", "pool": "max"},
		{"op": "linear", "name": "output", "module": "linear"}], "outputs": ["output"]}`, a.String())
}

func TestDescribeRefusesATranslator(t *testing.T) {
	_, _, err := statedict.Describe(modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5}.Translator(6))
	require.ErrorIs(t, err, network.ErrUnsupported)
}

// What a file says of itself asks for no more memory than it has.
func TestOwnArchitecturesAreChecked(t *testing.T) {
	_, a, err := statedict.Describe(modeltest.SeededGraph(1))
	require.NoError(t, err)
	require.NoError(t, a.CheckOwn())
	for name, change := range map[string]func(a *statedict.Architecture){
		"computed tensors": func(a *statedict.Architecture) { a.Tensors = map[string]statedict.Edit{"a": {}} },
		"no nodes":         func(a *statedict.Architecture) { a.Nodes = nil },
		"a module twice": func(a *statedict.Architecture) {
			a.Nodes = []statedict.Node{{Op: "linear", Module: "a"}, {Op: "linear", Module: "a"}}
		},
		"more than 4096":    func(a *statedict.Architecture) { a.Nodes = make([]statedict.Node, format.MaxNodes+1) },
		"modules of stacks": func(a *statedict.Architecture) { a.Modules = make([]statedict.Module, 1) },
	} {
		b := *a
		change(&b)
		require.ErrorIs(t, b.CheckOwn(), network.ErrUnsupported, name)
	}
}

// What few recurrent layers have must fit them.
func TestSpecialKeysAreRefused(t *testing.T) {
	for keys, says := range map[string]string{
		`"input_forget": true`:                              `only an LSTM has "input_forget"`,
		`"clip": -1`:                                        `"clip" is -1`,
		`"gates": [[{"function": "tanh"}]]`:                 "a list of 1 function, but the gates of a GRU have 2",
		`"gates": [[], [], []]`:                             "3 lists, want one for all directions or one for each of 1",
		`"gates": [[{"function": "a"}, {"function": "b"}]]`: `"a" is not one of`,
		`"gates": [[]], "activation": "relu"`:               `replace "activation"`,
		`"peephole": "p"`:                                   `only an LSTM has "peephole"`,
	} {
		_, err := graphOf(t, `{"inputs": [{"name": "x", "channels": 3}], "nodes": [{"op": "gru", "module": "gru", `+keys+`}]}`,
			tensor("gru.weight_ih_l0", 6, 3), tensor("gru.weight_hh_l0", 6, 2))
		require.ErrorIs(t, err, network.ErrArchitecture, keys)
		require.ErrorContains(t, err, says)
	}
	_, err := graphOf(t, `{"inputs": [{"name": "x", "channels": 3}], "nodes": [{"op": "lstm", "module": "lstm", "peephole": "p"}]}`,
		tensor("lstm.weight_ih_l0", 8, 3), tensor("lstm.weight_hh_l0", 8, 2), tensor("p", 3, 2))
	require.ErrorIs(t, err, network.ErrShape)
	_, err = graphOf(t, `{"inputs": [{"name": "x", "channels": 3}], "nodes": [{"op": "tanh", "name": "y"}], "normalization": {"mean": "m"}}`)
	require.ErrorContains(t, err, `the file has no list of numbers "m"`)
}
