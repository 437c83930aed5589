package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

func TestWriteReplacesWholeOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	text := func(s string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, e := io.WriteString(w, s)
			return errors.Join(e, err)
		}
	}
	require.NoError(t, atomicfile.Write(path, text("first", nil)))
	full := errors.New("disk full")
	require.ErrorIs(t, atomicfile.Write(path, text("half of the sec", full)), full)

	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "first", string(data))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing temporary is left")

	require.NoError(t, atomicfile.Write(path, text("second", nil)))
	data, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "second", string(data))
	require.ErrorIs(t, atomicfile.Write(filepath.Join(path+"none", "below"), text("x", nil)), os.ErrNotExist)
}
