package statedict

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// Float is a format of floating-point numbers.
type Float uint8

// The formats.
const (
	FloatF32  Float = iota
	FloatF64        // rounded to float32
	FloatF16        // IEEE 754 binary16
	FloatBF16       // the upper half of a float32
)

// Size returns the bytes of a number.
func (f Float) Size() int {
	switch f {
	case FloatF64:
		return 8
	case FloatF16, FloatBF16:
		return 2
	}
	return 4
}

// At returns the little-endian number that b starts with.
func (f Float) At(b []byte) float32 {
	switch f {
	case FloatF64:
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case FloatF16:
		return binary16.Value(binary.LittleEndian.Uint16(b))
	case FloatBF16:
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(b))
}

// Decode returns the little-endian numbers of b.
func (f Float) Decode(b []byte) []float32 {
	size := f.Size()
	v := make([]float32, len(b)/size)
	for i := range v {
		v[i] = f.At(b[i*size:])
	}
	return v
}
