package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// trainWhistles trains a model on a folder of whistles, and returns its name.
func trainWhistles(t *testing.T, folder string, flags ...string) string {
	model := filepath.Join(t.TempDir(), "whistles.rnn")
	code, _, stderr := invoke(t, append(append([]string{"classify", folder, "--pattern", "{label}_{group}_*", "--valid-fraction", "0", "-o", model}, ofWhistles...), flags...)...)
	require.Zero(t, code, stderr)
	return model
}

// trainActivities trains a model on readings, and returns both files.
func trainActivities(t *testing.T) (readings, model string) {
	readings, model = write(t, "readings.csv", activities(2, 20)), filepath.Join(t.TempDir(), "activity.rnn")
	code, _, stderr := invoke(t, "classify", readings, "--label", "activity", "--columns", "ax,ay", "--window", "10", "--valid-fraction", "0", "--hidden", "4", "--epochs", "1", "-o", model)
	require.Zero(t, code, stderr)
	return readings, model
}

// fastWhistle is a folder with one whistle at twice the rate that whistles have.
func fastWhistle(t *testing.T) string {
	folder := t.TempDir()
	writeSound(t, filepath.Join(folder, "up_p0_0.wav"), 2*soundRate, 1, make([]float32, 800))
	return folder
}

// Labels are read as for the training unless flags say otherwise; flags that would do
// nothing, and data that are no such sounds, are refused.
func TestSoundsThatAreMeasured(t *testing.T) {
	folder := whistles(t, 2, 2)
	model := trainWhistles(t, folder, "--epochs", "1")
	fast := fastWhistle(t)
	nested := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(nested, "down"), 0o755))
	writeSound(t, filepath.Join(nested, "down", "1.wav"), soundRate, 1, make([]float32, 400))
	list := filepath.Join(folder, "list.csv")
	require.NoError(t, os.WriteFile(list, []byte("path,kind\nup_p0_0.wav,up\n"), 0o600))
	readings, numbers := trainActivities(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"as for the training", []string{model, folder}, 0, " of 8)"},
		{"of a group", []string{model, folder, "--groups", "p1"}, 0, " of 4)"},
		{"another pattern", []string{model, nested, "--pattern", "{label}/*"}, 0, " of 1)"},
		{"another rate, resampled", []string{model, fast, "--resample"}, 0, " of 1)"},
		{"another column", []string{model, list, "--label", "kind", "--group", ""}, 0, " of 1)"},
		{"another rate", []string{model, fast}, 1, "it has 8000 samples per second, but the model was made for 4000: give --resample"},
		{"no group", []string{model, folder, "--groups", "p9"}, 2, `has no sound in the group "p9"`},
		{"unlike the training's pattern", []string{model, nested}, 1, `matches the pattern "{label}_{group}_*"`},
		{"one sound", []string{model, filepath.Join(folder, "up_p0_0.wav")}, 1, "it is one sound: give the folder that it is in, or a table"},
		{"column of a folder", []string{model, folder, "--group", "who"}, 2, "--group has no effect here"},
		{"pattern of a table", []string{model, list, "--pattern", "{label}"}, 2, "--pattern has no effect here"},
		{"flags of readings", []string{model, folder, "--missing", "drop"}, 2, "--missing has no effect here"},
		{"stride", []string{model, folder, "--stride", "2"}, 2, "--stride has no effect here"},
		{"a model of readings", []string{numbers, folder}, 1, "does not read samples of one channel at a known rate"},
		{"readings", []string{numbers, readings, "--resample"}, 2, "--resample has no effect here"},
		{"a model of texts", []string{"builtin:sentiment-ko", folder}, 2, "is a classifier of texts: give a file"},
		{"a language model", []string{"builtin:shakespeare", folder}, 2, "is a language model: give a file"},
	} {
		code, stdout, stderr := invoke(t, append([]string{"eval"}, c.args...)...)
		require.Equal(t, c.code, code, "%s: %s", c.name, stderr)
		require.Contains(t, stdout+stderr, c.says, c.name)
	}
}

// Trainings that read no sounds say so, and which do.
func TestTrainingsThatReadNoSounds(t *testing.T) {
	folder := fastWhistle(t)
	sound := filepath.Join(folder, "up_p0_0.wav")
	for _, command := range [][]string{{"tag"}, {"regress", "--targets", "a", "--window", "5"}, {"forecast"}, {"translate"}, {"lm"}} {
		for _, c := range []struct{ data, says string }{
			{folder, "is a folder: give a file; only rnntrain classify --front-end trains on folders, of sounds"},
			{sound, "it is a WAV file, not text: rnntrain classify --front-end trains on a folder of sounds"},
		} {
			code, _, stderr := invoke(t, append(command, c.data, "-o", filepath.Join(t.TempDir(), "x.rnn"))...)
			require.NotZero(t, code, command)
			require.Contains(t, stderr, c.says, command)
		}
	}
}
