package atomicfile_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// text returns a function that writes a text and then fails with err, if that is not
// nil.
func text(s string, err error) func(io.Writer) error {
	return func(w io.Writer) error {
		_, e := io.WriteString(w, s)
		return errors.Join(e, err)
	}
}

func requireText(t *testing.T, want, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(data))
}

// names returns what is in a folder.
func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteReplacesWholeOrNotAtAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, atomicfile.Write(path, text("first", nil)))
	full := errors.New("disk full")
	require.ErrorIs(t, atomicfile.Write(path, text("half of the sec", full)), full)
	requireText(t, "first", path)
	require.Equal(t, []string{"file"}, names(t, filepath.Dir(path)), "nothing temporary is left")

	require.NoError(t, atomicfile.Write(path, text("second", nil)))
	requireText(t, "second", path)
}

func TestFilesOfOneNameAreWrittenAtOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	write := func(text string) *atomicfile.File {
		f, err := atomicfile.Create(path)
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
		return f
	}
	first, second, third := write("first"), write("second"), write("third")
	require.NotContains(t, names(t, dir), "file", "none is whole yet")
	commit := func(f *atomicfile.File) { require.NoError(t, f.Commit()) }
	for _, step := range []struct {
		end  func(f *atomicfile.File)
		file *atomicfile.File
		want string
	}{
		{commit, second, "second"},
		{(*atomicfile.File).Abandon, first, "second"},
		{commit, first, "second"},
		{commit, third, "third"},
		{(*atomicfile.File).Abandon, third, "third"},
	} {
		step.end(step.file)
		requireText(t, step.want, path)
	}
	require.Equal(t, []string{"file"}, names(t, dir), "nothing temporary is left")
}

func TestConcurrentWritersLeaveOneWholeFile(t *testing.T) {
	const writers, rounds, size = 8, 25, 100_000
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	requireWhole := func() {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Len(t, data, size)
		require.Equal(t, bytes.Repeat(data[:1], size), data)
	}
	var group sync.WaitGroup
	errs := make(chan error, writers*rounds)
	for i := range writers {
		data := bytes.Repeat([]byte{byte('a' + i)}, size)
		group.Go(func() {
			for range rounds {
				errs <- atomicfile.Write(path, func(w io.Writer) error {
					_, err := w.Write(data)
					return err
				})
			}
		})
	}
	for range writers * rounds {
		err := <-errs
		if runtime.GOOS == "windows" && err != nil { // which replaces no open file
			continue
		}
		require.NoError(t, err)
		requireWhole()
	}
	group.Wait()
	require.Equal(t, []string{"file"}, names(t, dir), "nothing temporary is left")
}

func TestTheErrorNamesTheFileThatWasAskedFor(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, path := range []string{
		filepath.Join(dir, "none", "file"),
		filepath.Join(file, "below"),
		dir,
		dir + string(filepath.Separator),
		filepath.Join(dir, "none") + string(filepath.Separator),
		"",
	} {
		for name, try := range map[string]func() error{
			"Write": func() error { return atomicfile.Write(path, text("x", nil)) },
			"Claim": func() error { _, err := atomicfile.Claim(path); return err },
		} {
			var err *fs.PathError
			require.ErrorAs(t, try(), &err, "%s %q", name, path)
			require.Equal(t, path, err.Path, name)
		}
		require.Equal(t, []string{"file"}, names(t, dir))
	}
}

func TestADeviceKeepsItsPlace(t *testing.T) {
	before, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.NoError(t, atomicfile.Write(os.DevNull, text("gone", nil)))
	f, err := atomicfile.Create(os.DevNull)
	require.NoError(t, err)
	f.Abandon()
	for range 2 { // at once
		release, err := atomicfile.Claim(os.DevNull)
		require.NoError(t, err)
		defer release()
	}
	require.NoError(t, atomicfile.Remove(os.DevNull))
	after, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.Equal(t, before.Mode(), after.Mode())
}

func TestAClaimLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		release, err := atomicfile.Claim(filepath.Join(dir, "file"))
		require.NoError(t, err)
		require.Equal(t, []string{".file.lock"}, names(t, dir))
		release()
		require.Empty(t, names(t, dir))
	}
}

func TestRemove(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, atomicfile.Remove(path))
	require.NoFileExists(t, path)
	require.ErrorIs(t, atomicfile.Remove(path), fs.ErrNotExist)
}
