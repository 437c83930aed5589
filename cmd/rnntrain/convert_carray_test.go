package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestConvertsTheArraysOfCSource(t *testing.T) {
	dir := t.TempDir()
	path := func(name, text string) string {
		p := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(p, []byte(text), 0o600))
		return p
	}
	source := path("weights.c", "#include <stdint.h>\n/* made by a script */\nstatic const float w[4] = {1, 2, 3.5f, -4};\nconst rnn_weight b[2] = {128, 0};\n")
	arch := path("arch.json", `{"tensors": {"out.weight": {"from": "w", "shape": [2, 2], "transpose": [1, 0]}, "out.bias": {"from": "b"}},
		"inputs": [{"name": "x", "channels": 2}], "nodes": [{"op": "linear", "module": "out"}]}`)
	model := filepath.Join(dir, "m.rnn")
	code, stdout, stderr := invoke(t, "convert", source, "--arch", arch, "-o", model)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "C source")
	m, err := rnn.Open(model)
	require.NoError(t, err)
	defer m.Close()
	y, err := m.NewSession().Step([]float32{1, 10})
	require.NoError(t, err)
	require.Equal(t, []float32{36.5, -38}, y)
}
