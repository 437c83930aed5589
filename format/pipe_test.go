//go:build linux || darwin

package format

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A named pipe stands for all that has no size and cannot be mapped or replaced.
func TestPipes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	data := mustAppend(t, fullModel())
	for _, c := range []struct {
		name string
		data []byte
		err  error
	}{
		{"whole", data, nil},
		{"truncated", data[:len(data)-1], ErrTruncated},
		{"followed by more", append(bytes.Clone(data), 1), ErrCorrupt},
		{"not a model", []byte("hello"), ErrNotModel},
	} {
		t.Run(c.name, func(t *testing.T) {
			written := make(chan error)
			go func() { written <- os.WriteFile(path, c.data, 0) }()
			f, err := Open(path)
			<-written // it may fail, where Open stopped reading
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, fullModel(), f.Model)
			require.True(t, Aligned(f.Data))
			require.NoError(t, f.Close())
		})
	}
	t.Run("write", func(t *testing.T) {
		written := make(chan error)
		go func() { written <- WriteFile(path, fullModel()) }()
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, <-written)
		require.Equal(t, data, got)
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.False(t, info.Mode().IsRegular(), "it is still a pipe")
	})
}

func TestMapFileFails(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	_, _, err = mapFile(r, 64)
	require.ErrorContains(t, err, "mmap")
}

// What a file system that cannot map comes to.
func TestReadWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, WriteFile(path, fullModel()))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	want := mustAppend(t, fullModel())
	_, err = f.Seek(headerSize, 0)
	require.NoError(t, err)
	got, err := readWhole(f, want[:headerSize], int64(len(want)))
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.True(t, Aligned(got))
	_, err = readWhole(f, want[:headerSize], int64(len(want)))
	require.Error(t, err, "the file has become shorter")
}
