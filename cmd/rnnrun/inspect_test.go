package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/format"
	"rnnrun/internal/modeltest"
	"rnnrun/kernels"
)

func TestInspectDrawsTheModel(t *testing.T) {
	d := letterClassifier()
	d.Provenance = []format.Property{{Key: "made by", Value: "a test"}, {Key: "from", Value: "letters"}}
	path := save(t, d)
	got := printed(t, "", "inspect", path)
	want := `model       PATH
file        .rnn version 1, 5568 bytes, checksums ok
task        classify
parameters  974
tokenizer   chars
vocabulary  27 tokens: "\n" "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" …
labels      "bad" "good"
goldens     1 of 3 steps: see 'rnnrun verify PATH'

  a token a step
  ↓ embedding               27 → 4     108 parameters  432 bytes f32
  ↓ LSTM, bidirectional     4 → 2 × 8  832 parameters  3328 bytes f32
  ↓ pool: max of the steps
  ↓ dense                   16 → 2     34 parameters   544 bytes f32
  ↓ softmax
  2 outputs a sequence

provenance
  made by  a test
  from     letters
`
	require.Equal(t, want, strings.ReplaceAll(got, path, "PATH"))
}

func TestInspectShowsEveryCell(t *testing.T) {
	for _, spec := range modeltest.Cells() {
		spec.Layers, spec.Outputs, spec.Normalized = 2, 1, true
		d := spec.Model()
		d.SampleRate = 44100
		got := printed(t, "", "inspect", save(t, d))
		require.Equal(t, 2, strings.Count(got, "↓ "+spec.Cell.String()))
		if spec.Variant != format.Standard {
			require.Contains(t, got, "("+spec.Variant.String()+")")
		}
		require.Contains(t, got, "sample rate 44100 a second")
		require.Contains(t, got, "normalized  inputs and outputs")
		require.Contains(t, got, "1 outputs a step")
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
			Name              string
			Parameters, Bytes int
		}
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
	require.Equal(t, "ok\t"+good+"\t"+set.Name()+"\t1 goldens\n", printed(t, "", "verify", good))

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
		want.WriteString("ok\t" + path + "\t" + s.Name() + "\t1 goldens\n")
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
