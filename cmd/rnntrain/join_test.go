package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	"github.com/rnnrun/rnnrun/npy"
	"github.com/rnnrun/rnnrun/runtime"
)

// A seq2seq is a state_dict of both halves: GRUs of some layers, of 4 units, in the
// encoder perhaps of two directions; 9 source tokens and 8 of the target.
type seq2seq struct {
	layers, directions int
}

func (s seq2seq) arrays() []npy.Array {
	var list []npy.Array
	add := func(name string, shape ...int) {
		n := 1
		for _, d := range shape {
			n *= d
		}
		values := onnxtest.Random(name, n)
		for i := range values {
			values[i] *= 6
		}
		list = append(list, npy.Array{Name: name, DType: npy.Float32, Shape: shape, Floats: values})
	}
	rnn := func(name string, input, units, directions int) {
		for k := range s.layers {
			for _, suffix := range []string{"", "_reverse"}[:directions] {
				l := "_l" + string(rune('0'+k)) + suffix
				add(name+".weight_ih"+l, 3*units, input)
				add(name+".weight_hh"+l, 3*units, units)
				add(name+".bias_ih"+l, 3*units)
				add(name+".bias_hh"+l, 3*units)
			}
			input = units * directions
		}
	}
	add("encoder.embedding.weight", 9, 3)
	rnn("encoder.rnn", 3, 4, s.directions)
	add("decoder.embedding.weight", 8, 3)
	rnn("decoder.rnn", 3, 4*s.directions, 1)
	add("decoder.out.weight", 8, 4*s.directions)
	add("decoder.out.bias", 8)
	return list
}

// half returns one half as a network, to be computed in float64.
func (s seq2seq) half(t *testing.T, prefix string) *network.Network {
	var tensors []statedict.Tensor
	for _, a := range s.arrays() {
		if name, found := strings.CutPrefix(a.Name, prefix); found {
			tensors = append(tensors, statedict.Tensor{Name: name, DType: "F32", Shape: a.Shape, Data: a.Floats})
		}
	}
	n, err := statedict.Network(tensors, &statedict.Architecture{Pool: "none"})
	require.NoError(t, err)
	return n
}

// greedy translates in float64: every layer of the decoder starts at the final
// state of the encoder's.
func greedy(encoder, decoder *network.Network, source []int, start, end, most int) (written []int) {
	d := *decoder
	d.Layers = append([]network.Layer(nil), decoder.Layers...)
	for k := range encoder.Layers {
		e := *encoder
		e.Layers, e.Pool = encoder.Layers[:k+1], format.PoolLast
		l := d.Layers[k]
		l.Directions = append([]network.Direction(nil), l.Directions...)
		for _, v := range onnxtest.Evaluate(&e, stepsOf(source))[0] {
			l.Directions[0].H0 = append(l.Directions[0].H0, float32(v))
		}
		d.Layers[k] = l
	}
	read := []int{start}
	for len(written) < most {
		y := onnxtest.Evaluate(&d, stepsOf(read))
		next := greatest(y[len(y)-1])
		if next == end {
			break
		}
		read, written = append(read, next), append(written, next)
	}
	return written
}

const (
	sourceWords = "<unk>\na\nb\nc\nd\ne\nf\ng\nh\n"
	targetWords = `{"<pad>": 0, "<s>": 1, "</s>": 2, "un": 3, "deux": 4, "trois": 5, "quatre": 6, "cinq": 7}`
)

// sideFlags are those of the two vocabularies.
func sideFlags(t *testing.T) []string {
	return []string{"--source-vocabulary", write(t, "en.txt", sourceWords), "--target-vocabulary", write(t, "fr.json", targetWords), "--tokenizer", "words",
		"--source-unknown", "<unk>", "--start", "<s>", "--end", "</s>"}
}

// requireTranslates holds that a model translates as float64 does.
func requireTranslates(t *testing.T, model string, encoder, decoder *network.Network) {
	t.Helper()
	m, err := runtime.OpenEncoderDecoder(model)
	require.NoError(t, err)
	defer m.Close()
	const most = 10
	translator, err := m.NewTranslator(runtime.WithMaxLength(most))
	require.NoError(t, err)
	names := []string{"<pad>", "<s>", "</s>", "un", "deux", "trois", "quatre", "cinq"}
	different := map[string]bool{}
	for text, ids := range map[string][]int{"a": {1}, "a b c": {1, 2, 3}, "h g unheard": {8, 7, 0}, "e e e e f": {5, 5, 5, 5, 6}, "d c b a": {4, 3, 2, 1}} {
		var want []string
		for _, id := range greedy(encoder, decoder, ids, 1, 2, most) {
			want = append(want, names[id])
		}
		got, err := translator.TranslateText(nil, text)
		require.NoError(t, err)
		require.Equal(t, strings.Join(want, " "), string(got), text)
		different[string(got)] = true
	}
	require.Greater(t, len(different), 1, "the source makes a difference")
}

func TestJoinTranslatesAsTheHalvesDo(t *testing.T) {
	for _, s := range []seq2seq{{1, 1}, {2, 1}, {2, 2}} {
		state := archive(t, s.arrays()...)
		model := filepath.Join(t.TempDir(), "model.rnn")
		args := append([]string{"join", state, state, "-o", model}, sideFlags(t)...)
		code, stdout, stderr := invoke(t, args...)
		require.Zero(t, code, stderr)
		require.Contains(t, stdout, "encoder     "+state)
		encoder, decoder := s.half(t, "encoder."), s.half(t, "decoder.")
		requireTranslates(t, model, encoder, decoder)

		data, err := os.ReadFile(model)
		require.NoError(t, err)
		d, err := format.Read(data)
		require.NoError(t, err)
		require.Equal(t, "made by", d.Provenance[0].Key)
		require.Equal(t, "encoder", d.Provenance[1].Key)
		require.Equal(t, "decoder", d.Provenance[2].Key)
		require.Equal(t, &format.Tokenizer{Kind: format.TokenizerWords, Unknown: 0, Start: -1, End: -1}, d.Tokenizer)

		// The same of .rnn files of the halves.
		files := map[string]string{}
		for prefix, n := range map[string]*network.Network{"encoder": encoder, "decoder": decoder} {
			m, err := n.Model()
			require.NoError(t, err)
			files[prefix] = filepath.Join(t.TempDir(), prefix+".rnn")
			require.NoError(t, format.WriteFile(files[prefix], m))
		}
		args = append([]string{"join", files["encoder"], files["decoder"], "-o", model, "--json"}, sideFlags(t)...)
		code, stdout, stderr = invoke(t, args...)
		require.Zero(t, code, stderr)
		var report struct {
			Encoder struct{ Kind string }
			Decoder struct{ Tokens int }
		}
		require.NoError(t, json.Unmarshal([]byte(stdout), &report))
		require.Equal(t, "a .rnn file", report.Encoder.Kind)
		require.Equal(t, 8, report.Decoder.Tokens)
		requireTranslates(t, model, encoder, decoder)
	}
}

// graphHalf returns a half of a seq2seq of one layer as an exporter of the
// tutorial of PyTorch writes it: the decoder takes one token and a state, has a ReLU
// after its embedding, and a LogSoftmax.
func graphHalf(name string) *onnxtest.Model {
	tensor := func(name string, shape ...int) onnxtest.Tensor {
		n := 1
		for _, d := range shape {
			n *= d
		}
		values := onnxtest.Random(name, n)
		for i := range values {
			values[i] *= 6
		}
		return onnxtest.Floats(name, shape, values)
	}
	node := func(operator string, inputs []string, outputs []string, attributes ...onnxtest.Attribute) onnxtest.Node {
		return onnxtest.Node{Operator: operator, Inputs: inputs, Outputs: outputs, Attributes: attributes}
	}
	gru := func(x, h string) onnxtest.Node {
		return node("GRU", []string{x, name + "W", name + "R", name + "B", "", h}, []string{"Y", "Y_h"},
			onnxtest.Attribute{Name: "hidden_size", Value: 4}, onnxtest.Attribute{Name: "linear_before_reset", Value: 1})
	}
	m := &onnxtest.Model{
		Opset:     17,
		Constants: []onnxtest.Tensor{tensor(name+"W", 1, 12, 3), tensor(name+"R", 1, 12, 4), tensor(name+"B", 1, 24)},
		Inputs:    []onnxtest.Value{{Name: "ids", Type: onnxtest.Int64, Shape: []any{"T", 1}}, {Name: "h", Type: onnxtest.Float, Shape: []any{1, 1, 4}}},
	}
	if name == "encoder" {
		m.Constants = append(m.Constants, tensor("table", 9, 3))
		m.Inputs = m.Inputs[:1]
		m.Nodes = []onnxtest.Node{node("Gather", []string{"table", "ids"}, []string{"x"}), gru("x", "")}
		m.Outputs = []onnxtest.Value{{Name: "Y_h", Type: onnxtest.Float}}
		return m
	}
	m.Constants = append(m.Constants, tensor("target", 8, 3), tensor("weight", 4, 8), tensor("bias", 8), onnxtest.Ints("one", 1))
	m.Inputs[0].Shape[0] = 1
	m.Nodes = []onnxtest.Node{
		node("Gather", []string{"target", "ids"}, []string{"e"}), node("Relu", []string{"e"}, []string{"x"}), gru("x", "h"),
		node("Squeeze", []string{"Y", "one"}, []string{"steps"}), node("MatMul", []string{"steps", "weight"}, []string{"product"}),
		node("Add", []string{"product", "bias"}, []string{"logits"}), node("LogSoftmax", []string{"logits"}, []string{"y"}, onnxtest.Attribute{Name: "axis", Value: -1}),
	}
	m.Outputs = []onnxtest.Value{{Name: "y", Type: onnxtest.Float}, {Name: "Y_h", Type: onnxtest.Float}}
	return m
}

func TestJoinReadsTwoGraphs(t *testing.T) {
	var files [2]string
	var halves [2]*network.Network
	for i, name := range []string{"encoder", "decoder"} {
		data := graphHalf(name).Marshal()
		files[i] = write(t, name+".onnx", string(data))
		var err error
		halves[i], err = onnx.Read(data)
		require.NoError(t, err)
	}
	require.True(t, halves[1].Layers[0].Dense(), "the ReLU is a layer")
	require.NotZero(t, halves[1].FoldEmbedding())
	halves[1].Pool = format.PoolNone
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, append([]string{"join", files[0], files[1], "-o", model, "--name", "both"}, sideFlags(t)...)...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "the layer after the decoder's embedding was merged into it")
	require.NotContains(t, stdout, "the model starts from zeros")
	requireTranslates(t, model, halves[0], halves[1])
}

func TestJoinRefusesWhatDoesNotFit(t *testing.T) {
	state := func(s seq2seq) string { return archive(t, s.arrays()...) }
	one, two, wide := state(seq2seq{1, 1}), state(seq2seq{2, 1}), state(seq2seq{1, 2})
	prefixes := []string{"--encoder-prefix", "encoder.", "--decoder-prefix", "decoder."}
	join := func(encoder, decoder string, flags ...string) []string {
		return append(append([]string{encoder, decoder}, prefixes...), flags...)
	}
	sides := sideFlags(t)
	graph := write(t, "encoder.onnx", string(graphHalf("encoder").Marshal()))
	translator := filepath.Join(t.TempDir(), "t.rnn")
	code, _, stderr := invoke(t, append(append([]string{"join", one, one, "-o", translator}, prefixes...), sides...)...)
	require.Zero(t, code, stderr)
	for _, c := range []struct {
		name    string
		args    []string
		code    int
		message string
	}{
		{"other layers", join(two, one, sides...), 1, "a decoder of 1 layer on an encoder of 2"},
		{"other sizes", join(one, wide, sides...), 1, "layer 0 of the decoder has 8 units, but the final state of the encoder's has 4"},
		{"another head", append([]string{converted + "words.npz", one, "--decoder-prefix", "decoder."}, sides...), 1, "linear layer with 2 outputs after its recurrent ones"},
		{"numbers", append([]string{converted + "keras.json", one, "--decoder-prefix", "decoder."}, sides...), 1, "it reads numbers, but each half must read tokens"},
		{"a translator", append([]string{translator, one, "--decoder-prefix", "decoder."}, sides...), 1, "it is already a translation model"},
		{"swapped", append([]string{one, one, "--encoder-prefix", "decoder.", "--decoder-prefix", "encoder."}, sides...), 1, "linear layer with 8 outputs"},
		{"no vocabulary", join(one, one), 2, "give --vocabulary and --tokenizer, or --source-vocabulary and --source-tokenizer"},
		{"a vocabulary of another size", join(one, one, "--vocabulary", write(t, "v", sourceWords), "--tokenizer", "words", "--start", "1", "--end", "2"), 1, "it has 9 tokens, but the model's embedding has 8"},
		{"no start", join(one, one, sides[:len(sides)-4]...), 2, "--start and --end are missing"},
		{"an unknown start", join(one, one, append(sides[:len(sides)-4:len(sides)-4], "--start", "<go>", "--end", "</s>")...), 2, `start "<go>" is neither a token of the vocabulary`},
		{"an unknown prefix", []string{one, one, "--encoder-prefix", "enc."}, 1, `no name of its 12 tensors starts with "enc."`},
		{"a prefix of a .rnn file", append([]string{translator, one, "--encoder-prefix", "encoder."}, sides...), 2, "is a .rnn file"},
		{"no file", []string{one, "missing", "--encoder-prefix", "encoder."}, 1, "missing"},
		{"a graph twice", append([]string{graph, graph}, sides...), 2, "is for a state_dict with both halves"},
		{"no prefix", []string{one, two}, 1, "in which order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, append([]string{"join", "-o", model}, c.args...)...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.message)
			require.NoFileExists(t, model)
		})
	}
}
