package npy

import (
	"bytes"
	"fmt"
	"io"
)

// rowMajor reads an array in Fortran order, and returns a reader of its
// elements with the last index fastest.
func rowMajor(h Header, r io.Reader) (io.Reader, error) {
	size := h.DType.Size
	n := h.Len() * size
	from, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err == nil && len(from) < n {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, short(err, fmt.Sprintf("its array %v of %v", h.Shape, h.DType))
	}
	to := make([]byte, 0, n)
	strides := make([]int, len(h.Shape))
	stride := size
	for i, d := range h.Shape {
		strides[i] = stride
		stride *= d
	}
	index := make([]int, len(h.Shape))
	for at := 0; len(to) < n; {
		to = append(to, from[at:at+size]...)
		for i := len(index) - 1; i >= 0; i-- {
			index[i]++
			at += strides[i]
			if index[i] < h.Shape[i] {
				break
			}
			at -= index[i] * strides[i]
			index[i] = 0
		}
	}
	return bytes.NewReader(to), nil
}
