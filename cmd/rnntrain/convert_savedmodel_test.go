package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// savedModel unpacks a SavedModel of format/tensorflow/savedmodel's into a folder, and
// returns this, the archive, and a file to check it with.
func savedModel(t *testing.T, kind, name string) (folder, archive, check string) {
	t.Helper()
	z, err := zip.OpenReader("../../format/tensorflow/savedmodel/testdata/" + kind + ".zip")
	require.NoError(t, err)
	defer z.Close()
	f, err := z.Open(name + ".zip")
	require.NoError(t, err)
	data, err := io.ReadAll(f)
	require.NoError(t, err)
	archive = write(t, "model.zip", string(data))
	folder = filepath.Join(t.TempDir(), name)
	inner, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(folder, inner))
	return folder, archive, filepath.Join(kerasFiles(t, name+".npz"), name+".npz")
}

// A SavedModel is given as its folder, as the file in it, or as an archive of it.
func TestConvertSavedModel(t *testing.T) {
	for _, c := range []struct{ kind, name string }{
		{"layers", "tokens-tag"}, {"layers", "bi-lstm-concat-sequences"}, {"layers", "gru-2-hard_sigmoid"}, {"layers", "nested-2"}, {"layers", "cnn-lstm"},
		{"graphs", "tokens"}, {"graphs", "lstm-2-sigmoid-sequences"}, {"graphs", "gru-2-hard_sigmoid"},
	} {
		t.Run(c.kind+" "+c.name, func(t *testing.T) {
			folder, archive, check := savedModel(t, c.kind, c.name)
			for _, in := range []string{folder, filepath.Join(folder, "saved_model.pb"), archive} {
				model := filepath.Join(t.TempDir(), "model.rnn")
				code, stdout, stderr := invoke(t, "convert", in, "-o", model, "--check", check, "--tolerance", "2e-5")
				require.Equal(t, 0, code, stderr)
				require.Contains(t, stdout, "a SavedModel")
				require.FileExists(t, model)
			}
		})
	}
}

// What is not there or not meant is told.
func TestConvertRefusesSavedModel(t *testing.T) {
	folder, _, _ := savedModel(t, "layers", "tokens-tag")
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "convert", folder, "-o", model, "--pool", "last")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--pool is for state_dicts")
	require.NoError(t, os.RemoveAll(filepath.Join(folder, "variables")))
	code, _, stderr = invoke(t, "convert", folder, "-o", model)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "a SavedModel is a folder of saved_model.pb and the folder variables; copy all of it")
	require.NoFileExists(t, model)
}
