package format

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHugeFile: a large file is read whole and aligned, and its memory cannot
// be written to afterwards, as that of a mapped one.
func TestHugeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	want := make([]byte, hugeFile+12345)
	for i := range want {
		want[i] = byte(i * i >> 7)
	}
	require.NoError(t, os.WriteFile(path, want, 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()

	data, unmap, err := readHuge(f, len(want))
	if !hugePages() {
		require.Error(t, err)
		return
	}
	require.NoError(t, err)
	require.Equal(t, want, data)
	require.NoError(t, unmap())

	_, _, err = readHuge(f, hugeFile-1)
	require.Error(t, err, "a small file is mapped")
	_, _, err = readHuge(f, len(want)+1)
	require.Error(t, err, "a file that is shorter than it says")
}
