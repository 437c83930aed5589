package keras_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Small files that describe what is large are refused, and take little memory.
func TestRefusesLargeLayers(t *testing.T) {
	whole := func(shape string) string {
		return fmt.Sprintf(`{"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, %s]}}`, shape)
	}
	dense := layer("Dense", `, "units": 10000000`)
	sixteen := strings.TrimSuffix(strings.Repeat(`{"class_name": "UpSampling1D", "config": {"size": 64}},`, 16), ",")
	for _, c := range []struct{ name, layers, message string }{
		{"a dense layer", input + "," + dense, "weights of it"},
		{"an LSTM", input + "," + layer("LSTM", `, "units": 1000000000, "recurrent_activation": "sigmoid"`), "weights of it"},
		{"a bidirectional GRU", input + `,{"class_name": "Bidirectional", "config": {"layer": ` + layer("GRU", `, "units": 1000000000`) + `}}`, "weights of it"},
		{"a repeated vector", whole("4") + "," + layer("RepeatVector", `, "n": 1000000000`), "frames"},
		{"an embedding", whole("1") + "," + layer("Embedding", `, "input_dim": 1000000000, "output_dim": 1000000000`), "weights of it"},
		{"a wide kernel", input + "," + layer("Conv1D", `, "filters": 2, "kernel_size": [1000000000], "padding": "causal"`), "weights of it"},
		{"a kernel that reaches far", input + "," + layer("AveragePooling1D", `, "pool_size": 1000000000, "padding": "same"`), "a kernel of 1000000000 steps"},
		{"padding", whole("4, 3") + "," + layer("ZeroPadding1D", `, "padding": [1000000000, 1000000000]`), "frames"},
		{"a long pool", whole("4000000, 1") + "," + layer("AveragePooling1D", `, "pool_size": 3, "strides": 1, "padding": "same"`) + "," + layer("Flatten", ""), "at most 262144"},
		{"many frames of frames", whole("4, 3") + "," + sixteen + "," + layer("Flatten", ""), "numbers"},
		{"a large shape", whole("4, 3") + "," + layer("Reshape", `, "target_shape": [1000000000, 1000000000]`), "the shape [1000000000 1000000000]"},
		{"a large input", whole("1000000000, 1000000000") + "," + layer("Flatten", ""), ""},
		{"a wide normalization", whole("4, 16000000") + "," + layer("LayerNormalization", `, "scale": false, "center": false`), ""},
		{"parametric functions", whole("16000000, 1") + "," + layer("PReLU", ""), "weights of it"},
		{"crops", whole("4, 3") + "," + layer("Cropping1D", `, "cropping": [1000000000, 0]`), "from 1000000000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			model, folder := tfjs(c.layers)
			hostile.RequireMemory(t, hostile.Limit(len(model)), func() {
				_, err := keras.ReadTFJS(model, folder, keras.Options{})
				typed(t, err)
				if c.message != "" {
					require.ErrorContains(t, err, c.message)
					require.Less(t, len(err.Error()), 600)
				}
			})
		})
	}
}

// functional returns the JSON of a model of these layers, with an input "x".
func functional(layers, inputs, outputs string) string {
	return fmt.Sprintf(`{"class_name": "Functional", "name": "m", "config": {"layers": [{"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, null]}, "inbound_nodes": []}, %s], "input_layers": [%s], "output_layers": [%s]}}`,
		layers, inputs, outputs)
}

// Models that are small, and whose layers are called without end.
func TestRefusesManyCalls(t *testing.T) {
	list := func(s string, times int) string { return strings.TrimSuffix(strings.Repeat(s+",", times), ",") }
	nested := `{"class_name": "Activation", "name": "d", "config": {"activation": "tanh"}, "inbound_nodes": [[["x", 0, 0, {}]]]}`
	inner := functional(nested, `["x", 0, 0]`, `["d", 0, 0]`)
	for range 6 {
		called := strings.TrimSuffix(inner, "}") + `, "inbound_nodes": [` + list(`[["x", 0, 0, {}]]`, 60) + `]}`
		inner = functional(called, `["x", 0, 0]`, list(`["m", 0, 0]`, 1))
	}
	deep := nested
	for range 10000 {
		deep = `{"class_name": "Sequential", "config": [` + deep + `]}`
	}
	for _, c := range []struct{ name, topology, message string }{
		{"calls in calls", inner, "an input of any number of features"},
		{"models in models", deep, "exceeded max depth"},
		{"many calls", functional(strings.Replace(nested, `[["x", 0, 0, {}]]`, list(`[["x", 0, 0, {}]]`, 12000), 1), `["x", 0, 0]`, `["d", 0, 0]`), ""},
		{"many outputs", functional(nested, `["x", 0, 0]`, list(`["d", 0, 0]`, 5000)), "1 input and 5000 outputs, want at most 64"},
		{"many inputs", functional(nested, list(`["x", 0, 0]`, 5000), `["d", 0, 0]`), "5000 inputs"},
		{"many values", `{"class_name": "Sequential", "config": [` + list("[]", 1<<20) + "]}", "values of JSON"},
		{"lists in lists", `{"class_name": "Sequential", "config": ` + strings.Repeat("[", 60000) + strings.Repeat("]", 60000) + "}", "exceeded max depth"},
		{"a long name", `{"class_name": "` + strings.Repeat("a", 4<<20) + `", "config": {}}`, "the class"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(`{"modelTopology": ` + c.topology + `, "weightsManifest": []}`)
			hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
				_, err := keras.ReadTFJS(data, fstest.MapFS{}, keras.Options{})
				require.Error(t, err)
				typed(t, err)
				require.ErrorContains(t, err, c.message)
				require.Less(t, len(err.Error()), 800)
			})
			_ = keras.MatchTFJS(data)
		})
	}
}

// Shards are read once, and are files in the model's folder.
func TestRefusesShardsThatAreNone(t *testing.T) {
	shard := fstest.MapFS{"w.bin": {Data: make([]byte, 1<<20)}, "folder/w.bin": {Data: make([]byte, 24)}, "pipe": {Mode: fs.ModeNamedPipe}}
	for _, c := range []struct{ name, paths, weights, message string }{
		{"a shard many times", strings.Repeat(`"w.bin", `, 5000) + `"w.bin"`, "", `"w.bin": the model has these weights twice`},
		{"a folder", `"folder"`, "", "it is not a regular file"},
		{"a pipe", `"pipe"`, "", "it is not a regular file"},
		{"another system's path", `"folder\\w.bin"`, "", "it is not the path of a file beside the model"},
		{"a network's path", `"https://example.com/w.bin"`, "", "it is not the path of a file beside the model"},
		{"no text", `7`, "", "it is not the path of a file beside the model"},
		{"many weights", `"w.bin"`, strings.Repeat(`{"name": "a", "shape": [0], "dtype": "float32"},`, 25000) + `{}`, "values of JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(`{"modelTopology": {"class_name": "Sequential", "config": {"layers": [` + input + `]}}, "weightsManifest": [{"paths": [` + c.paths + `], "weights": [` + c.weights + `]}]}`)
			hostile.RequireMemory(t, hostile.Limit(len(data)+1<<20), func() {
				_, err := keras.ReadTFJS(data, shard, keras.Options{})
				require.ErrorContains(t, err, c.message)
				typed(t, err)
			})
		})
	}
}

// groups returns an HDF5 file of that many groups, each of which has two links to the
// next one, and the last to another.
func groups(count, last int) []byte {
	le := binary.LittleEndian
	const superblock, size = 96, 16 + 2*(8+16)
	b := append([]byte("\x89HDF\r\n\x1a\n"), 0, 0, 0, 0, 0, 8, 8, 0)
	b = append(b, make([]byte, 8)...) // sizes of nodes, flags
	for _, n := range []int{0, -1, superblock + count*size, -1, 0, superblock, 0, 0, 0} {
		b = le.AppendUint64(b, uint64(n))
	}
	b = b[:superblock]
	for i := range count {
		to := i + 1
		if to == count {
			to = last
		}
		b = append(b, 1, 0, 2, 0, 1, 0, 0, 0, 2*(8+16), 0, 0, 0, 0, 0, 0, 0)
		for _, name := range []string{"layers", "others"} {
			b = append(b, 6, 0, 16, 0, 0, 0, 0, 0, 1, 0, 5)
			b = append(b, name[:5]...)
			b = le.AppendUint64(b, uint64(superblock+to*size))
		}
	}
	return b
}

// Groups that lie in each other, or in several, end.
func TestRefusesGroupsInGroups(t *testing.T) {
	config := matrix(t)["alone.json"]
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"in itself", groups(1, 0)},
		{"in a circle", groups(5, 0)},
		{"two in each of thirty", groups(30, 29)},
		{"two in each of a thousand", groups(1000, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := keras.Tensors(c.data)
				require.ErrorContains(t, err, "groups are too many")
				_, err = keras.Read(c.data, keras.Options{Config: config})
				require.ErrorContains(t, err, "groups are too many")
			})
		})
	}
}

// An archive that unpacks to more than there is memory for, or whose members are not
// what its directory says.
func TestRefusesHostileArchives(t *testing.T) {
	files := matrix(t)
	good := files["archive-functional.keras"]
	archive := func(members ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i < len(members); i += 2 {
			w, err := z.Create(members[i])
			require.NoError(t, err)
			_, err = w.Write([]byte(members[i+1]))
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	config := string(files["alone.json"])
	for _, c := range []struct {
		name    string
		data    []byte
		message string
	}{
		{"zeros", archive("config.json", config, "model.weights.h5", strings.Repeat("\x00", 64<<20)), "too much for an archive of this size"},
		{"a config twice", archive("config.json", config, "config.json", config, "model.weights.h5", "x"), "two members of this name"},
		{"no weights", archive("config.json", config), "the archive lacks it"},
		{"a size that is not its own", bytes.Replace(good, []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1), "the archive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := keras.ReadArchive(c.data, keras.Options{})
				require.ErrorIs(t, err, network.ErrDamaged)
				require.ErrorContains(t, err, c.message)
			})
		})
	}
}

// FuzzArchive changes members of .keras files.
func FuzzArchive(f *testing.F) {
	files := matrix(f)
	f.Add(uint16(0), []byte{0})
	f.Fuzz(func(t *testing.T, seed uint16, other []byte) {
		m := hostile.New(int(seed))
		_, err := keras.ReadArchive(m.ZIP(files[[]string{"nested-3.keras", "archive-functional.keras"}[seed%2]], other), keras.Options{})
		typed(t, err)
	})
}

// FuzzTFJS takes any text for the model.json beside a shard.
func FuzzTFJS(f *testing.F) {
	model, folder := tfjs(input+","+layer("LSTM", `, "units": 2, "recurrent_activation": "sigmoid"`), "lLSTM/kernel 3,8", "lLSTM/recurrent_kernel 2,8", "lLSTM/bias 8")
	require.True(f, json.Valid(model))
	f.Add(model)
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := keras.ReadTFJS(data, folder, keras.Options{})
		typed(t, err)
	})
}

// FuzzRead changes bytes of whole models in HDF5: each three of edits are a place and a
// value.
func FuzzRead(f *testing.F) {
	files := matrix(f)
	names := []string{"cnn-lstm.h5", "bi-lstm-ave.h5", "tokens-mask.h5", "two-inputs.h5"}
	f.Add(uint8(0), []byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, name uint8, edits []byte) {
		b := bytes.Clone(files[names[int(name)%len(names)]])
		for ; len(edits) >= 3; edits = edits[3:] {
			b[int(binary.LittleEndian.Uint16(edits))%len(b)] = edits[2]
		}
		_, err := keras.Read(b, keras.Options{})
		typed(t, err)
		_, err = keras.Tensors(b)
		typed(t, err)
	})
}
