package ziparchive_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/ziparchive"
)

// stored returns an archive of a member of that many bytes.
func stored(t *testing.T, size int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Store})
	require.NoError(t, err)
	_, err = w.Write(make([]byte, size))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// repeated returns the archive with its only entry so often in its directory.
func repeated(archive []byte, times int) []byte {
	start := bytes.Index(archive, []byte("PK\x01\x02"))
	end := bytes.Index(archive, []byte("PK\x05\x06"))
	b := append(bytes.Clone(archive[:start]), bytes.Repeat(archive[start:end], times)...)
	tail := bytes.Clone(archive[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(times))
	binary.LittleEndian.PutUint16(tail[10:], uint16(times))
	binary.LittleEndian.PutUint32(tail[12:], uint32((end-start)*times))
	return append(b, tail...)
}

func TestOpen(t *testing.T) {
	z, err := ziparchive.Open(stored(t, 1000))
	require.NoError(t, err)
	require.Len(t, z.File, 1)
	_, err = ziparchive.Open(repeated(stored(t, 0), 500))
	require.NoError(t, err)
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name, message string
		data          []byte
	}{
		{"no archive", "not a valid zip file", []byte(strings.Repeat("PK", 20))},
		{"members that overlap", "its members overlap", repeated(stored(t, 1000), 20)},
		{"a directory of nothing else", "too many for", repeated(stored(t, 0), 1<<17)},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.data)), func() {
				_, err := ziparchive.Open(c.data)
				require.ErrorContains(t, err, c.message)
			})
		})
	}
}
