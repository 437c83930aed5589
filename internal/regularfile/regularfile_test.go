package regularfile_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/regularfile"
)

func TestOnlyRegularFiles(t *testing.T) {
	folder := fstest.MapFS{"file": {Data: []byte("a")}, "pipe": {Mode: fs.ModeNamedPipe}, "device": {Mode: fs.ModeDevice}, "folder/file": {}}
	b, err := regularfile.ReadFile(folder, "file")
	require.NoError(t, err)
	require.Equal(t, "a", string(b))
	f, err := regularfile.Open(folder, "file")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	for _, name := range []string{"pipe", "device", "folder"} {
		_, err := regularfile.ReadFile(folder, name)
		require.ErrorIs(t, err, regularfile.ErrNotRegular)
		_, err = regularfile.Open(folder, name)
		require.ErrorIs(t, err, regularfile.ErrNotRegular)
	}
	_, err = regularfile.Open(folder, "none")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
