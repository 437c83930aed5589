package npy_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/npy"
)

func TestReadIDX(t *testing.T) {
	for _, c := range []struct {
		name, file string
		shape      []int
		want       []float32
	}{
		{"bytes of two images", "\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02\x00\x7f\x80\xff", []int{2, 1, 2}, []float32{0, 127, 128, 255}},
		{"signed bytes", "\x00\x00\x09\x01\x00\x00\x00\x02\x01\xff", []int{2}, []float32{1, -1}},
		{"16 bits", "\x00\x00\x0b\x01\x00\x00\x00\x01\xff\xfe", []int{1}, []float32{-2}},
		{"float32", "\x00\x00\x0d\x01\x00\x00\x00\x01\x3f\xc0\x00\x00", []int{1}, []float32{1.5}},
		{"no elements", "\x00\x00\x0e\x02\x00\x00\x00\x00\x00\x00\xff\xff", []int{0, 65535}, []float32{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := npy.NewIDXReader(strings.NewReader(c.file))
			require.NoError(t, err)
			require.Equal(t, c.shape, r.Shape)
			require.Equal(t, len(c.want), r.Left())
			got := make([]float32, len(c.want))
			require.NoError(t, r.ReadFloat32(got))
			require.Equal(t, c.want, got)
		})
	}
}

func TestReadIDXRefuses(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       error
	}{
		{"another file", "\x93NUMPY", npy.ErrFormat},
		{"an unknown type", "\x00\x00\x07\x01\x00\x00\x00\x01a", npy.ErrFormat},
		{"no dimension", "\x00\x00\x08\x00", npy.ErrFormat},
		{"too large", "\x00\x00\x08\x03" + strings.Repeat("\xff", 12), npy.ErrFormat},
		{"an end in the header", "\x00\x00\x08\x02\x00\x00\x00\x01", npy.ErrTruncated},
		{"no header", "\x00\x00", npy.ErrTruncated},
	} {
		_, err := npy.NewIDXReader(strings.NewReader(c.file))
		require.ErrorIs(t, err, c.want, c.name)
	}
	r, err := npy.NewIDXReader(bytes.NewReader([]byte("\x00\x00\x08\x01\x00\x00\x00\x03ab")))
	require.NoError(t, err)
	require.ErrorIs(t, r.ReadFloat32(make([]float32, 3)), npy.ErrTruncated)
}
