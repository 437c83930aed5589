package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// npyArray is the contents of a .npy file.
func npyArray(t *testing.T, numbers []float32, shape ...int) string {
	t.Helper()
	var b bytes.Buffer
	w, err := npy.NewWriter(&b, npy.Float32, shape...)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32(numbers))
	require.NoError(t, w.Close())
	return b.String()
}

// rises are sequences of 5 steps that rise or fall, as an array with labels and
// as lines of JSON.
func rises(t *testing.T, n int) (array, labels, lines string) {
	var numbers []float32
	var l, j strings.Builder
	for i := range n {
		label, sign := "up", 1
		if i%2 == 0 {
			label, sign = "down", -1
		}
		var steps []string
		for step := range 5 {
			v := 1000 + 10*(i%7) + sign*step
			numbers = append(numbers, float32(v), 3)
			steps = append(steps, fmt.Sprintf("[%d,3]", v))
		}
		fmt.Fprintln(&l, label)
		fmt.Fprintf(&j, "{\"inputs\":[%s],\"label\":%q}\n", strings.Join(steps, ","), label)
	}
	return npyArray(t, numbers, n, 5, 2), l.String(), j.String()
}

func TestTrainAClassifierOfNumbers(t *testing.T) {
	array, labels, lines := rises(t, 200)
	arrayFile, labelFile, lineFile := write(t, "x.npy", array), write(t, "labels.txt", labels), write(t, "x.jsonl", lines)
	var figures []string
	for _, data := range [][]string{{arrayFile, "--label-file", labelFile}, {lineFile}} {
		model := filepath.Join(t.TempDir(), "model.rnn")
		code, stdout, stderr := invoke(t, append([]string{"classify", "-o", model, "--hidden", "8", "--epochs", "20", "--batch", "8",
			"--lr", "0.03", "--dropout", "0"}, data...)...)
		require.Zero(t, code, stderr)
		_, after, _ := strings.Cut(stdout, ", epoch")
		figures = append(figures, after)

		code, stdout, stderr = invoke(t, append([]string{"eval", model, "--json"}, data...)...)
		require.Zero(t, code, stderr)
		var report map[string]any
		require.NoError(t, json.Unmarshal([]byte(stdout), &report))
		require.Equal(t, 1.0, report["accuracy"])
		require.Equal(t, 200.0, report["targets"])

		m, err := rnn.Open(model)
		require.NoError(t, err)
		require.NoError(t, m.Verify())
		require.Equal(t, 2, m.InputSize())
	}
	require.Equal(t, figures[0], figures[1], "the same data give the same training")
}

func TestClassifierOfNumbersRefusals(t *testing.T) {
	array, labels, _ := rises(t, 20)
	file := write(t, "x.npy", array)
	out := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{file}, "x.npy: an array has no labels"},
		{[]string{file, "--label-file", write(t, "l.txt", labels+"up\n")}, "there are fewer or more labels"},
		{[]string{file, "--label-file", "none.txt"}, "none.txt"},
		{[]string{write(t, "x.jsonl", "{\"inputs\":[1],\"label\":1}\n{\"inputs\":[[1,2]],\"label\":2}\n")}, "line 2: its steps have 2 numbers, but those before it 1"},
	} {
		code, _, stderr := invoke(t, append([]string{"classify", "-o", out}, c.args...)...)
		require.Equal(t, 1, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, out)
	}
}
