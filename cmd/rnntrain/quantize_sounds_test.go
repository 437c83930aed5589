package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A classifier of sounds is calibrated and measured on a folder or a table of them: its
// accuracy is what eval says of both models.
func TestQuantizeOnSounds(t *testing.T) {
	folder := whistles(t, 3, 3)
	list := listWhistles(t, folder)
	accuracy := func(model string) float64 {
		code, stdout, stderr := invoke(t, "eval", model, folder, "--json")
		require.Zero(t, code, stderr)
		var e struct{ Accuracy float64 }
		require.NoError(t, json.Unmarshal([]byte(stdout), &e))
		return 100 * e.Accuracy
	}
	for _, flags := range [][]string{{"--epochs", "6"}, {"--epochs", "6", "--window", "12", "--bidirectional", "--pool", "max"}} {
		model, small := trainWhistles(t, folder, flags...), filepath.Join(t.TempDir(), "small.rnn")
		for _, data := range []string{folder, list} {
			code, stdout, stderr := invoke(t, "quantize", model, "-o", small, "--calibrate", data, "--allow-loss", "--json")
			require.Zero(t, code, stderr)
			require.Equal(t, 1, strings.Count(stderr, ": 18 sounds\n"), stderr)
			var r struct {
				Unit   string  `json:"loss_unit"`
				Before float64 `json:"accuracy_before"`
				After  float64 `json:"accuracy_after"`
			}
			require.NoError(t, json.Unmarshal([]byte(stdout), &r), stdout)
			require.Equal(t, "points of accuracy", r.Unit)
			require.InDelta(t, accuracy(model), r.Before, 1e-9)
			require.InDelta(t, accuracy(small), r.After, 1e-9)
			m, err := rnn.Open(small)
			require.NoError(t, err)
			require.NoError(t, m.Verify())
			require.NoError(t, m.Close())
		}
	}
}

func TestSoundsThatCannotBeQuantizedOn(t *testing.T) {
	folder := whistles(t, 1, 1)
	model := trainWhistles(t, folder, "--epochs", "1")
	fast := fastWhistle(t)
	_, numbers := trainActivities(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"another rate", []string{model, "--calibrate", fast}, 1, "give --resample"},
		{"another rate of one sound", []string{model, "--calibrate", filepath.Join(fast, "up_p0_0.wav")}, 1, "give --resample"},
		{"pattern", []string{model, "--calibrate", folder, "--pattern", "{label}/*"}, 1, "matches the pattern"},
		{"column of a folder", []string{model, "--calibrate", folder, "--label", "x"}, 2, "--label has no effect here"},
		{"pattern of one sound", []string{model, "--calibrate", filepath.Join(folder, "up_p0_0.wav"), "--pattern", "{label}"}, 2, "--pattern has no effect here"},
		{"no data", []string{model, "--resample"}, 2, "without --calibrate no data are read"},
		{"a folder for a model of readings", []string{numbers, "--calibrate", folder}, 1, "does not read samples of one channel at a known rate"},
		{"a sound for a model of readings", []string{numbers, "--calibrate", filepath.Join(folder, "up_p0_0.wav")}, 2, "is sound, but the model reads the columns"},
		{"a language model", []string{"builtin:shakespeare", "--calibrate", folder}, 2, "is a language model: give a file"},
	} {
		code, _, stderr := invoke(t, append([]string{"quantize", "-o", filepath.Join(t.TempDir(), "x.rnn")}, c.args...)...)
		require.Equal(t, c.code, code, "%s: %s", c.name, stderr)
		require.Contains(t, stderr, c.says, c.name)
	}
	code, stdout, stderr := invoke(t, "quantize", model, "-o", filepath.Join(t.TempDir(), "x.rnn"), "--calibrate", filepath.Join(fast, "up_p0_0.wav"), "--resample", "--allow-loss")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "of the outputs' spread", "one sound has no label: outputs are compared")
}
