package statedict_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// tensor returns a tensor of different small numbers.
func tensor(name string, shape ...int) statedict.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	t := statedict.Tensor{Name: name, DType: "F32", Shape: shape, Data: make([]float32, n)}
	for i := range t.Data {
		t.Data[i] = float32(i+1) / 128
	}
	return t
}

// rnn returns the tensors of a recurrent module of one layer without biases.
func rnn(prefix string, gates, inputs, units int) []statedict.Tensor {
	return []statedict.Tensor{
		tensor(prefix+"weight_ih_l0", gates*units, inputs),
		tensor(prefix+"weight_hh_l0", gates*units, units),
	}
}

func join(lists ...[]statedict.Tensor) []statedict.Tensor {
	var all []statedict.Tensor
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// norm returns the tensors of a batch normalization.
func norm(prefix string, features int) []statedict.Tensor {
	return []statedict.Tensor{
		tensor(prefix+"weight", features), tensor(prefix+"bias", features),
		tensor(prefix+"running_mean", features), tensor(prefix+"running_var", features),
		{Name: prefix + "num_batches_tracked", DType: "I64"},
	}
}

func one(t statedict.Tensor) []statedict.Tensor { return []statedict.Tensor{t} }

// kinds returns the network's layers in words.
func kinds(n *network.Network) []string {
	var list []string
	if n.Embedding != nil {
		list = append(list, "Embedding")
	}
	for i := range n.Layers {
		list = append(list, n.Layers[i].Cell.String())
	}
	return list
}

// Names and shapes tell these networks.
func TestInferred(t *testing.T) {
	every := &statedict.Architecture{Pool: "none"}
	for _, c := range []struct {
		name    string
		tensors []statedict.Tensor
		a       *statedict.Architecture
		want    []string
	}{
		{"a bare LSTM", rnn("", 4, 2, 3), nil, []string{"LSTM"}},
		{"a GRU deep inside", rnn("module.model.net.gru.", 3, 2, 3), nil, []string{"GRU"}},
		{"an RNN that is told", rnn("rnn.", 1, 2, 3), &statedict.Architecture{Nonlinearity: "relu"}, []string{"RNN"}},
		{"an embedding below", join(rnn("rnn.", 4, 2, 3), one(tensor("table.weight", 9, 2))), nil, []string{"Embedding", "LSTM"}},
		{"an embedding by its name", join(one(tensor("word_embeddings.weight", 9, 3)), rnn("rnn.", 4, 3, 3)), nil, []string{"Embedding", "LSTM"}},
		{"a head in any place", join(one(tensor("a.weight", 5, 3)), one(tensor("a.bias", 5)), rnn("b.", 3, 2, 3)), every, []string{"GRU", "dense"}},
		{"a head without bias", join(rnn("rnn.", 3, 2, 3), one(tensor("fc.weight", 5, 3))), every, []string{"GRU", "dense"}},
		{"numbered modules", join(rnn("lstm10.", 4, 5, 6), rnn("lstm9.", 4, 2, 5)), nil, []string{"LSTM", "LSTM"}},
		{"the first without its number", join(rnn("gru2.", 3, 3, 3), rnn("gru.", 4, 2, 3)), nil, []string{"LSTM", "GRU"}},
		{"an ignored buffer", join(rnn("rnn.", 4, 2, 3), one(tensor("steps", 1))), &statedict.Architecture{Ignore: []string{"steps"}}, []string{"LSTM"}},
		{"an order that is told", join(rnn("rnn.", 4, 5, 3), one(tensor("up.weight", 5, 2)), one(tensor("up.bias", 5)), one(tensor("down.weight", 1, 3))),
			&statedict.Architecture{Pool: "last", Modules: []statedict.Module{{Name: "up", Activation: "relu"}, {Name: "rnn"}, {Name: "down"}}},
			[]string{"dense", "LSTM", "dense"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := statedict.Network(c.tensors, c.a)
			require.NoError(t, err)
			require.Equal(t, c.want, kinds(n))
		})
	}
}

// Learned initial states may be one tensor, or several that follow upon each other.
func TestStatesOfSeveralTensors(t *testing.T) {
	two := join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.weight_ih_l1", 12, 3)), one(tensor("rnn.weight_hh_l1", 12, 3)))
	state := tensor("h", 2, 1, 3)
	first, second := statedict.Tensor{Name: "h.0", DType: "F32", Shape: []int{3}, Data: state.Data[:3]},
		statedict.Tensor{Name: "h.1", DType: "F32", Shape: []int{1, 3}, Data: state.Data[3:]}
	for text, tensors := range map[string][]statedict.Tensor{
		`"h"`: one(state), `["h"]`: one(state), `["h.0", "h.1"]`: {first, second}, `["h.1", "h.0"]`: {first, second},
	} {
		a, err := statedict.ParseArchitecture([]byte(`{"modules": [{"name": "rnn", "h0": ` + text + `}]}`))
		require.NoError(t, err)
		n, err := statedict.Network(join(two, tensors), a)
		require.NoError(t, err)
		low, high := state.Data[:3], state.Data[3:]
		if text == `["h.1", "h.0"]` {
			low, high = high, low
		}
		require.Equal(t, low, n.Layers[0].Directions[0].H0, text)
		require.Equal(t, high, n.Layers[1].Directions[0].H0, text)
	}
	for text, message := range map[string]string{
		`["h.0"]`:               `not understood: "h.1"`,
		`["h.0", "h.1", "h.0"]`: `"h.0": it is named twice`,
		`["h.0", ""]`:           "the file has no tensor of this name",
		`[]`:                    `"h.0", "h.1"`,
		`3`:                     "at byte",
	} {
		a, err := statedict.ParseArchitecture([]byte(`{"modules": [{"name": "rnn", "h0": ` + text + `}]}`))
		if err == nil {
			_, err = statedict.Network(join(two, []statedict.Tensor{first, second}), a)
		}
		require.ErrorContains(t, err, message, text)
		var e *network.ImportError
		require.ErrorAs(t, err, &e)
	}
}

// An activation of a recurrent module's outputs is a layer that changes nothing
// else. It stands after the pool, where only some pools leave it what it is.
func TestActivationOfARecurrentModule(t *testing.T) {
	tensors := join(rnn("rnn.", 3, 2, 2), one(tensor("fc.weight", 5, 2)))
	for _, pool := range []string{"none", "last", "last_output", "max", "mean"} {
		n, err := statedict.Network(tensors, &statedict.Architecture{Pool: pool, Modules: []statedict.Module{{Name: "rnn", Activation: "relu"}, {Name: "fc"}}})
		if pool == "max" || pool == "mean" {
			require.ErrorIs(t, err, network.ErrArchitecture)
			require.ErrorContains(t, err, `"rnn": a model applies its "activation" after the pool`)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, []string{"GRU", "dense", "dense"}, kinds(n))
		require.Equal(t, []float32{1, 0, 0, 1}, n.Layers[1].Directions[0].WeightIH)
		require.Equal(t, format.ActivationReLU, n.Layers[1].Activation.Kind)
	}
}

func TestNumberedModulesAreInOrder(t *testing.T) {
	n, err := statedict.Network(join(rnn("cells.10.", 4, 5, 6), rnn("cells.9.", 4, 2, 5)), nil)
	require.NoError(t, err)
	require.Equal(t, "cells.9.weight_ih_l0", n.Layers[0].Name)
	require.Equal(t, "cells.10.weight_ih_l0", n.Layers[1].Name)
}

// What names and shapes leave open is asked for, with the JSON to write.
func TestAmbiguous(t *testing.T) {
	for _, c := range []struct {
		name     string
		tensors  []statedict.Tensor
		a        *statedict.Architecture
		messages []string
	}{
		{"the nonlinearity", rnn("rnn.", 1, 2, 3), nil, []string{`whether the RNN "rnn" uses "tanh" or "relu"`, `{"nonlinearity":"tanh"}`}},
		{"the pool", join(rnn("rnn.", 3, 2, 3), one(tensor("fc.weight", 5, 3))), nil, []string{`which steps feed "fc"`, `{"pool":"none"}`}},
		{"both", join(rnn("rnn.", 1, 2, 3), one(tensor("fc.weight", 5, 3))), nil, []string{`{"nonlinearity":"tanh","pool":"none"}`}},
		{"two heads", join(rnn("rnn.", 3, 2, 3), one(tensor("a.weight", 3, 3)), one(tensor("b.weight", 3, 3))), nil,
			[]string{"in which order the modules are applied", `{"modules":[{"name":"rnn"},{"name":"a","activation":"none"},{"name":"b"}],"pool":"none"}`}},
		{"an embedding or a head", join(rnn("rnn.", 3, 3, 3), one(tensor("w.weight", 9, 3))), nil, []string{`where "w" is applied, and whether it is an embedding`}},
		{"encoder and decoder", join(rnn("encoder.", 3, 2, 3), rnn("decoder.", 3, 3, 3)), nil, []string{"whether one after the other"}},
		{"modules that do not chain", join(rnn("rnn1.", 3, 2, 3), rnn("rnn2.", 3, 2, 3)), nil, []string{"whether one after the other"}},
		{"modules that could be parallel", join(rnn("rnn1.", 3, 3, 3), rnn("rnn2.", 3, 3, 3)), nil, []string{`of modules side by side "nodes" must tell`, `{"modules":[{"name":"rnn1"},{"name":"rnn2"}]}`}},
		{"a batch normalization of a size that is everywhere", join(rnn("rnn.", 3, 2, 3), norm("bn.", 3), one(tensor("fc.weight", 3, 3))), nil, []string{`where the batch normalizations "bn" are applied`}},
		{"a function between", join(rnn("rnn.", 3, 2, 3), one(tensor("a.weight", 3, 3)), one(tensor("b.weight", 3, 3))),
			&statedict.Architecture{Pool: "none", Modules: []statedict.Module{{Name: "rnn"}, {Name: "a"}, {Name: "b"}}},
			[]string{`which "activation" is applied to the outputs of "a"`, `{"name":"a","activation":"none"}`}},
		{"a square weight", join(one(tensor("w.weight", 2, 2)), rnn("rnn.", 3, 2, 3)), &statedict.Architecture{Modules: []statedict.Module{{Name: "w"}, {Name: "rnn"}}},
			[]string{`whether "w" is of type "embedding" or "linear"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := statedict.Network(c.tensors, c.a)
			require.ErrorIs(t, err, network.ErrAmbiguous)
			for _, m := range c.messages {
				require.ErrorContains(t, err, m)
			}
		})
	}
}

// Every tensor is used, or the error names it.
func TestRefused(t *testing.T) {
	bad := tensor("rnn.weight_ih_l0", 12, 2)
	bad.Data[3] = float32(math.NaN())
	whole := statedict.Tensor{Name: "rnn.weight_ih_l0", DType: "I64", Shape: []int{12, 2}}
	for _, c := range []struct {
		name    string
		tensors []statedict.Tensor
		a       *statedict.Architecture
		err     error
		message string
	}{
		{"no tensors", nil, nil, network.ErrUnsupported, "there are no tensors"},
		{"no recurrent module", one(tensor("fc.weight", 2, 2)), nil, network.ErrUnsupported, "none of the file's modules is an RNN"},
		{"Keras' weights", []statedict.Tensor{tensor("lstm/kernel:0", 2, 4), tensor("lstm/recurrent_kernel:0", 1, 4), tensor("lstm/bias:0", 4)}, nil, network.ErrUnknown, "nor the functions of the gates (sigmoid or hard_sigmoid): export the model to ONNX"},
		{"an unknown tensor", join(rnn("rnn.", 4, 2, 3), one(tensor("attention.query", 3, 3))), nil, network.ErrUnknown, `"attention.query": no RNN, LSTM, GRU, Linear, Embedding or BatchNorm1d`},
		{"batch normalization", join(rnn("rnn.", 4, 2, 3), one(tensor("bn.weight", 3)), one(tensor("bn.running_mean", 3))),
			&statedict.Architecture{Modules: []statedict.Module{{Name: "rnn"}, {Name: "bn"}}}, network.ErrShape, `"bn": it is a batch normalization without running_mean and running_var`},
		{"spectral normalization", join(rnn("rnn.", 4, 2, 3), one(tensor("fc.weight_orig", 2, 3)), one(tensor("fc.weight_u", 2)), one(tensor("fc.weight_v", 3))), nil,
			network.ErrUnsupported, "torch.nn.utils.remove_spectral_norm"},
		{"another parametrization", join(rnn("rnn.", 4, 2, 3), one(tensor("fc.parametrizations.weight.original", 2, 3)), one(tensor("fc.parametrizations.weight.0._u", 2))), nil,
			network.ErrUnsupported, `remove_parametrizations(module, "weight")`},
		{"magnitudes of another size", join(rnn("rnn.", 4, 2, 3), one(tensor("fc.weight_g", 5, 1)), one(tensor("fc.weight_v", 2, 3))), nil,
			network.ErrShape, `"fc.weight_g": its shape is [5 1], but weight_norm of [2 3]`},
		{"layer normalization", join(rnn("rnn.", 4, 2, 3), one(tensor("ln.weight", 3)), one(tensor("ln.bias", 3))), nil, network.ErrAmbiguous, `"ln" is a layernorm`},
		{"weight normalization", join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.weight_hh_l0_g", 12, 1))), nil, network.ErrUnknown, `"rnn.weight_hh_l0_g"`},
		{"a convolution", join(rnn("rnn.", 4, 2, 3), one(tensor("conv.weight", 2, 1, 3))), nil, network.ErrAmbiguous, `"conv" is a conv1d`},
		{"a convolution in two dimensions", join(rnn("rnn.", 4, 2, 3), one(tensor("conv.weight", 2, 1, 3, 3))), nil, network.ErrUnknown, "a Conv2d is not read"},
		{"a bias alone", join(rnn("rnn.", 4, 2, 3), one(tensor("fc.bias", 3))), nil, network.ErrUnknown, `there is no "fc.weight" beside it`},
		{"a name twice", join(rnn("rnn.", 4, 2, 3), rnn("rnn.", 4, 2, 3)), nil, network.ErrDamaged, "two tensors of this name"},
		{"cell and module in one", join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.weight_ih", 12, 2))), nil, network.ErrUnknown, "with and without the number of a layer"},
		{"linear and recurrent in one", join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.weight", 12, 2))), nil, network.ErrUnknown, "has the weights of a recurrent layer"},
		{"integers", join(one(whole), rnn("rnn.", 4, 2, 3)[1:]), nil, network.ErrShape, "its elements are of type I64"},
		{"not a number", join(one(bad), rnn("rnn.", 4, 2, 3)[1:]), nil, network.ErrInvalid, "NaN as number 3 of the input weights"},
		{"no state weights", rnn("rnn.", 4, 2, 3)[:1], nil, network.ErrShape, `"rnn.weight_hh_l0": it is missing`},
		{"five gates", rnn("rnn.", 5, 2, 3), nil, network.ErrShape, "an LSTM has 4 times as many rows"},
		{"rows that differ", join(one(tensor("rnn.weight_ih_l0", 9, 2)), rnn("rnn.", 4, 2, 3)[1:]), nil, network.ErrShape, "it has 9 rows, but weight_hh has 12"},
		{"a flat weight", join(one(tensor("rnn.weight_ih_l0", 24)), rnn("rnn.", 4, 2, 3)[1:]), nil, network.ErrShape, "want two dimensions"},
		{"a bias of two", join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.bias_ih_l0", 12))), nil, network.ErrShape, "PyTorch has both or none"},
		{"a missing layer", join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.weight_hh_l2", 12, 3))), nil, network.ErrShape, `"rnn.weight_ih_l1": it is missing`},
		{"one reverse layer", join(rnn("rnn.", 4, 2, 3), one(tensor("rnn.weight_ih_l0_reverse", 12, 2))), nil, network.ErrShape, `"rnn.weight_hh_l0_reverse": it is missing`},
		{"layers of two sizes", join(rnn("rnn.", 4, 2, 3), []statedict.Tensor{tensor("rnn.weight_ih_l1", 16, 3), tensor("rnn.weight_hh_l1", 16, 4)}), nil,
			network.ErrShape, "a LSTM of 3 inputs and 4 units without biases, but the module's other tensors give a LSTM of 3 inputs and 3 units"},
		{"a projection of a GRU", join([]statedict.Tensor{tensor("rnn.weight_ih_l0", 9, 2), tensor("rnn.weight_hh_l0", 9, 2), tensor("rnn.weight_hr_l0", 2, 3)}), nil, network.ErrShape, "with a hidden size of 3"},
		{"nonlinearity of an LSTM", rnn("rnn.", 4, 2, 3), &statedict.Architecture{Nonlinearity: "relu"}, network.ErrArchitecture, "none of the file's modules is one"},
		{"an unknown nonlinearity", rnn("rnn.", 1, 2, 3), &statedict.Architecture{Nonlinearity: "gelu"}, network.ErrArchitecture, `"gelu" is not one of ["tanh" "relu"]`},
		{"an unknown pool", rnn("rnn.", 4, 2, 3), &statedict.Architecture{Pool: "first"}, network.ErrArchitecture, `"first" is not one of`},
		{"a module that is not there", rnn("rnn.", 4, 2, 3), &statedict.Architecture{Modules: []statedict.Module{{Name: "lstm"}}}, network.ErrArchitecture, `the file's modules are "rnn"`},
		{"a module left out", join(rnn("rnn.", 4, 2, 3), one(tensor("fc.weight", 2, 3))), &statedict.Architecture{Modules: []statedict.Module{{Name: "rnn"}}}, network.ErrArchitecture, `the file has this module, but "modules" does not`},
		{"nothing to ignore", rnn("rnn.", 4, 2, 3), &statedict.Architecture{Ignore: []string{"step"}}, network.ErrArchitecture, "the file has no tensor of this name"},
		{"a state of the wrong size", join(rnn("rnn.", 4, 2, 3), one(tensor("h", 4))), &statedict.Architecture{Modules: []statedict.Module{{Name: "rnn", H0: statedict.Names{"h"}}}}, network.ErrShape, "the initial state of \"rnn\" has [1 3]"},
		{"a head that does not fit", join(rnn("rnn.", 4, 2, 3), one(tensor("fc.weight", 2, 4))), &statedict.Architecture{Pool: "none", Modules: []statedict.Module{{Name: "rnn"}, {Name: "fc"}}}, network.ErrInvalid, "layer 1 (fc.weight): 4 inputs, but what it reads has 3"},
		{"labels of another number", rnn("rnn.", 4, 2, 3), &statedict.Architecture{Labels: []string{"a"}}, network.ErrInvalid, "1 label for 3 outputs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := statedict.Network(c.tensors, c.a)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.message)
		})
	}
}

func TestParseArchitectureRefuses(t *testing.T) {
	for text, message := range map[string]string{
		`{"pol": "last"}`:        `unknown field "pol"`,
		`{"pool": "last"} {}`:    "there is more after the JSON object",
		`{"pool": 1}`:            "cannot unmarshal number",
		`{"modules": [{"n": 1}]`: "the JSON object ends too early, at byte 22",
		"\n":                     "the file is empty",
		``:                       "the file is empty",
	} {
		_, err := statedict.ParseArchitecture([]byte(text))
		require.ErrorIs(t, err, network.ErrArchitecture)
		require.ErrorContains(t, err, message)
	}
}

// A number of 16 bits is its value, exactly.
func TestHalves(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: math.Ldexp(1, -14), 0x0001: math.Ldexp(1, -24), 0x83ff: -1023 * math.Ldexp(1, -24),
		0x3555: 0.333251953125, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1),
	} {
		require.Equal(t, want, float64(statedict.FloatF16.At([]byte{byte(bits), byte(bits >> 8)})), "%#04x", bits)
	}
	require.True(t, math.Signbit(float64(statedict.FloatF16.At([]byte{0, 0x80}))))
	nan := statedict.FloatF16.At([]byte{1, 0x7e})
	require.NotEqual(t, nan, nan)
	require.Equal(t, float32(1.5), statedict.FloatBF16.At([]byte{0xc0, 0x3f}))
}

func TestNumbersOfAShape(t *testing.T) {
	for _, c := range []struct {
		shape []int
		most  int64
		n     int64
		ok    bool
	}{
		{nil, 1, 1, true},
		{nil, 0, 1, false},
		{[]int{2, 3}, 6, 6, true},
		{[]int{2, 3}, 5, 6, false},
		{[]int{0, 2}, 0, 0, true},
		{[]int{2, 0}, 0, 0, true},
		{[]int{1 << 30, 1 << 30, 1 << 30, 0}, 1, 0, true},
		{[]int{1 << 30, 1 << 30, 1 << 30}, 1 << 40, 0, false},
		{[]int{0, -1}, 1, 0, false},
	} {
		n, ok := statedict.Numbers(c.shape, c.most)
		require.Equal(t, c.ok, ok, "%v", c.shape)
		if ok {
			require.Equal(t, c.n, n, "%v", c.shape)
		}
	}
}

// A function after an embedding, as in the decoder of PyTorch's tutorial, is a
// layer.
func TestActivationOfAnEmbedding(t *testing.T) {
	read := func(width int) (*network.Network, error) {
		list := append([]statedict.Tensor{tensor("emb.weight", 7, width)}, rnn("rnn.", 1, width, 3)...)
		return statedict.Network(list, &statedict.Architecture{Nonlinearity: "tanh", Modules: []statedict.Module{
			{Name: "emb", Type: "embedding", Activation: "relu"}, {Name: "rnn"}}})
	}
	n, err := read(2)
	require.NoError(t, err)
	require.Equal(t, 7, n.Embedding.Tokens)
	require.Len(t, n.Layers, 2)
	require.True(t, n.Layers[0].Dense())
	require.Equal(t, format.ActivationReLU, n.Layers[0].Activation.Kind)
	require.Equal(t, []float32{1, 0, 0, 1}, n.Layers[0].Directions[0].WeightIH)
	_, err = read(1<<12 + 1)
	require.ErrorIs(t, err, network.ErrUnsupported)
}
