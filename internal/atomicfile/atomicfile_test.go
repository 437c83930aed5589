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

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	names := func() (names []string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	write := func(text string) *atomicfile.File {
		f, err := atomicfile.Create(path)
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
		return f
	}
	first, second, third := write("first"), write("second"), write("third")
	require.NotContains(t, names(), "file", "none is whole yet")
	for _, step := range []struct {
		end  func(f *atomicfile.File)
		file *atomicfile.File
		want string
	}{
		{func(f *atomicfile.File) { require.NoError(t, f.Commit()) }, second, "second"},
		{(*atomicfile.File).Abandon, first, "second"},
		{func(f *atomicfile.File) { require.NoError(t, f.Commit()) }, first, "second"},
		{func(f *atomicfile.File) { require.NoError(t, f.Commit()) }, third, "third"},
		{(*atomicfile.File).Abandon, third, "third"},
	} {
		step.end(step.file)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, step.want, string(data))
	}
	require.Equal(t, []string{"file"}, names(), "nothing temporary is left")

	_, err := atomicfile.Create(filepath.Join(dir, "none", "file"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestADeviceKeepsItsPlace(t *testing.T) {
	before, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	f, err := atomicfile.Create(os.DevNull)
	require.NoError(t, err)
	_, err = io.WriteString(f, "gone")
	require.NoError(t, err)
	require.NoError(t, f.Commit())
	after, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.Equal(t, before.Mode(), after.Mode())
}
