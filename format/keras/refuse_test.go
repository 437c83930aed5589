package keras_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
)

// tfjs returns the model.json of a Sequential model of TensorFlow.js, whose weights
// are zeros, and its only shard.
func tfjs(layers string, weights ...string) ([]byte, fstest.MapFS) {
	size := 0
	var specs []string
	for _, w := range weights {
		name, shape, _ := strings.Cut(w, " ")
		n := 4
		for d := range strings.SplitSeq(shape, ",") {
			k := 0
			fmt.Sscan(d, &k)
			n *= k
		}
		size += n
		specs = append(specs, fmt.Sprintf(`{"name": %q, "shape": [%s], "dtype": "float32"}`, name, shape))
	}
	return []byte(`{"format": "layers-model", "modelTopology": {"class_name": "Sequential", "config": {"layers": [` + layers + `]}},
		"weightsManifest": [{"paths": ["w.bin"], "weights": [` + strings.Join(specs, ",") + `]}]}`), fstest.MapFS{"w.bin": {Data: make([]byte, size)}}
}

// layer returns the JSON of a layer.
func layer(class, config string) string {
	return fmt.Sprintf(`{"class_name": %q, "config": {"name": "l%s"%s}}`, class, class, config)
}

const input = `{"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, null, 3]}}`

// What is not known is refused by its name.
func TestRefuses(t *testing.T) {
	lstm := []string{"lLSTM/kernel 3,8", "lLSTM/recurrent_kernel 2,8", "lLSTM/bias 8"}
	for _, c := range []struct {
		layers  string
		weights []string
		err     error
		message string
	}{
		{layer("Lambda", `, "function": ["4wEA", null, null]`), nil, network.ErrUnsupported, `"lLambda (Lambda)": it computes with code of its own, which is not run`},
		{layer("MyLayer", ``), nil, network.ErrUnsupported, `"lMyLayer (MyLayer)": layers of this class are not read`},
		{layer("ConvLSTM1D", ``), nil, network.ErrUnsupported, `(ConvLSTM1D)": layers of this class are not read`},
		{layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid", "peepholes": true`), lstm, network.ErrUnsupported, `its "peepholes" is "true", whose meaning is not known`},
		{layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid", "activation": "mish"`), lstm, network.ErrUnsupported, `the activation "mish" is not known`},
		{layer("LSTM", `, "units": 2, "activation": "softmax"`), lstm, network.ErrUnsupported, "the gates of a recurrent layer cannot have the activation Softmax"},
		{layer("LSTM", `, "units": "2", "recurrent_activation": "sigmoid"`), lstm, network.ErrUnsupported, `"units" is "2", want a whole number of at least 1`},
		{layer("LSTM", `, "recurrent_activation": "sigmoid"`), lstm, network.ErrUnsupported, `it lacks "units"`},
		{layer("LSTM", `, "units": 2`), lstm, network.ErrUnsupported, `it lacks "recurrent_activation"`},
		{layer("LSTM", `, "units": 3, "recurrent_activation": "sigmoid"`), lstm, network.ErrShape, "its shape is [3 8], want [3 12]"},
		{layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid"`), lstm[:2], network.ErrShape, "2 weights of it"},
		{layer("LSTM", `, "units": 2`), append(lstm[:3:3], "lGRU/kernel 1"), network.ErrShape, "4 weights of it"},
		{layer("LSTM", `, "units": 2`), []string{"lLSTM/bias 8", "lLSTM/recurrent_kernel 2,8", "lLSTM/kernel 3,8"}, network.ErrShape, `it stands in the place of "kernel" of lLSTM (LSTM)`},
		{layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid", "return_sequences": true, "go_backwards": true`), lstm, network.ErrUnsupported, "needs the whole sequence, whose length the shape of the inputs must fix"},
		{layer("Flatten", ``), nil, network.ErrUnsupported, `"lFlatten (Flatten)": it puts all steps into one vector`},
		{layer("Conv1D", `, "filters": 2, "kernel_size": [3]`), []string{"lConv1D/kernel 3,3,2", "lConv1D/bias 2"}, network.ErrUnsupported, "without padding it gives fewer steps than it reads"},
		{layer("Conv1D", `, "filters": 2, "kernel_size": [3], "data_format": "channels_first"`), []string{"lConv1D/kernel 3,3,2", "lConv1D/bias 2"}, network.ErrUnsupported, `"data_format" is "channels_first", want channels_last`},
		{layer("RepeatVector", `, "n": 4`), nil, network.ErrUnsupported, "want a vector"},
		{layer("Embedding", `, "output_dim": 2`), []string{"lEmbedding/embeddings 4,2"}, network.ErrUnsupported, "tokens of the shape [-1 3], want one per step"},
		{layer("BatchNormalization", `, "axis": 1`), []string{"lBatchNormalization/gamma 3", "lBatchNormalization/beta 3", "lBatchNormalization/moving_mean 3", "lBatchNormalization/moving_variance 3"},
			network.ErrUnsupported, `the axis "1" of 2, want the last one`},
		{layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid", "return_sequences": true`) + "," + layer("LSTM", `, "units": 2`), lstm, network.ErrDamaged, "two layers have this name"},
		{layer("Masking", ``) + "," + layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid", "return_sequences": true`) + "," + layer("GlobalMaxPooling1D", ``), lstm, network.ErrUnsupported, "what it computes depends on the padding"},
		{layer("TextVectorization", ``), nil, network.ErrUnsupported, "save the model without it, starting from the layer that reads its tokens or numbers"},
		{layer("Conv2D", ``), nil, network.ErrUnsupported, "convolutions along two axes are read: python3 -m tf2onnx.convert --keras"},
		{layer("MyAttention", ``), nil, network.ErrUnsupported, "describe the network and its weights by an --arch file of nodes"},
		{layer("RNN", `, "cell": {"class_name": "PeepholeLSTMCell", "config": {"units": 2}}`), lstm, network.ErrUnsupported, `the cell "PeepholeLSTMCell", want SimpleRNNCell, LSTMCell, GRUCell and StackedRNNCells`},
		{layer("Softmax", `, "axis": 1`), nil, network.ErrUnsupported, "its sum is over all steps"},
		{layer("Conv1DTranspose", `, "filters": 2, "kernel_size": [3]`), []string{"lConv1DTranspose/kernel 3,2,3", "lConv1DTranspose/bias 2"}, network.ErrUnsupported, "its outputs for a step overlap with those for others"},
		{`{"class_name": "LSTM"}`, nil, network.ErrDamaged, "it is not a layer with a class and a config"},
		{`7`, nil, network.ErrDamaged, "it is not a layer with a class and a config"},
		{`{"class_name": "Bidirectional", "config": {"layer": ` + layer("Flatten", "") + `}}`, nil, network.ErrUnsupported, "want recurrent layers"},
		{`{"class_name": "LSTM", "registered_name": "mine>LSTM", "config": {"name": "a"}}`, nil, network.ErrUnsupported, `it is a layer of its own, "mine>LSTM"`},
		{`{"class_name": "LSTM", "registered_name": "LSTM", "module": "__main__", "config": {"name": "a"}}`, nil, network.ErrUnsupported, `it is a layer of its own, "LSTM" of "__main__"`},
		{`{"class_name": "Concatenate", "module": "keras.src.ops.numpy", "config": {"name": "a"}}`, nil, network.ErrUnsupported, "it is a function of"},
		{`{"class_name": "Add", "module": "keras.src.ops.numpy", "config": {"name": "a"}}`, nil, network.ErrUnsupported, "it reads 1 tensor"},
	} {
		t.Run(c.message, func(t *testing.T) {
			model, folder := tfjs(input+","+c.layers, c.weights...)
			n, err := keras.ReadTFJS(model, folder, keras.Options{})
			require.Error(t, err)
			require.Nil(t, n)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.message)
			require.Less(t, len(err.Error()), 600)
		})
	}
}

// Models that are no list of layers, or no graph.
func TestRefusesModels(t *testing.T) {
	dense := `{"class_name": "Dense", "name": "d", "config": {"units": 2}, "inbound_nodes": [[["%s", 0, 0, {}]]]}`
	functional := func(reads, keywords string) string {
		return `{"class_name": "Functional", "config": {"layers": [{"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, null, 3]}, "inbound_nodes": []}, ` +
			strings.Replace(fmt.Sprintf(dense, reads), "{}]", keywords+"]", 1) + `], "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}}`
	}
	deep := `{"class_name": "Sequential", "config": {"layers": [`
	many := layer("Dense", "")
	for i := range 3000 {
		many += "," + strings.ReplaceAll(layer("Dense", ""), "lDense", fmt.Sprint(i))
	}
	for _, c := range []struct{ topology, message string }{
		{`{"class_name": "MyModel", "config": {}}`, `the class "MyModel", want a Sequential or functional model`},
		{`{"class_name": "Sequential", "config": {}}`, "it has no list of layers"},
		{functional("d", "{}"), "it reads what it gives"},
		{functional("y", "{}"), `"y": call 0 of it is read, which the model does not have`},
		{functional("x", `{"mask": ["m", 0, 0]}`), "it is given a mask that is not made by an Embedding or a Masking"},
		{functional("x", `{"initial_state": [["x", 0, 0]]}`), "it is given initial states, but is not a recurrent layer"},
		{strings.ReplaceAll(functional("x", `{"slice_spec": [{"start": null, "stop": null, "step": null}, -1]}`), `"Dense"`, `"SlicingOpLambda"`), `"d (SlicingOpLambda)": it computes with code of its own`},
		{functional("x", `{"use_causal_mask": true}`), `it is called with "use_causal_mask"="true", whose meaning is not known`},
		{functional("x", `{"other": ["x", 0, 0]}`), "it reads 2 tensors, want one"},
		{functional("x", `{"other": "text"}`), "its inputs are not described as Keras describes them"},
		{strings.Repeat(deep, 20) + strings.Repeat(`]}}`, 20), "models nest more than 8 deep"},
		{deep + many + `]}}`, "more than 2048 layers"},
	} {
		t.Run(c.message, func(t *testing.T) {
			data := []byte(`{"modelTopology": ` + c.topology + `, "weightsManifest": [{"paths": ["w.bin"], "weights": [
				{"name": "d/kernel", "shape": [3, 2], "dtype": "float32"}, {"name": "d/bias", "shape": [2], "dtype": "float32"}]}]}`)
			_, err := keras.ReadTFJS(data, fstest.MapFS{"w.bin": {Data: make([]byte, 32)}}, keras.Options{})
			require.ErrorContains(t, err, c.message)
		})
	}
}

// The weights of TensorFlow.js come from the model's folder and from nowhere else.
func TestRefusesShards(t *testing.T) {
	for _, c := range []struct{ paths, weight, message string }{
		{`["../w.bin"]`, `"shape": [3, 2], "dtype": "float32"`, `"../w.bin": it is not the path of a file beside the model`},
		{`["/etc/passwd"]`, `"shape": [3, 2], "dtype": "float32"`, "it is not the path of a file beside the model"},
		{`["none.bin"]`, `"shape": [3, 2], "dtype": "float32"`, "the model's weights cannot be read"},
		{`["w.bin"]`, `"shape": [3, 3], "dtype": "float32"`, "but 24 bytes of weights left"},
		{`["w.bin"]`, `"shape": [3, 1], "dtype": "float32"`, "12 bytes left of the weights"},
		{`["w.bin"]`, `"shape": [1000000000, 1000000000], "dtype": "float32"`, "bytes of weights left"},
		{`["w.bin"]`, `"shape": [3, 2], "dtype": "string"`, "numbers of the type"},
		{`["w.bin"]`, `"shape": [24], "dtype": "float32", "quantization": {"dtype": "uint8"}`, "the quantization"},
		{`["w.bin"]`, `"dtype": "float32"`, "a weight without a name, a shape or a dtype"},
		{`7`, `"dtype": "float32"`, "it is not a list of groups of paths and weights"},
	} {
		t.Run(c.message, func(t *testing.T) {
			data := []byte(`{"modelTopology": {"class_name": "Sequential", "config": {"layers": [` + input + "," + layer("Dense", `, "units": 2, "use_bias": false`) + `]}},
				"weightsManifest": [{"paths": ` + c.paths + `, "weights": [{"name": "lDense/kernel", ` + c.weight + `}]}]}`)
			require.True(t, keras.MatchTFJS(data))
			_, err := keras.ReadTFJS(data, fstest.MapFS{"w.bin": {Data: make([]byte, 24)}}, keras.Options{})
			require.ErrorContains(t, err, c.message)
		})
	}
}

// Quantized shards have the numbers that TensorFlow.js makes of them.
func TestQuantizedShards(t *testing.T) {
	for _, c := range []struct {
		quantization string
		data         []byte
		want         [2]float32
	}{
		{`{"dtype": "uint8", "scale": 0.5, "min": -1}`, []byte{0, 3}, [2]float32{-1, 0.5}},
		{`{"dtype": "uint16", "scale": 0.25, "min": -1}`, []byte{1, 0, 0, 1}, [2]float32{-0.75, 63}},
		{`{"dtype": "float16"}`, []byte{0x00, 0x3c, 0x00, 0xc0}, [2]float32{1, -2}},
	} {
		data := []byte(`{"modelTopology": {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2, "use_bias": false, "batch_input_shape": [null, 1]}}]}},
			"weightsManifest": [{"paths": ["w.bin"], "weights": [{"name": "d/kernel", "shape": [1, 2], "dtype": "float32", "quantization": ` + c.quantization + `}]}]}`)
		n, err := keras.ReadTFJS(data, fstest.MapFS{"w.bin": {Data: c.data}}, keras.Options{})
		require.NoError(t, err)
		w := n.Graph.Nodes[0].Op.(*format.Layer).Directions[0].Gates
		require.Equal(t, c.want, [2]float32{w.At(0, 0), w.At(1, 0)})
	}
}

// Weights alone say so.
func TestWeightsAlone(t *testing.T) {
	files := matrix(t)
	_, err := keras.Read(files["alone.h5"], keras.Options{})
	require.ErrorIs(t, err, keras.ErrWeightsAlone)
	require.True(t, keras.MatchConfig(files["alone.json"]))
	tensors, err := keras.Tensors(files["alone.h5"])
	require.NoError(t, err)
	require.Len(t, tensors, 5)
	require.True(t, strings.HasSuffix(tensors[0].Name, "/kernel:0"), tensors[0].Name)
	require.Equal(t, []int{3, 20}, tensors[0].Shape)
}

// A stack of layers becomes one, and not a graph.
func TestStacks(t *testing.T) {
	files := matrix(t)
	for _, name := range []string{"tokens", "tokens-mask", "keras1-lstm", "bi-gru-concat", "dense-tanh", "lstm-archive", "tokens-tag"} {
		t.Run(name, func(t *testing.T) {
			if files[name+".h5"] == nil {
				name += ".keras"
			} else {
				name += ".h5"
			}
			n, err := read(files, name)
			require.NoError(t, err)
			m, err := n.Model()
			require.NoError(t, err)
			require.Nil(t, m.Graph)
		})
	}
}

// What the mask leaves out is said.
func TestNotes(t *testing.T) {
	files := matrix(t)
	for name, note := range map[string]string{
		"tokens-mask.h5":     "leaves out the steps that its mask names, which are padding",
		"masking.h5":         "leaves out the steps that its mask names, which are padding",
		"padded-tokens.h5":   "no mask leaves the padding out: pad its sequences with rnnrun run --pad 9, or --pad 9:behind",
		"facts.h5":           `the input of "facts" describes the whole sequence: the model takes it from the last step`,
		"encoder-decoder.h5": "a sequence is one step of the model, of 7×3 numbers",
	} {
		n, err := read(files, name)
		require.NoError(t, err)
		require.Contains(t, strings.Join(n.Notes, "\n"), note)
	}
}

// typed requires an error of this package or those that it reads with.
func typed(t testing.TB, err error) {
	var imported *network.ImportError
	var file *hdf5.Error
	var model *network.Error
	if err != nil {
		require.True(t, errors.As(err, &imported) || errors.As(err, &file) || errors.As(err, &model) || errors.Is(err, keras.ErrWeightsAlone) || errors.Is(err, format.ErrInvalid), "%T %v", err, err)
	}
}

func TestBitFlips(t *testing.T) {
	files := matrix(t)
	count := 400
	if testing.Short() {
		count = 50
	}
	random := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"cnn-lstm.h5", "textgenrnn-form.h5", "nested-3.keras", "archive-functional.keras", "time-distributed-cnn.h5"} {
		for range count {
			changed := map[string][]byte{name: bytes.Clone(files[name])}
			b := changed[name]
			for range 1 + random.IntN(3) {
				b[random.IntN(len(b))] ^= 1 << random.IntN(8)
			}
			_, err := read(changed, name)
			typed(t, err)
		}
	}
}

// A value of the JSON that is another.
func TestChangedConfigs(t *testing.T) {
	files := matrix(t)
	others := []any{nil, 0.0, -1.0, 1e9, 1.5, 1e300, "text", []any{}, []any{1.0, 2.0}, map[string]any{}, true, map[string]any{"a": []any{nil}}}
	for _, name := range []string{"alone.h5", "cnn-lstm.h5", "attention-scale.h5", "nested-2.h5", "two-inputs.h5", "conv-same-5-3-1-13.h5", "bi-lstm-ave.h5"} {
		f, err := hdf5.Open(files[name])
		require.NoError(t, err)
		texts, _, err := f.Root().Text("model_config")
		require.NoError(t, err)
		config := files[strings.TrimSuffix(name, ".h5")+".json"]
		if len(texts) > 0 {
			config = []byte(texts[0])
		}
		weights := withoutConfig(files[name])
		_, err = keras.Read(weights, keras.Options{Config: config})
		typed(t, err)
		for at := 0; ; at++ {
			n := 0
			done := true
			for _, other := range others {
				var o any
				require.NoError(t, json.Unmarshal(config, &o))
				n = at
				if o = replace(o, &n, other); n >= 0 {
					continue
				}
				done = false
				data, err := json.Marshal(o)
				require.NoError(t, err)
				_, err = keras.Read(weights, keras.Options{Config: data})
				typed(t, err)
			}
			if done {
				break
			}
		}
	}
}

// withoutConfig hides the model's JSON in a file.
func withoutConfig(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte("model_config"), []byte("model_others"))
}

// replace replaces the value number n of a JSON value, and counts n below 0 then.
func replace(v any, n *int, other any) any {
	if *n == 0 {
		*n = -1
		return other
	}
	*n--
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if *n >= 0 {
				v[k] = replace(v[k], n, other)
			}
		}
	case []any:
		for i := range v {
			if *n >= 0 {
				v[i] = replace(v[i], n, other)
			}
		}
	}
	return v
}

// An archive that unpacks to much more than its size is refused.
func TestArchiveOfZeros(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"config.json", "model.weights.h5"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write(make([]byte, 8<<20))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	_, err := keras.ReadArchive(b.Bytes(), keras.Options{})
	require.ErrorIs(t, err, network.ErrDamaged)
	require.ErrorContains(t, err, "too much for an archive of this size")
}

// FuzzConfig changes the JSON of a model whose weights are there.
func FuzzConfig(f *testing.F) {
	files := matrix(f)
	f.Add([]byte(input), []byte(layer("LSTM", `, "units": 2`)), []byte(layer("Dense", `, "units": 2`)))
	f.Add([]byte(input), []byte(layer("Flatten", ``)), []byte(`{"class_name": "Bidirectional", "config": {"layer": {"class_name": "GRU", "config": {"units": 2}}}}`))
	weights := files["alone.h5"]
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		_, err := keras.Read(weights, keras.Options{Config: []byte(fmt.Sprintf(`{"class_name": "Sequential", "config": {"layers": [%s, %s, %s]}}`, a, b, c))})
		typed(t, err)
	})
}
