package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// scripts unpacks the networks that PyTorch saved.
func scripts(t *testing.T) map[string]string {
	z, err := zip.OpenReader("../../testdata/torchscript/networks.zip")
	require.NoError(t, err)
	defer z.Close()
	files := map[string]string{}
	for _, f := range z.File {
		open, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(open)
		require.NoError(t, err)
		files[f.Name] = string(data)
	}
	return files
}

// The code of scripts and traces is followed, and computes what PyTorch does: in whole
// sequences, and in steps where the network can.
func TestConvertTorchScript(t *testing.T) {
	files := scripts(t)
	for name, archive := range files {
		name, found := strings.CutSuffix(name, ".pt")
		if !found {
			continue
		}
		t.Run(name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, out, stderr := invoke(t, "convert", write(t, "network.pt", archive), "-o", model)
			require.Zero(t, code, stderr)
			require.Contains(t, out, "network.pt, TorchScript")
			x, y := array(t, files[name+".x.npy"]), array(t, files[name+".y.npy"])
			m, err := rnn.Open(model)
			require.NoError(t, err)
			got := scriptOutputs(t, m, x)
			require.Len(t, got, len(y))
			for i := range y {
				require.InDelta(t, y[i], got[i], 2e-6, fmt.Sprint("output ", i))
			}
		})
	}
}

func array(t *testing.T, data string) []float32 {
	_, numbers, err := npy.ReadAll(strings.NewReader(data))
	require.NoError(t, err)
	return numbers
}

// scriptOutputs runs a sequence, of numbers or of tokens.
func scriptOutputs(t *testing.T, m *rnn.Model, x []float32) []float32 {
	s := m.NewSession()
	if m.InputSize() > 0 {
		y, err := s.Run(x)
		require.NoError(t, err)
		return y
	}
	var tokens []int32
	for _, v := range x {
		tokens = append(tokens, int32(v))
	}
	y, err := s.RunTokens(tokens)
	require.NoError(t, err)
	return y
}

// An --arch file describes the tensors of an archive whose code is not followed.
func TestTorchScriptAsAStateDict(t *testing.T) {
	archive := write(t, "network.pt", scripts(t)["Norms.script.pt"])
	arch := filepath.Join(t.TempDir(), "arch.json")
	require.NoError(t, os.WriteFile(arch, []byte(`{"inputs": [{"name": "x", "channels": 4}],
		"nodes": [{"name": "y", "op": "linear", "module": "inp"}], "outputs": ["y"]}`), 0o666))
	code, _, stderr := invoke(t, "convert", archive, "--arch", arch, "-o", filepath.Join(t.TempDir(), "model.rnn"))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "rnn.weight_ih_l0") // one of those that this description leaves out
}
