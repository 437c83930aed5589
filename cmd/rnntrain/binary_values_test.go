package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A cross-entropy of a target that is no probability has no meaning.
func TestBinaryTargetsAreZeroOrOne(t *testing.T) {
	good := write(t, "good.csv", "heat,rain\n"+strings.Repeat("21.5,0\n18,1\n", 40))
	bad := write(t, "bad.csv", "heat,rain\n"+strings.Repeat("21.5,0\n18,1\n", 20)+"20,2\n"+strings.Repeat("21.5,0\n18,1\n", 20))
	array := write(t, "bad.jsonl", "[[20,0],[21,0.5],[20,1]]\n")
	model := filepath.Join(t.TempDir(), "model.rnn")
	train := func(data string, args ...string) (int, string) {
		code, _, stderr := invoke(t, append([]string{"forecast", data, "-o", model, "--binary", "--hidden", "4", "--epochs", "1", "--window", "10"}, args...)...)
		return code, stderr
	}
	code, stderr := train(bad, "--targets", "rain")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "bad.csv: line 42: rain is 2, but binary values are 0 or 1")
	require.NoFileExists(t, model)
	code, stderr = train(good, "--targets", "rain", "--valid", bad)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "bad.csv: line 42")
	code, stderr = train(array, "--targets", "1", "--columns", "0,1")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "is 0.5, but binary values are 0 or 1")
	code, stderr = train(good, "--targets", "rain")
	require.Zero(t, code, "other columns are numbers: %s", stderr)

	code, _, stderr = invoke(t, "eval", model, bad)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "bad.csv: line 42: rain is 2")
	code, _, stderr = invoke(t, "eval", model, good)
	require.Zero(t, code, stderr)
}
