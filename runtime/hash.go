package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// A hash is FNV-1a with 64 bits, over little-endian bytes.
type hash uint64

const (
	hashStart hash = 14695981039346656037
	hashPrime hash = 1099511628211
)

func (h hash) uint32(v uint32) hash {
	h = (h ^ hash(v&0xff)) * hashPrime
	h = (h ^ hash(v>>8&0xff)) * hashPrime
	h = (h ^ hash(v>>16&0xff)) * hashPrime
	return (h ^ hash(v>>24)) * hashPrime
}

func (h hash) floats(s []float32) hash {
	for _, v := range s {
		h = h.uint32(math.Float32bits(v))
	}
	return h
}

func (h hash) ints(s ...int) hash {
	for _, v := range s {
		h = h.uint32(uint32(v))
	}
	return h
}

func (h hash) bytes(s []byte) hash {
	for _, v := range s {
		h = (h ^ hash(v)) * hashPrime
	}
	return h
}

// matrix adds the number format and the size of a matrix.
func (h hash) matrix(m *format.Matrix) hash { return h.ints(int(m.DType), m.Rows*m.Depth) }
