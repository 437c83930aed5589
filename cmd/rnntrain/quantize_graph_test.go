package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A quantizedGraph is what quantize says of one.
type quantizedGraph struct {
	Before  float64 `json:"bytes_before"`
	After   float64 `json:"bytes_after"`
	Loss    float64
	Parts   []struct{ Name, Kind, DType string }
	Outputs []struct {
		Name     string
		Loss     float64
		Greatest float64 `json:"greatest_difference"`
	}
}

func TestQuantizeAGraph(t *testing.T) {
	dir := t.TempDir()
	d := modeltest.ConvLSTM(3)
	m, err := rnn.New(d)
	require.NoError(t, err)
	g, err := m.Golden(nil, []float32{1, 0.5, -1, 0.25, 1, 0.75})
	require.NoError(t, err)
	bare := filepath.Join(dir, "bare.rnn")
	require.NoError(t, format.WriteFile(bare, d))
	d.Goldens = append(d.Goldens, g)
	model, small := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, d))
	lines := write(t, "x.csv", strings.Repeat("0.5,-1,0.3\n1.25,0,-0.2\n-0.75,0.25,0.9\n\n1,-0.5,0.5\n-1,1,1\n", 30))
	for _, test := range []struct {
		name   string
		model  string
		args   []string
		dtypes []string // of the convolution, the LSTM and the dense layers
	}{
		{"on goldens", model, nil, []string{"int8", "int8", "int8", "int8"}},
		{"on random inputs", bare, nil, []string{"int8", "int8", "int8", "int8"}},
		{"on data", model, []string{"--calibrate", lines}, []string{"int8", "int8", "int8", "int8"}},
		{"in f16", model, []string{"--dtype", "f16"}, []string{"f16", "f16", "f16", "f16"}},
		{"with parts of their own", model, []string{"--part", "value 2=f32", "--part", "value 5=f16"}, []string{"f32", "f16", "int8", "int8"}},
		{"within no loss", model, []string{"--max-loss", "0.2"}, []string{"f16", "f16", "f16", "f16"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, out, stderr := invoke(t, append([]string{"quantize", test.model, "-o", small, "--json", "--allow-loss"}, test.args...)...)
			if test.name == "within no loss" {
				code, out, stderr = invoke(t, append([]string{"quantize", test.model, "-o", small, "--json"}, test.args...)...)
			}
			require.Zero(t, code, stderr)
			var r quantizedGraph
			require.NoError(t, json.Unmarshal([]byte(out), &r))
			require.Less(t, r.After, r.Before)
			var dtypes []string
			for _, p := range r.Parts {
				dtypes = append(dtypes, p.DType)
			}
			require.Equal(t, test.dtypes, dtypes)
			require.Equal(t, "value 2", r.Parts[0].Name)
			require.Equal(t, "conv", r.Parts[0].Kind)
			require.Equal(t, "y", r.Outputs[0].Name)
			require.Equal(t, r.Loss, max(r.Outputs[0].Loss, r.Outputs[1].Loss))
			require.Positive(t, r.Outputs[1].Greatest)
			m, err := rnn.Open(small)
			require.NoError(t, err)
			defer m.Close()
			require.Len(t, m.Description().Goldens, map[bool]int{true: 1}[test.model == model])
			if test.model == model {
				require.NoError(t, m.Verify(), "the goldens are those of the small model")
			}
		})
	}
	drawn := filepath.Join(dir, "drift.svg")
	code, _, stderr := invoke(t, "quantize", model, "-o", small, "--dtype", "f16", "--calibrate", lines, "--drift", drawn)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "want at least 100", "the first sequence is short")
	long := write(t, "long.csv", strings.Repeat("0.5,-1,0.3\n1.25,0,-0.2\n", 100))
	code, out, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", long, "--drift", drawn)
	require.Zero(t, code, stderr)
	require.FileExists(t, drawn)
	require.Contains(t, out, "value 2, conv")
	require.Contains(t, out, "active differs by at most")
	code, out, stderr = invoke(t, "quantize", bare, "-o", small)
	require.Zero(t, code, stderr)
	require.Contains(t, out, "on random inputs")
	require.NotContains(t, out, "closer to one range", "random inputs say nothing of the range of real ones")
}

// A classifier of texts is measured by its right answers, and a language model by its
// perplexity, also if it is a graph; tokens that are not texts by outputs.
func TestQuantizeAGraphOfTokens(t *testing.T) {
	dir := t.TempDir()
	small := filepath.Join(dir, "s.rnn")
	texts, text := write(t, "texts.tsv", "text\tlabel\nab\tno\nba\tyes\nbb\tno\n"), write(t, "text.txt", strings.Repeat("abba", 50))
	for _, test := range []struct {
		name   string
		change func(m *format.Model)
		data   string
		unit   string
	}{
		{"classifier", func(m *format.Model) {
			m.Task, m.Labels, m.Output = format.TaskClassify, []string{"no", "yes"}, format.OutputSoftmax
			g := m.Graph
			g.Nodes = append(g.Nodes, format.Node{Op: &format.SequencePool{Pool: format.PoolMax}, Inputs: []int{g.Outputs[0].Value}})
			g.Outputs[0].Value = len(g.Nodes)
		}, texts, "points of accuracy"},
		{"language model", func(m *format.Model) { m.Task, m.Output = format.TaskLanguage, format.OutputSoftmax }, text, "% of perplexity"},
		{"tokens", func(m *format.Model) { m.Tokenizer, m.Vocabulary = nil, nil }, write(t, "ids.csv", strings.Repeat("0\n1\n1\n", 20)), "% of the outputs' spread"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := tokenGraph()
			test.change(m)
			model := filepath.Join(dir, test.name+".rnn")
			require.NoError(t, format.WriteFile(model, m))
			code, out, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", test.data, "--json", "--allow-loss")
			require.Zero(t, code, stderr)
			require.Contains(t, out, test.unit)
			if test.name == "tokens" {
				return
			}
			code, _, stderr = invoke(t, "eval", small, test.data)
			require.Zero(t, code, stderr)
		})
	}
}

// tokenGraph returns a graph that reads the tokens a and b: an embedding, a convolution
// over three steps, and two outputs a step.
func tokenGraph() *format.Model {
	e := &format.Embedding{Tokens: 2, Size: 3, Table: []float32{0.5, -1, 0.25, 2, 0.75, -0.5}}
	conv, err := format.PackConv(3, 2, 3, 1, 1, []float32{
		1, -0.5, 0.25, 0.3, 0.7, -0.2, 0.1, 0.9, -1,
		-0.4, 0.6, 0.8, -0.7, 0.2, 1, 0.5, -0.3, 0.15,
	}, []float32{0.1, -0.1})
	if err != nil {
		panic(err)
	}
	return &format.Model{
		Tokenizer: &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}, Vocabulary: []string{"a", "b"},
		Graph: &format.Graph{
			Inputs:  []format.Input{{Name: "ids", Frames: 1, Channels: 1, Tokens: 2}},
			Nodes:   []format.Node{{Op: e, Inputs: []int{0}}, {Op: &format.Window{Before: 2}, Inputs: []int{1}}, {Op: conv, Inputs: []int{2}}},
			Outputs: []format.Port{{Name: "y", Value: 3}},
		},
	}
}

func TestQuantizeRefusesPartsOfAGraph(t *testing.T) {
	dir := t.TempDir()
	model, out := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, modeltest.ConvLSTM(3)))
	for _, test := range []struct{ part, says string }{
		{"value 3=f16", "no part \"value 3\": it has value 2, value 5, value 6, value 7"},
		{"value 2", "give NAME=FORMAT"},
		{"value 2=int2", "f32, f16, int8, int4"},
	} {
		code, _, stderr := invoke(t, "quantize", model, "-o", out, "--part", test.part)
		require.Equal(t, 2, code)
		require.Contains(t, stderr, test.says)
	}
	code, _, stderr := invoke(t, "quantize", model, "-o", out, "--part", "value 2=f16", "--part", "value 2=f32")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "two formats")
	require.NoFileExists(t, out)
}

// Each input has its file, or its array of an .npz, and sequences stay apart.
func TestQuantizeReadsAllInputsOfAGraph(t *testing.T) {
	dir := t.TempDir()
	conv, err := format.PackConv(2, 3, 2, 1, 1, []float32{1, -0.5, 0.25, 0.3, 0.7, -0.2, 0.1, 0.9, -1, -0.4, 0.6, 0.8}, nil)
	require.NoError(t, err)
	model, small := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, &format.Model{InputSize: 4, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "pairs", Frames: 2, Channels: 2}, {Name: "ids", Frames: 1, Channels: 1, Tokens: 3}},
		Nodes: []format.Node{
			{Op: &format.Embedding{Tokens: 3, Size: 3, Table: []float32{0.5, -1, 2, 0.25, -0.75, 1, 0.1, 0.2, 0.3}}, Inputs: []int{1}},
			{Op: conv, Inputs: []int{0}},
			{Op: &format.Binary{Function: format.BinaryMul}, Inputs: []int{2, 3}},
			{Op: &format.SequencePool{Pool: format.PoolMax}, Inputs: []int{4}},
		},
		Outputs: []format.Port{{Name: "product", Value: 4}, {Name: "most", Value: 5}},
	}}))
	pairs := npy.Array{Name: "pairs", DType: npy.Float32, Shape: []int{2, 3, 2, 2}}
	var lines strings.Builder
	for i := range 24 {
		v := float32(i%7) - 3
		pairs.Floats = append(pairs.Floats, v)
		fmt.Fprint(&lines, v, map[bool]string{true: "\n", false: ","}[i%4 == 3])
		if i == 11 {
			lines.WriteByte('\n') // the second sequence
		}
	}
	ids := npy.Array{Name: "ids", DType: npy.Int32, Shape: []int{2, 3}, Integers: []int32{0, 1, 2, 2, 1, 0}}
	all := archive(t, pairs, ids)
	checked := archive(t, pairs, ids, npy.Array{Name: "most", DType: npy.Float32, Shape: []int{1}, Floats: []float32{1}})
	files := map[string]string{"pairs": write(t, "pairs.csv", lines.String()), "ids": write(t, "ids.csv", "0\n1\n2\n\n2\n1\n0\n")}
	var losses []float64
	for _, args := range [][]string{
		{"--calibrate", all},
		{"--calibrate", checked}, // with outputs, for convert --check
		{"--calibrate", "ids=" + files["ids"], "--calibrate", "pairs=" + files["pairs"]},
	} {
		code, out, stderr := invoke(t, append([]string{"quantize", model, "-o", small, "--json", "--allow-loss"}, args...)...)
		require.Zero(t, code, stderr)
		var r quantizedGraph
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Len(t, r.Outputs, 2)
		losses = append(losses, r.Loss)
	}
	require.Equal(t, []float64{losses[0], losses[0], losses[0]}, losses)
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--calibrate", "ids=" + files["ids"]}, 2, `also reads the input "pairs"`},
		{[]string{"--calibrate", files["pairs"]}, 1, "the model reads 5 per step"},
		{[]string{"--calibrate", "pairs=" + files["ids"], "--calibrate", "ids=" + files["ids"]}, 1, "ids.csv"},
	} {
		code, _, stderr := invoke(t, append([]string{"quantize", model, "-o", small}, test.args...)...)
		require.Equal(t, test.code, code, stderr)
		require.Contains(t, stderr, test.says)
	}
	stack := filepath.Join(dir, "stack.rnn")
	require.NoError(t, format.WriteFile(stack, modeltest.Spec{Cell: format.CellLSTM}.Model()))
	code, _, stderr := invoke(t, "quantize", stack, "-o", small, "--calibrate", all, "--calibrate", all)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "reads only one file")
}

// Nothing is written on the word of random inputs that the model gives no numbers for.
func TestQuantizeAsksForDataOfAGraph(t *testing.T) {
	dir := t.TempDir()
	m := modeltest.ConvLSTM(3)
	m.Graph.Nodes[7].Op = &format.Map{Function: format.Activation{Kind: format.ActivationLog}} // of numbers below 0, too
	model, small := filepath.Join(dir, "m.rnn"), filepath.Join(dir, "s.rnn")
	require.NoError(t, format.WriteFile(model, m))
	code, _, stderr := invoke(t, "quantize", model, "-o", small)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "the loss is NaN")
	require.Contains(t, stderr, "give data with --calibrate")
	require.NoFileExists(t, small)
	code, _, stderr = invoke(t, "quantize", model, "-o", small, "--max-loss", "50")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "keep the model as it is")
	require.NoFileExists(t, small)
}

// Inputs that are not finite say nothing of a loss.
func TestQuantizeRefusesInputsThatAreNotFinite(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, "m.rnn")
	require.NoError(t, format.WriteFile(model, modeltest.ConvLSTM(3)))
	data := archive(t, npy.Array{Name: "x", DType: npy.Float32, Shape: []int{2, 3}, Floats: []float32{1, 2, 3, 4, float32(math.NaN()), 6}})
	code, _, stderr := invoke(t, "quantize", model, "-o", filepath.Join(dir, "s.rnn"), "--calibrate", data)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "NaN")
}
