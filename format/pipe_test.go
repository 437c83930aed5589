//go:build linux || darwin

package format

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/hostile"
)

// A named pipe stands for all that has no size and cannot be replaced.
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

func TestAPipeThatNobodyWritesToIsNotWaitedForForEver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	f, err := openPath(path)
	require.NoError(t, err)
	defer f.Close()
	f.(*pipe).wait = 0
	_, err = open(f)
	require.ErrorIs(t, err, errNoWriter)
	require.ErrorContains(t, err, path)
}

// A pipe's header may claim any size: it is refused, or memory is taken as data
// comes.
func TestAPipeThatClaimsALargeModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	for _, c := range []struct {
		size uint64
		err  error
	}{
		{1 << 40, ErrUnsupported},
		{1 << 29, ErrTruncated},
	} {
		data := mustAppend(t, fullModel())
		put64(data[16:], c.size)
		hostile.Repair(data)
		written := make(chan error)
		go func() { written <- os.WriteFile(path, data, 0) }()
		_, err := Open(path)
		<-written
		require.ErrorIs(t, err, c.err)
	}
}

func TestOpenRefusesDevices(t *testing.T) {
	for _, path := range []string{"/dev/null", "/dev/zero"} {
		_, err := Open(path)
		require.ErrorIs(t, err, ErrNotModel)
		require.ErrorContains(t, err, "neither a file nor a pipe")
	}
}
