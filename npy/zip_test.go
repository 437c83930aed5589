package npy_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

func numbers(name string, n int) npy.Array {
	a := npy.Array{Name: name, DType: npy.Float32, Shape: []int{n}}
	for i := range n {
		a.Floats = append(a.Floats, float32(i%7))
	}
	return a
}

func written(t *testing.T, arrays ...npy.Array) []byte {
	var b bytes.Buffer
	require.NoError(t, npy.WriteArchive(&b, arrays...))
	return b.Bytes()
}

// repacked returns the members of an archive as another program packs them.
func repacked(t *testing.T, archive []byte, header zip.FileHeader, comment string) []byte {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range r.File {
		contents, err := f.Open()
		require.NoError(t, err)
		h := header
		h.Name = f.Name
		member, err := w.CreateHeader(&h)
		require.NoError(t, err)
		_, err = io.Copy(member, contents)
		require.NoError(t, err)
	}
	require.NoError(t, w.SetComment(comment))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestArchivesOfOtherPrograms(t *testing.T) {
	want := []npy.Array{numbers("b", 1000), numbers("a", 3)}
	archive := written(t, want...)
	for name, data := range map[string][]byte{
		"our own":               archive,
		"stored":                repacked(t, archive, zip.FileHeader{Method: zip.Store}, ""),
		"deflated":              repacked(t, archive, zip.FileHeader{Method: zip.Deflate}, ""),
		"with further fields":   repacked(t, archive, zip.FileHeader{Extra: make([]byte, 20), Comment: "x"}, ""),
		"with a comment":        repacked(t, archive, zip.FileHeader{}, "a comment"),
		"behind something else": append([]byte("#!/bin/sh\n"), archive...),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := npy.ReadArchive(data)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
	got, err := npy.ReadArchive(written(t))
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestDamagedArchives(t *testing.T) {
	want := []npy.Array{numbers("a", 5), numbers("b", 2)}
	for _, archive := range [][]byte{
		written(t, want...),
		repacked(t, written(t, want...), zip.FileHeader{Method: zip.Deflate}, ""),
	} {
		for n := range archive {
			_, err := npy.ReadArchive(archive[:n])
			require.Error(t, err, "%d bytes", n)
			for bit := range 8 {
				damaged := bytes.Clone(archive)
				damaged[n] ^= 1 << bit
				if got, err := npy.ReadArchive(damaged); err == nil && len(got) == len(want) {
					for i := range got { // a name, a time or a version may be another
						require.Equal(t, want[i].Floats, got[i].Floats, "byte %d, bit %d", n, bit)
					}
				}
			}
		}
	}
	secret := repacked(t, written(t, want...), zip.FileHeader{}, "")
	at := bytes.LastIndex(secret, []byte("PK\x01\x02"))
	secret[at+8] |= 1
	_, err := npy.ReadArchive(secret)
	require.ErrorIs(t, err, npy.ErrUnsupported)
	require.ErrorContains(t, err, "encrypted")
}
