package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/wav"
)

// levels tells a loud sound from a quiet one, by the greatest of the samples of windows of
// two steps of four; it was made for 8,000 samples a second.
func levels(t *testing.T, window int) string {
	d := loudest()
	d.Graph.Nodes = append(d.Graph.Nodes,
		format.Node{Op: &format.SequencePool{Pool: format.PoolMax}, Inputs: []int{1}},
		format.Node{Op: &format.Map{Function: format.Activation{Kind: format.ActivationAffine, Alpha: -20, Beta: 10}}, Inputs: []int{2}},
		format.Node{Op: &format.Map{Function: format.Activation{Kind: format.ActivationAffine, Alpha: 20, Beta: -10}}, Inputs: []int{2}},
		format.Node{Op: &format.Concat{Axis: format.AxisChannels}, Inputs: []int{3, 4}})
	d.Graph.Outputs[0].Value = 5
	d.Task, d.Output, d.Labels = format.TaskClassify, format.OutputSoftmax, []string{"quiet", "loud"}
	d.Data = &format.Data{Labels: d.Labels, Window: window}
	d.Provenance = []format.Property{{Key: "stride", Value: "1"}}
	return save(t, d)
}

func TestClassifySoundFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, samples ...float32) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(sound(t, mono(wav.Float32, 8000), samples...)), 0o600))
		return path
	}
	quiet, loud := file("quiet.wav", 0.25), file("loud.WAV", 0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
	for _, window := range []int{0, 2} { // whole sounds, and windows of a longer one, a shorter one
		m := levels(t, window)
		require.Equal(t, fmt.Sprintf("quiet\t1.0000\t%s\nloud\t1.0000\t%s\n", quiet, loud), printed(t, "", "classify", "-m", m, quiet, loud))
		var got struct {
			File, Label string
			Probability float64
			Outputs     map[string]float64
		}
		require.NoError(t, json.Unmarshal([]byte(printed(t, "", "classify", "-m", m, "--json", loud)), &got))
		require.Equal(t, []any{loud, "loud", got.Outputs["loud"]}, []any{got.File, got.Label, got.Probability})
		require.Len(t, got.Outputs, 2)
	}
	bad := file("bad.wav")
	other := filepath.Join(dir, "other.wav")
	require.NoError(t, os.WriteFile(other, []byte(sound(t, mono(wav.Int16, 16000), 1, 1, 1, 1)), 0o600))
	got := command("", "classify", "-m", levels(t, 2), bad, other, loud)
	require.Equal(t, 1, got.code)
	require.Equal(t, "loud\t1.0000\t"+loud+"\n", got.stdout, "the others are answered")
	require.Contains(t, got.stderr, "bad.wav: ")
	require.Contains(t, got.stderr, "it has 16000 samples per second, but the model was made for 8000: give --resample")
	require.Contains(t, got.stderr, "2 of 3 sounds could not be read")
	require.Contains(t, printed(t, "", "classify", "-m", levels(t, 2), "--resample", other), "loud")
}

// Of a stream of sound, a word is written when it was said.
func TestClassifyAStreamOfSound(t *testing.T) {
	samples := make([]float32, 10*4)
	samples[4*4], samples[5*4] = 1, 1 // in the steps 4 and 5, and so in windows that end with the steps 4, 5 and 6
	m := levels(t, 2)
	raw := pcm(t, wav.Int16, samples...)
	stream := sound(t, mono(wav.Int16, 8000), samples...)
	path := filepath.Join(t.TempDir(), "stream.wav")
	require.NoError(t, os.WriteFile(path, []byte(stream), 0o600))
	for _, c := range []struct {
		name, stdin string
		flags       []string
		want        string
	}{
		{"all windows", stream, nil, "0.001 quiet 0.002 quiet 0.002 quiet 0.003 loud 0.003 loud 0.004 loud 0.004 quiet 0.005 quiet 0.005 quiet"},
		{"changes", raw, []string{"--raw=s16", "--changes"}, "0.001 quiet 0.003 loud 0.004 quiet"},
		{"words", raw, []string{"--raw=s16", "--changes", "--without", "quiet"}, "0.003 loud"},
		{"held", raw, []string{"--raw=s16", "--changes", "--without", "quiet", "--hold", "2"}, "0.003 loud"},
		{"too short to be held", raw, []string{"--raw=s16", "--changes", "--without", "quiet", "--hold", "4"}, ""},
		{"a file as a stream", "", []string{path, "--changes"}, "0.001 quiet 0.003 loud 0.004 quiet"},
		{"other windows", stream, []string{"--window", "5", "--stride", "5"}, "0.003 loud 0.005 loud"},
	} {
		lines := strings.Split(printed(t, c.stdin, append([]string{"classify", "-m", m}, c.flags...)...), "\n")
		require.Equal(t, "time,label,probability", lines[0], c.name)
		var got []string
		for _, line := range lines[1 : len(lines)-1] {
			fields := strings.Split(line, ",")
			got = append(got, fields[0], fields[1])
			require.Len(t, fields, 3)
		}
		require.Equal(t, c.want, strings.Join(got, " "), c.name)
	}
	require.Contains(t, printed(t, raw, "classify", "-m", m, "--raw=s16", "--json", "--changes", "--without", "quiet"),
		`{"sequence":0,"step":4,"time":0.003,"outputs":{"quiet":`)
	require.Contains(t, command(raw, "classify", "-m", m, "--raw=s16", "--without", "nobody").stderr, `--without: "nobody" is not one of the model's labels`)
	require.Contains(t, command(raw, "classify", "-m", m, "--raw=mp3").stderr, "raw numbers are f32, s16, s24 or s32")
}
