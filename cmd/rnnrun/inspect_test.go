package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
)

// sessionBytes depend on the CPU.
var sessionBytes = regexp.MustCompile(`\d+ bytes per session`)

func TestInspectDrawsTheModel(t *testing.T) {
	d := letterClassifier()
	d.Provenance = []format.Property{{Key: "made by", Value: "a test"}, {Key: "from", Value: "letters"}}
	path := save(t, d)
	got := printed(t, "", "inspect", path)
	want := `model       PATH
file        .rnn version 1, 5568 bytes, checksums ok
task        classify
parameters  974
weights     4304 bytes f32
memory      SESSION bytes per session, 65656 more for sequences, and 68 for each step of the longest
work        768 multiply-adds per step, 32 per sequence, a state of 32 numbers
tokenizer   chars
vocabulary  27 tokens: "\n" "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" …
labels      "bad" "good"
goldens     1 with 3 steps, whose inputs are in the file: see 'rnnrun verify PATH'

  one token per step
  ↓ embedding               27 → 4     108 parameters  432 bytes f32
  ↓ LSTM, bidirectional     4 → 2 × 8  832 parameters  3328 bytes f32
  ↓ pool: max of the steps
  ↓ dense                   16 → 2     34 parameters   544 bytes f32
  ↓ softmax
  2 outputs per sequence

provenance
  made by  a test
  from     letters
`
	require.Equal(t, want, sessionBytes.ReplaceAllString(strings.ReplaceAll(got, path, "PATH"), "SESSION bytes per session"))
}

func TestInspectSaysWhatASessionTakes(t *testing.T) {
	for _, d := range []*format.Model{letterClassifier(), letterWriter(), letterTranslator()} {
		path := save(t, d)
		m, err := cli.OpenNetwork(path)
		require.NoError(t, err)
		var report struct {
			Memory struct{ Session, Sequence, Step int } `json:"memory_bytes"`
		}
		require.NoError(t, json.Unmarshal([]byte(printed(t, "", "inspect", path, "--json")), &report))
		require.Equal(t, m.SessionBytes(), report.Memory.Session)
		for _, steps := range []int{1000, 1e6} {
			require.InDelta(t, m.SequenceBytes(steps), report.Memory.Sequence+steps*report.Memory.Step, 1000*float64(report.Memory.Step))
		}
		require.NoError(t, m.Close())
	}
}

func TestInspectShowsTheData(t *testing.T) {
	numbers := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 3, Outputs: 3}.Model()
	numbers.Data = &format.Data{Columns: []string{"a,b", "x"}, Targets: []string{"x"}, Horizon: 3, Window: 50}
	letters := letterClassifier()
	letters.Data = &format.Data{Labels: []string{"0", "1,\n2"}}
	for _, c := range []struct {
		model      *format.Model
		text, json string
	}{
		{numbers, `data        columns "a,b" "x", targets "x", horizon 3, window 50`,
			`{"labels":[],"columns":["a,b","x"],"targets":["x"],"horizon":3,"window":50}`},
		{letters, `data        labels "0" "1,\n2"`,
			`{"labels":["0","1,\n2"],"columns":[],"targets":[],"horizon":0,"window":0}`},
		{letterClassifier(), "", "null"},
	} {
		path := save(t, c.model)
		text := printed(t, "", "inspect", path)
		require.Contains(t, text, c.text)
		require.Equal(t, c.text != "", strings.Contains(text, "\ndata "))
		var report map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(printed(t, "", "inspect", path, "--json")), &report))
		require.JSONEq(t, c.json, string(report["data"]))
	}
}

func TestInspectShowsEveryCell(t *testing.T) {
	for _, spec := range modeltest.Cells() {
		spec.Layers, spec.Outputs, spec.Normalized = 2, 1, true
		d := spec.Model()
		d.SampleRate = 44100
		got := printed(t, "", "inspect", save(t, d))
		require.Equal(t, 2, strings.Count(got, "↓ "+spec.Cell.String()))
		if spec.Variant != format.VariantStandard {
			require.Contains(t, got, "("+spec.Variant.String()+")")
		}
		require.Contains(t, got, "sample rate 44100 per second")
		require.Contains(t, got, "normalized  inputs and outputs")
		require.Contains(t, got, "1 output per step")
	}
}

// compact returns a model of numbers whose first layer is in int8, the second in
// binary16 and the head in float32.
func compact(t *testing.T, scales ...float32) *format.Model {
	d := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 8, Layers: 2, Bidirectional: len(scales) == 2, Outputs: 1}.Model()
	for i, dtype := range []format.DType{format.DTypeInt8, format.DTypeF16} {
		c, err := d.Convert(dtype)
		require.NoError(t, err)
		d.Layers[i] = c.Layers[i]
	}
	for i, scale := range scales {
		d.Layers[0].Directions[i].InputScale = scale
	}
	return d
}

func TestInspectShowsNumberFormats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, compact(t, 0.015625)))
	got := sessionBytes.ReplaceAllString(printed(t, "", "inspect", path), "SESSION bytes per session")
	require.Contains(t, got, `
parameters  721
weights     288 bytes int8, 768 bytes f16, 740 bytes f32
memory      SESSION bytes per session, 24816 more for sequences, and 4 for each step of the longest
work        656 multiply-adds per step, a state of 16 numbers
goldens     none: outputs on another device cannot be verified

  3 numbers per step
  ↓ GRU (reset after)  3 → 8  296 parameters  288 bytes int8, 324 bytes f32  input scale 0.015625
  ↓ GRU (reset after)  8 → 8  416 parameters  768 bytes f16, 128 bytes f32
  ↓ dense              8 → 1  9 parameters    288 bytes f32
  1 output per step
`)

	for want, scales := range map[string][]float32{
		"input scale chosen at each step\n":     {0},
		"input scale 0.5 and 0.25\n":            {0.5, 0.25},
		"input scale 0.5\n":                     {0.5, 0.5},
		"input scale chosen at each step and 2": {0, 2},
	} {
		require.NoError(t, format.WriteFile(path, compact(t, scales...)))
		require.Contains(t, printed(t, "", "inspect", path), want)
	}
}

func TestInspectJSON(t *testing.T) {
	path := save(t, letterClassifier())
	info, err := os.Stat(path)
	require.NoError(t, err)
	var got struct {
		Model      string
		Bytes      int64
		Task       string
		Parameters int
		Labels     []string
		Goldens    int
		Stages     []struct {
			Name, DType       string
			Parameters, Bytes int
			ByDType           map[string]int `json:"bytes_by_dtype"`
			InputScales       []*float32     `json:"input_scales"`
		}
		Weights map[string]int `json:"weight_bytes"`
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "inspect", "--json", path)), &got))
	require.Equal(t, path, got.Model)
	require.Equal(t, info.Size(), got.Bytes)
	require.Equal(t, "classify", got.Task)
	require.Equal(t, []string{"bad", "good"}, got.Labels)
	require.Equal(t, 1, got.Goldens)
	require.Len(t, got.Stages, 3)
	sum := 0
	for _, s := range got.Stages {
		sum += s.Parameters
	}
	require.Equal(t, got.Parameters, sum)
	require.Equal(t, map[string]int{"f32": 4304, "f16": 0, "int8": 0, "int4": 0}, got.Weights)

	path = filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, compact(t, 0.5, 0)))
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "inspect", "--json", path)), &got))
	require.Equal(t, "int8", got.Stages[0].DType)
	require.Equal(t, "f16", got.Stages[1].DType)
	require.Equal(t, "f32", got.Stages[2].DType)
	require.Equal(t, map[string]int{"f32": 644, "f16": 0, "int8": 576, "int4": 0}, got.Stages[0].ByDType)
	require.Equal(t, 644+576, got.Stages[0].Bytes)
	require.Len(t, got.Stages[0].InputScales, 2)
	require.EqualValues(t, 0.5, *got.Stages[0].InputScales[0])
	require.Nil(t, got.Stages[0].InputScales[1], "it is chosen at each step")
	require.Empty(t, got.Stages[1].InputScales)
}

func TestVerify(t *testing.T) {
	good := save(t, letterClassifier())
	d := letterClassifier()
	d.Goldens = []format.Golden{{Steps: 1, Tokens: []int32{1}, Hash: 1, Last: []float32{0, 0}}}
	wrong := save(t, d)
	none := filepath.Join(t.TempDir(), "none.rnn")
	require.NoError(t, format.WriteFile(none, letterClassifier()))
	damaged := filepath.Join(t.TempDir(), "damaged.rnn")
	data, err := os.ReadFile(good)
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(damaged, data, 0o666))

	set, err := kernels.Default()
	require.NoError(t, err)
	require.Equal(t, "ok\t"+good+"\t"+set.Name()+"\t1 golden\n", printed(t, "", "verify", good))

	for path, text := range map[string]string{
		wrong:      "verification failed",
		none:       "no golden inputs",
		damaged:    "damaged .rnn file",
		"none.rnn": "none.rnn",
	} {
		o := command("", "verify", good, path)
		require.Equal(t, 1, o.code)
		lines := strings.SplitAfter(o.stdout, "\n")
		require.Len(t, lines, 3)
		require.True(t, strings.HasPrefix(lines[0], "ok\t"))
		require.True(t, strings.HasPrefix(lines[1], "FAIL\t"+path+"\t"+set.Name()+"\t"), lines[1])
		require.Contains(t, lines[1], text)
		require.Equal(t, "rnnrun: 1 of 2 checks failed\n", o.stderr)
	}
}

func TestVerifyOnAllKernels(t *testing.T) {
	path := save(t, letterClassifier())
	var want strings.Builder
	for _, s := range kernels.Available() {
		want.WriteString("ok\t" + path + "\t" + s.Name() + "\t1 golden\n")
	}
	require.Equal(t, want.String(), printed(t, "", "verify", "--all-kernels", path))
}

func TestVerifyJSON(t *testing.T) {
	path := save(t, letterClassifier())
	var got struct {
		Model   string
		Goldens int
		OK      bool
		Error   *string
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "verify", "--json", path)), &got))
	require.True(t, got.OK)
	require.Nil(t, got.Error)
	o := command("", "verify", "--json", "none.rnn")
	require.Equal(t, 1, o.code)
	require.NoError(t, json.Unmarshal([]byte(o.stdout), &got))
	require.False(t, got.OK)
	require.Contains(t, *got.Error, "none.rnn")
}

func TestCPU(t *testing.T) {
	t.Setenv("RNNRUN_KERNELS", "")
	text := printed(t, "", "cpu")
	for _, s := range kernels.All() {
		require.Contains(t, text, s.Name())
		require.Contains(t, text, s.Requires())
	}
	require.Contains(t, text, "RNNRUN_KERNELS  not set")

	t.Setenv("RNNRUN_KERNELS", "generic")
	require.Contains(t, printed(t, "", "cpu"), "RNNRUN_KERNELS  generic")
	var got struct {
		Arch    string
		Chosen  string
		Kernels []struct {
			Name      string
			Available bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", "cpu", "--json")), &got))
	require.Equal(t, "generic", got.Chosen)
	require.Len(t, got.Kernels, len(kernels.All()))
	require.True(t, got.Kernels[len(got.Kernels)-1].Available)
}

func TestInspectShowsWhatLayersHaveBeyondTheirCells(t *testing.T) {
	spec := modeltest.Spec{
		Cell: format.CellLSTM, Input: 3, Hidden: 10, Bidirectional: true, Below: 4, Above: 5, Pool: format.PoolLastOutput,
		DenseActivation: format.Activation{Kind: format.ActivationLeakyReLU, Alpha: 0.25},
		Projection:      2, Peephole: true, InputForget: true, Clip: 1.5, Output: format.OutputArgMax,
		Activations: [3]format.Activation{{Kind: format.ActivationHardSigmoid, Alpha: 0.2, Beta: 0.5}, {Kind: format.ActivationTanh}, {Kind: format.ActivationSoftsign}},
	}
	require.Contains(t, printed(t, "", "inspect", save(t, spec.Model())), `
  3 numbers per step
  ↓ dense                           3 → 4      16 parameters   128 bytes f32   LeakyRelu(0.25)
  ↓ LSTM, bidirectional             4 → 2 × 2  660 parameters  4608 bytes f32  10 units projected, forget gate coupled, peepholes, sums within ±1.5, HardSigmoid(0.2, 0.5) Tanh Softsign, in reverse Softsign Tanh HardSigmoid(0.2, 0.5)
  ↓ pool: last output of the steps
  ↓ dense                           4 → 5      25 parameters   160 bytes f32   LeakyRelu(0.25)
  ↓ argmax
  1 output per sequence
`)
	skip := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Reverse: true, Input: 2, Hidden: 2, Skip: true}
	require.Contains(t, printed(t, "", "inspect", save(t, skip.Model())), `
  2 numbers per step
  ↓ GRU (reset after), reverse  2 → 2  32 parameters  512 bytes f32
  ↓ the inputs are added
  2 outputs per step
`)
}
