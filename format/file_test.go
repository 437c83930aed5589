package format

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/hostile"
)

func TestOpenGivesWhatWriteFileWrote(t *testing.T) {
	for name, m := range map[string]*Model{"small": smallModel(), "full": fullModel(), "numbers": numberModel()} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.rnn")
			require.NoError(t, WriteFile(path, m))
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, mustAppend(t, m), data)
			f, err := Open(path)
			require.NoError(t, err)
			require.Equal(t, m, f.Model)
			require.Equal(t, data, f.Data)
			require.True(t, Aligned(f.Data))
			require.NoError(t, f.Close())
			require.Nil(t, f.Model)
			require.NoError(t, f.Close(), "closing twice")
		})
	}
}

func TestWriteFileReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.rnn")
	require.NoError(t, WriteFile(path, fullModel()))
	old, err := Open(path)
	require.NoError(t, err)
	err = WriteFile(path, smallModel())
	if runtime.GOOS != "windows" { // which replaces no open file
		require.NoError(t, err)
		require.Equal(t, fullModel(), old.Model, "an open file keeps its contents")
	}
	require.NoError(t, old.Close())

	invalid := smallModel()
	invalid.Layers = nil
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.ErrorIs(t, WriteFile(path, invalid), ErrInvalid)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after, "a failure leaves the file as it was")
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, names, 1, "nothing is left beside the file")
}

func TestWriteFileFails(t *testing.T) {
	dir := t.TempDir()
	require.ErrorContains(t, WriteFile(dir, smallModel()), "directory")
	err := WriteFile(filepath.Join(dir, "none", "model.rnn"), smallModel())
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "model.rnn")
	names, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, names)
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	data := mustAppend(t, fullModel())
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, data := range map[string][]byte{
		"empty.rnn":     nil,
		"text.rnn":      []byte("hello, this is no model\n"),
		"short.rnn":     data[:20],
		"truncated.rnn": data[:len(data)-64],
		"long.rnn":      append(bytes.Clone(data), 0),
		"damaged.rnn":   append(bytes.Clone(data[:len(data)-64]), make([]byte, 64)...),
	} {
		require.NoError(t, os.WriteFile(path(name), data, 0o666))
	}
	// A size beyond all memory, with a header that says the same.
	huge := bytes.Clone(data[:headerSize])
	put64(huge[16:], 1<<50)
	hostile.Repair(huge)
	require.NoError(t, os.WriteFile(path("huge.rnn"), huge, 0o666))

	for _, c := range []struct {
		name   string
		err    error
		reason string
	}{
		{"none.rnn", fs.ErrNotExist, "none.rnn"},
		{".", ErrNotModel, "directory"},
		{"empty.rnn", ErrTruncated, "empty"},
		{"text.rnn", ErrNotModel, "68 65 6c 6c"},
		{"short.rnn", ErrTruncated, "header"},
		{"truncated.rnn", ErrTruncated, "ends after"},
		{"long.rnn", ErrCorrupt, "1 byte after the end"},
		{"damaged.rnn", ErrCorrupt, "checksum"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Open(path(c.name))
			require.Nil(t, f)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
			require.ErrorContains(t, err, path(c.name))
		})
	}
	t.Run("huge.rnn", func(t *testing.T) {
		_, err := Open(path("huge.rnn"))
		require.True(t, errors.Is(err, ErrTruncated) || errors.Is(err, ErrUnsupported), "%v", err)
	})
}

func TestAlign(t *testing.T) {
	data := []byte("some bytes")
	b := makeAligned(len(data))
	copy(b, data)
	require.True(t, Aligned(b))
	require.Len(t, b, cap(b))
	require.Same(t, &b[0], &Align(b)[0], "aligned bytes are not copied")
	for n := 1; n < Alignment; n++ {
		odd := makeAligned(n + len(data))[n:]
		copy(odd, data)
		require.False(t, Aligned(odd))
		got := Align(odd)
		require.True(t, Aligned(got))
		require.Equal(t, data, got)
	}
	require.Empty(t, Align(nil))
}
