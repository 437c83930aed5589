package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A model of features is proved by features, and then reads samples.
func TestConvertBehindAFrontEnd(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string, arrays ...npy.Array) {
		f, err := os.Create(at(name))
		require.NoError(t, err)
		require.NoError(t, npy.WriteArchive(f, arrays...))
		require.NoError(t, f.Close())
	}
	write("weights.npz", // the sum of nine features
		npy.Array{Name: "sum.weight", DType: npy.Float32, Shape: []int{1, 9}, Floats: []float32{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		npy.Array{Name: "sum.bias", DType: npy.Float32, Shape: []int{1}, Floats: []float32{0}})
	write("check.npz",
		npy.Array{Name: "x", DType: npy.Float32, Shape: []int{1, 9}, Floats: []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}},
		npy.Array{Name: "y", DType: npy.Float32, Shape: []int{1, 1}, Floats: []float32{45}})
	require.NoError(t, os.WriteFile(at("arch.json"), []byte(`{"inputs": [{"name": "x", "channels": 9}], "nodes": [{"op": "linear", "module": "sum"}]}`), 0o600))
	convert := func(specification string) (code int, stdout, stderr string) {
		return invoke(t, "convert", at("weights.npz"), "--arch", at("arch.json"), "-o", at("model.rnn"), "--check", at("check.npz"), "--front-end", specification)
	}
	for specification, c := range map[string]struct {
		code   int
		reason string
	}{
		"mfcc:rate=8000,mells=3": {2, `the setting "mells"`},
		"mfcc:rate=8000":         {1, "1×9 numbers, but the front end gives frames of 13"},
	} {
		code, _, stderr := convert(specification)
		require.Equal(t, c.code, code)
		require.Contains(t, stderr, c.reason)
		require.NoFileExists(t, at("model.rnn"))
	}

	code, stdout, stderr := convert("power:rate=8000,window=10,hop=5,function=none")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "samples, 5×1 per step")
	require.Contains(t, stdout, "a step reads 5 samples within ±1, at 8000 per second")
	require.Contains(t, stdout, "in the first 1 step;")
	require.Contains(t, stdout, "3 with random inputs")

	m, err := rnn.Open(at("model.rnn"))
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Verify())
	s := m.NewSession()
	y, err := s.Step([]float32{0, 0, 0, 0, 1})
	require.NoError(t, err)
	require.InDelta(t, 9, y[0], 1e-5, "an impulse has the power 1 at each of 9 frequencies of 16 points")
}

// What docs/frontends.md and docs/keywords.md write is known.
func TestFrontEndsOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/frontends.md")
	require.NoError(t, err)
	find := func(pattern string) (list []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(page), -1) {
			list = append(list, m[1])
		}
		return list
	}
	specifications := find(`--front-end (\S+)`)
	require.Len(t, specifications, 4)
	whole := page
	page, err = os.ReadFile("../../docs/keywords.md")
	require.NoError(t, err)
	specifications = append(specifications, find(`--front-end (\S+)`)...)
	require.Len(t, specifications, 7)
	page = whole
	_, frameworks, _ := bytes.Cut(page, []byte("| `like` | computes |"))
	page = frameworks
	likes := find("(?m)^\\| `([a-z_.]+)` \\|")
	require.Len(t, likes, 7)
	for _, like := range likes {
		specifications = append(specifications, "mfcc:like="+like)
	}
	for _, s := range specifications {
		_, err := frontend.Parse(s)
		require.NoError(t, err)
	}
	arch, err := os.ReadFile("../../docs/architectures/dtln.json")
	require.NoError(t, err)
	require.Equal(t, []string{string(arch)}, find("(?s)```json\n(.*?)```"))
}

// A model that rnntrain has trained on features is put behind their front end as well,
// and answers with the bits that it gives of the features.
func TestConvertPutsAFrontEndBeforeARNN(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	rows := "0,1,2,3,4,5,6,7,8,speech\n" + strings.Repeat("1,2,1,0,1,3,1,0,0,1\n2,0,1,1,0,1,0,1,2,0\n", 20)
	code, _, stderr := invoke(t, "regress", write(t, "features.csv", rows), "--targets", "speech", "--binary", "--pool", "none", "--window", "10",
		"--hidden", "4", "--epochs", "1", "-o", at("features.rnn"))
	require.Zero(t, code, stderr)

	const spec = "power:rate=8000,window=10,hop=5,function=none"
	code, stdout, stderr := invoke(t, "convert", at("features.rnn"), "-o", at("model.rnn"), "--front-end", spec, "--labels", "voice")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "a step reads 5 samples within ±1, at 8000 per second")
	m, err := rnn.Open(at("model.rnn"))
	require.NoError(t, err)
	require.NoError(t, m.Verify())
	require.Equal(t, []string{"voice"}, m.Description().Data.Targets)
	var keys []string
	for _, p := range m.Description().Provenance {
		keys = append(keys, p.Key)
	}
	require.Contains(t, keys, "made by", "of the training")
	require.Contains(t, keys, "convert.command")

	front, err := frontend.Parse(spec)
	require.NoError(t, err)
	samples := []float32{1, 0.5, -0.25, 0, 0.5, -1, 0.75, 0, 0.125, 1}
	got, err := m.NewSession().Run(samples)
	require.NoError(t, err)
	d, err := front.Model()
	require.NoError(t, err)
	f, err := rnn.New(d)
	require.NoError(t, err)
	features, err := f.NewSession().Run(samples)
	require.NoError(t, err)
	of, err := rnn.Open(at("features.rnn"))
	require.NoError(t, err)
	want, err := of.NewSession().Run(features)
	require.NoError(t, err)
	require.Equal(t, want, got)

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--front-end", spec, "--task", "tag"}, "--task has no effect here"},
		{[]string{"--front-end", "mfcc:rate=8000"}, "the front end gives frames of 13"},
		{nil, "it is a .rnn file already"},
	} {
		code, _, stderr := invoke(t, append([]string{"convert", at("features.rnn"), "-o", at("other.rnn")}, c.args...)...)
		require.NotZero(t, code)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, at("other.rnn"))
	}
}
