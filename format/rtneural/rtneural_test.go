package rtneural_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/rtneural"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

func ExampleRead() {
	n, _, err := rtneural.Read([]byte(`{"in_shape": [null, null, 1], "layers": [
		{"type": "lstm", "activation": "tanh", "shape": [null, null, 1], "weights": [[[1, 2, 3, 4]], [[5, 6, 7, 8]], [0, 1, 0, 0]]},
		{"type": "dense", "activation": "relu", "shape": [null, null, 1], "weights": [[[0.5]], [0.25]]}]}`))
	for _, l := range n.Layers {
		fmt.Println(l.Cell, l.InputSize, l.HiddenSize, l.Activation.Kind)
	}
	fmt.Println(err)
	// Output:
	// LSTM 1 1 None
	// dense 1 1 Relu
	// <nil>
}

// model returns RTNeural's JSON of layers.
func model(layers ...string) string {
	return `{"in_shape":[null,null,1],"layers":[` + strings.Join(layers, ",") + `]}`
}

func layer(kind, activation string, units int, weights string) string {
	return fmt.Sprintf(`{"type":%q,"activation":%q,"shape":[null,null,%d],"weights":%s}`, kind, activation, units, weights)
}

var (
	lstm  = layer("lstm", "tanh", 1, "[[[1,2,3,4]],[[5,6,7,8]],[0,1,0,0]]")
	dense = layer("dense", "", 1, "[[[0.5]],[0.25]]")
)

// Keras has the gates z r h of a GRU, and columns for units.
func TestGatesInPyTorchsOrder(t *testing.T) {
	n, _, err := rtneural.Read([]byte(model(
		layer("gru", "tanh", 2, "[[[1,2,3,4,5,6]],[[11,12,13,14,15,16],[21,22,23,24,25,26]],[[1,2,3,4,5,6],[7,8,9,10,11,12]]]"))))
	require.NoError(t, err)
	d := n.Layers[0].Directions[0]
	require.Equal(t, format.CellGRU, n.Layers[0].Cell)
	require.Zero(t, n.Layers[0].Variant)
	require.Equal(t, []float32{3, 4, 1, 2, 5, 6}, d.WeightIH)
	require.Equal(t, []float32{13, 23, 14, 24, 11, 21, 12, 22, 15, 25, 16, 26}, d.WeightHH)
	require.Equal(t, []float32{3, 4, 1, 2, 5, 6}, d.BiasIH)
	require.Equal(t, []float32{9, 10, 7, 8, 11, 12}, d.BiasHH)

	n, _, err = rtneural.Read([]byte(model(layer("gru", "", 1, "[[[1,2,3]],[[4,5,6]],[7,8,9]]"))))
	require.NoError(t, err)
	require.Equal(t, format.VariantResetBefore, n.Layers[0].Variant)
	require.Equal(t, []float32{8, 7, 9}, n.Layers[0].Directions[0].BiasIH)
}

func TestLSTMAndDense(t *testing.T) {
	n, _, err := rtneural.Read([]byte(model(
		layer("lstm", "", 1, "[[[1,2,3,4]],[[5,6,7,8]]]"),
		layer("dense", "", 2, "[[[1,2]],[3,4]]"), layer("activation", "tanh", 2, "[]"),
		layer("time-distributed-dense", "softmax", 2, "[[[1,2],[3,4]]]"))))
	require.NoError(t, err)
	require.Len(t, n.Layers, 3)
	require.Equal(t, []float32{1, 2, 3, 4}, n.Layers[0].Directions[0].WeightIH)
	require.Nil(t, n.Layers[0].Directions[0].BiasIH)
	require.Equal(t, format.ActivationTanh, n.Layers[1].Activation.Kind)
	require.Equal(t, []float32{1, 3, 2, 4}, n.Layers[2].Directions[0].WeightIH)
	require.Equal(t, format.OutputSoftmax, n.Output)
}

func TestSettingsOfAIDAX(t *testing.T) {
	text := strings.TrimSuffix(model(lstm), "}") + `,"in_skip":1,"in_gain":0,"out_gain":0.0,"samplerate":"48000","metadata":{"name":"x","esr":0.1},"input_batch":[0,1],"output_batch":[[0],[1]]}`
	n, _, err := rtneural.Read([]byte(text))
	require.NoError(t, err)
	require.True(t, n.Skip)
	require.Equal(t, 48000.0, n.SampleRate)
}

// What says that gates have another function than the sigmoid is never passed
// over, wherever it stands.
func TestGatesOfAnotherFunction(t *testing.T) {
	gru := layer("gru", "tanh", 1, "[[[1,2,3]],[[4,5,6]],[7,8,9]]")
	with := func(l, more string) string { return strings.Replace(l, "{", "{"+more+",", 1) }
	file := func(more string) string { return strings.TrimSuffix(model(lstm), "}") + "," + more + "}" }
	for _, c := range []struct{ name, text, function string }{
		{"an LSTM, stated", model(with(lstm, `"recurrent_activation":"sigmoid"`)), ""},
		{"an LSTM", model(with(lstm, `"recurrent_activation":"hard_sigmoid"`)), "hard_sigmoid"},
		{"a GRU", model(with(gru, `"recurrent_activation":"hard_sigmoid"`)), "hard_sigmoid"},
		{"Keras 1", model(with(lstm, `"inner_activation":"hard_sigmoid"`)), "hard_sigmoid"},
		{"another function", model(with(lstm, `"recurrent_activation":"relu"`)), "relu"},
		{"none", model(with(lstm, `"recurrent_activation":null`)), "<nil>"},
		{"metadata", file(`"metadata":{"recurrent_activation":"hard_sigmoid"}`), "hard_sigmoid"},
		{"Keras' own description", file(`"metadata":{"config":{"layers":[{"class_name":"LSTM","config":{"units":1,"recurrent_activation":"hard_sigmoid"}}]}}`), "hard_sigmoid"},
		{"metadata, stated", file(`"metadata":{"layers":[{"recurrent_activation":"sigmoid"}]}`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, _, err := rtneural.Read([]byte(c.text))
			if c.function == "" {
				require.NoError(t, err)
				require.Nil(t, n.Layers[0].Directions[0].Activations)
				return
			}
			require.ErrorIs(t, err, network.ErrUnsupported)
			require.ErrorContains(t, err, fmt.Sprintf("the gates have the function %q", c.function))
			require.ErrorContains(t, err, "export the model to ONNX")
		})
	}
}

// What describes a model is left out with a note, and what may be a part of it is
// refused.
func TestMetadata(t *testing.T) {
	with := func(text, more string) string { return strings.TrimSuffix(text, "}") + "," + more + "}" }
	for _, c := range []struct{ name, more, left string }{
		{"an object", `"metadata":{"name":"x","steps":[1,[2,3]]}`, `"metadata"`},
		{"texts", `"name":"my amp","author":"me","note":""`, `"name", "author", "note"`},
		{"numbers by their names", `"esr":0.01,"Epochs":300,"version":2`, `"esr", "Epochs", "version"`},
		{"nothing", `"license":null`, `"license"`},
		{"many", `"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","k":"","l":"","m":""`, `"k", "l", …`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range []string{model(lstm), amp()} {
				plain, _, err := rtneural.Read([]byte(text))
				require.NoError(t, err)
				require.Empty(t, plain.Notes)
				n, _, err := rtneural.Read([]byte(with(text, c.more)))
				require.NoError(t, err)
				require.Len(t, n.Notes, 1)
				require.True(t, strings.HasPrefix(n.Notes[0], "left out, as they describe the model: "), n.Notes[0])
				require.True(t, strings.HasSuffix(n.Notes[0], c.left), n.Notes[0])
				n.Notes = nil
				require.Equal(t, plain, n)
			}
		})
	}
	for _, more := range []string{`"gain":2`, `"mean":[0.5]`, `"normalization":{"scale":2}`, `"stateful":true`} {
		for _, text := range []string{model(lstm), amp()} {
			_, _, err := rtneural.Read([]byte(with(text, more)))
			require.ErrorIs(t, err, network.ErrUnsupported)
			require.ErrorContains(t, err, "is not known, and may change what the model computes")
		}
	}
	n, _, err := rtneural.Read([]byte(model(strings.Replace(lstm, "{", `{"name":"lstm_1",`, 1))))
	require.NoError(t, err)
	require.Len(t, n.Layers, 1)
}

// amp returns the JSON of a guitar amplifier, of an LSTM of one unit.
func amp(change ...string) string {
	text := `{"model_data":{"model":"SimpleRNN","input_size":1,"skip":1,"output_size":1,"unit_type":"LSTM","num_layers":1,"hidden_size":1,"bias_fl":true},` +
		`"state_dict":{"rec.weight_ih_l0":[[1],[2],[3],[4]],"rec.weight_hh_l0":[[1],[2],[3],[4]],"rec.bias_ih_l0":[1,2,3,4],"rec.bias_hh_l0":[1,2,3,4],"lin.weight":[[2]],"lin.bias":[1]}}`
	return strings.NewReplacer(change...).Replace(text)
}

func TestAmplifier(t *testing.T) {
	n, _, err := rtneural.Read([]byte(amp()))
	require.NoError(t, err)
	require.True(t, n.Skip)
	require.Equal(t, format.CellLSTM, n.Layers[0].Cell)

	n, _, err = rtneural.Read([]byte(amp(`"skip":1`, `"skip":0`, "LSTM", "RNN", "[[1],[2],[3],[4]]", "[[1]]", "[1,2,3,4]", "[1]")))
	require.NoError(t, err)
	require.False(t, n.Skip)
	require.Equal(t, format.ActivationTanh, n.Layers[0].Directions[0].Activations[0].Kind)
}

func TestStateDict(t *testing.T) {
	n, tensors, err := rtneural.Read([]byte(`{"gru.weight_ih_l0": [[1], [2], [3]], "gru.weight_hh_l0": [[1], [2], [3]]}`))
	require.NoError(t, err)
	require.Nil(t, n)
	require.Equal(t, statedict.Tensor{Name: "gru.weight_ih_l0", DType: "number", Shape: []int{3, 1}, Data: []float32{1, 2, 3}}, tensors[0])
}

// norm returns a layer of batch normalization.
func norm(units int, weights string) string {
	return strings.Replace(layer("batchnorm", "", units, weights), "{", `{"epsilon":0.5,`, 1)
}

// Functions stand anywhere: of a layer that is not dense, or has one already, in
// a dense layer that changes nothing else.
func TestFunctionsBetweenLayers(t *testing.T) {
	dense2 := layer("dense", "", 2, "[[[0.5,-0.25]],[0.25,0]]")
	for _, c := range []struct {
		name   string
		layers []string
		want   func(x float64) []float64 // of what follows upon dense2, of an input x
	}{
		{"first", []string{layer("activation", "tanh", 1, "[]"), dense2}, func(x float64) []float64 { return linear(math.Tanh(x)) }},
		{"two", []string{layer("dense", "tanh", 2, "[[[0.5,-0.25]],[0.25,0]]"), layer("activation", "softplus", 2, "[]")}, func(x float64) []float64 {
			y := linear(x)
			for i := range y {
				y[i] = math.Log1p(math.Exp(math.Tanh(y[i])))
			}
			return y
		}},
		{"a prelu of one slope", []string{dense2, layer("prelu", "", 2, "[[[0.1,0.1]]]")}, func(x float64) []float64 {
			y := linear(x)
			return []float64{max(y[0], 0.1*y[0]), max(y[1], 0.1*y[1])}
		}},
		{"a prelu of several slopes", []string{dense2, layer("prelu", "", 2, "[[[0.1,-2]]]")}, func(x float64) []float64 {
			y := linear(x)
			return []float64{max(y[0], 0) + 0.1*min(y[0], 0), max(y[1], 0) - 2*min(y[1], 0)}
		}},
		{"batch normalization", []string{dense2, norm(2, "[[2,3],[1,-1],[0.5,0.25],[0.5,1.75]]")}, func(x float64) []float64 {
			y := linear(x)
			return []float64{2*(y[0]-0.5) + 1, 3*(y[1]-0.25)/1.5 - 1}
		}},
		{"batch normalization alone", []string{dense2, norm(2, "[[0.5,0.25],[0.5,1.75]]")}, func(x float64) []float64 {
			y := linear(x)
			return []float64{y[0] - 0.5, (y[1] - 0.25) / 1.5}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, _, err := rtneural.Read([]byte(model(c.layers...)))
			require.NoError(t, err)
			for _, x := range []float64{-2, 0.5, 3} {
				require.InDeltaSlice(t, c.want(x), onnxtest.Evaluate(n, [][]float64{{x}})[0], 1e-6)
			}
		})
	}
	n, _, err := rtneural.Read([]byte(model(lstm, layer("activation", "relu", 1, "[]"))))
	require.NoError(t, err)
	require.Equal(t, format.ActivationReLU, n.Layers[1].Activation.Kind)
}

// linear is what the test's dense layer of two units computes.
func linear(x float64) []float64 { return []float64{0.5*x + 0.25, -0.25 * x} }

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text, message string
	}{
		{"nothing", "", "unexpected EOF"},
		{"cut", model(lstm)[:90], "unexpected EOF"},
		{"an array", "[1]", "it is not an object"},
		{"more after it", model(lstm) + "{}", "there is more after the JSON value"},
		{"NaN", model(layer("lstm", "", 1, "[[[NaN,2,3,4]],[[5,6,7,8]]]")), "invalid character 'N'"},
		{"a number too large", model(layer("lstm", "", 1, "[[[1e39,2,3,4]],[[5,6,7,8]]]")), "1e39 does not fit into float32"},
		{"a key twice", `{"layers":[],"layers":[]}`, `the key "layers" occurs twice`},
		{"arrays without end", strings.Repeat("[", 1000), "more than 16 deep"},
		{"objects without end", strings.Repeat(`{"a":`, 1000), "more than 16 deep"},
		{"another object", `{"class_name":"Sequential","config":{}}`, `"class_name": it is not an array of numbers`},
		{"ragged rows", `{"w":[[1,2],[3]]}`, `"w": it is not an array of numbers in equal rows`},
		{"no layers", model(), "it is not an array of layers"},
		{"an unknown key", `{"in_shape":[null,null,1],"layers":[` + lstm + `],"normalize":1}`, `the key "normalize" is not known`},
		{"a layer's unknown key", model(strings.Replace(lstm, "{", `{"stateful":true,`, 1)), `"layers[0]": the key "stateful" is not known`},
		{"a convolution", model(strings.Replace(layer("conv1d", "", 1, "[]"), "{", "{", 1)), `a layer of type "conv1d"`},
		{"an unknown layer", model(lstm, layer("unknown", "", 1, "[]")), `"layers[1]": a layer of type "unknown"`},
		{"batch normalization without epsilon", model(lstm, layer("batchnorm", "", 1, "[[1],[0],[0],[1]]")), `"layers[1]": "epsilon" is not a number`},
		{"batch normalization of three", model(lstm, norm(1, "[[1],[0],[0]]")), "3 arrays of weights"},
		{"a prelu of other features", model(lstm, layer("prelu", "", 1, "[[[1,2]]]")), "weights[0] is not an array of 1 number"},
		{"an activation of two meanings", model(lstm, layer("activation", "hard_sigmoid", 1, "[]")), `the activation "hard_sigmoid"`},
		{"a relu LSTM", model(layer("lstm", "relu", 1, "[[[1,2,3,4]],[[5,6,7,8]]]")), `the activation "relu" of a lstm`},
		{"only the last step", model(strings.Replace(lstm, "[null,null,1]", "[null,1]", 1)), "its shape does not have the 1 output"},
		{"an input of one dimension", strings.Replace(model(lstm), "[null,null,1]", "[1]", 1), "as layers have with return_sequences=True"},
		{"no size", strings.Replace(model(lstm), "[null,null,1]", "[null,null,null]", 1), "its shape ends with"},
		{"inputs that differ", strings.Replace(model(lstm), "[null,null,1]", "[null,null,2]", 1), "weights[0] is not an array of 2 rows"},
		{"a shape that differs", model(layer("lstm", "", 2, "[[[1,2,3,4]],[[5,6,7,8]]]")), "its shape does not have the 1 output of its weights"},
		{"a GRU without bias", model(layer("gru", "", 1, "[[[1,2,3]],[[4,5,6]]]")), "only an LSTM may lack the bias"},
		{"a bias of the wrong size", model(layer("gru", "", 1, "[[[1,2,3]],[[4,5,6]],[[1,2,3]]]")), "weights[2] is not a bias"},
		{"columns that are no gates", model(layer("lstm", "", 1, "[[[1,2,3,4,5]],[[5,6,7,8,9]]]")), "weights[0] has 5 columns"},
		{"kernels that differ", model(layer("lstm", "", 1, "[[[1,2,3,4]],[[5,6,7]]]")), "weights[1] has 3 columns"},
		{"a function of many features", strings.Replace(model(layer("activation", "tanh", 100000, "[]"), layer("activation", "tanh", 100000, "[]")), "null,1]", "null,100000]", 1),
			"a function of 100000 features in a file of this size"},
		{"nothing but names", model(layer("activation", "linear", 1, "[]")), "none of them computes anything"},
		{"an unknown activation", model(lstm, layer("dense", "swish", 1, "[[[0.5]],[0.25]]")), `the activation "swish"`},
		{"a layer above a softmax", model(lstm, layer("dense", "softmax", 1, "[[[0.5]],[0.25]]"), dense), "a layer above a softmax"},
		{"a gain of a recurrent layer", strings.TrimSuffix(model(lstm), "}") + `,"out_gain":3.5}`, "a layer that is not linear"},
		{"a gain beside a skip", strings.TrimSuffix(model(lstm, dense), "}") + `,"in_skip":1,"out_gain":6}`, "but gains of 1 and 1.99526"},
		{"a gain that is no number", strings.TrimSuffix(model(lstm), "}") + `,"in_gain":"loud"}`, "want a number of decibels"},
		{"another model", amp("SimpleRNN", "RecNet"), "the model RecNet is not SimpleRNN"},
		{"another description", amp(`"skip"`, `"clip_position":16,"skip"`), `"model_data": the key "clip_position" is not known`},
		{"another cell", amp("LSTM", "GRU"), "it is GRU, but the tensors are those of a LSTM"},
		{"more units", amp(`"hidden_size":1`, `"hidden_size":2`), "it is 2, but the tensors have 1 unit"},
		{"more layers", amp(`"num_layers":1`, `"num_layers":2`), "it is 2, but the tensors have 1 layer"},
		{"more inputs", amp(`"input_size":1`, `"input_size":2`), "it is 2, but the tensors have 1 input"},
		{"a size that is no number", amp(`"hidden_size":1`, `"hidden_size":"1"`), `"hidden_size": it is missing, or not a whole number`},
		{"no bias", amp(`"bias_fl":true`, `"bias_fl":false`), "it is false, but the tensors of the linear layer tell otherwise"},
		{"a skip of one of two", amp(`"skip":1`, `"skip":2`), "2 of 1 inputs are added to 1 outputs"},
		{"a tensor too many", amp(`"lin.bias"`, `"bn.gamma":[1],"lin.bias"`), `"bn.gamma"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := rtneural.Read([]byte(c.text))
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// Any bytes give a network, tensors, or a typed error.
func FuzzRead(f *testing.F) {
	f.Add([]byte(model(lstm, dense)))
	f.Add([]byte(nam("LSTM", namLSTM, 16)))
	f.Add([]byte(nam("WaveNet", namWaveNet, 42)))
	f.Add([]byte(nam("ConvNet", namConvNet, 9)))
	f.Add([]byte(amp()))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, tensors, err := rtneural.Read(data)
		if err != nil {
			var typed *network.ImportError
			var invalid *network.Error
			require.True(t, errors.As(err, &typed) || errors.As(err, &invalid), "%v", err)
			return
		}
		if n != nil {
			_, _ = n.Model()
			return
		}
		_, _ = statedict.Network(tensors, &statedict.Architecture{Pool: "none", Nonlinearity: "tanh"})
	})
}
