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

func (h hash) halves(s []uint16) hash {
	for _, v := range s {
		h = (h ^ hash(v&0xff)) * hashPrime
		h = (h ^ hash(v>>8)) * hashPrime
	}
	return h
}

func (h hash) int8s(s []int8) hash {
	for _, v := range s {
		h = (h ^ hash(uint8(v))) * hashPrime
	}
	return h
}

func (h hash) bytes(s []byte) hash {
	for _, v := range s {
		h = (h ^ hash(v)) * hashPrime
	}
	return h
}

// special adds what a layer is beyond its cell.
func (h hash) special(l *format.Layer) hash {
	flags := 0
	if l.Reverse {
		flags |= 1
	}
	if l.InputForget {
		flags |= 2
	}
	h = h.ints(flags, l.ProjectionSize).floats([]float32{l.Clip})
	for d := range l.Directions {
		w := &l.Directions[d]
		h = h.ints(len(w.Activations), len(w.Peephole)).floats(w.Peephole).matrix(&w.Projection)
		for _, a := range w.Activations {
			h = h.ints(int(a.Kind)).floats([]float32{a.Alpha, a.Beta})
		}
	}
	return h
}

func (h hash) matrix(m *format.Matrix) hash {
	h = h.ints(int(m.DType), m.Rows*m.Depth)
	return h.floats(m.Data).halves(m.Half).int8s(m.Int8).floats(m.Scale).bytes(m.Int4)
}
