package format

import (
	"github.com/rnnrun/rnnrun/internal/binary16"
	"github.com/rnnrun/rnnrun/internal/padding"
)

const (
	lanes    = padding.Lanes
	quad     = padding.Quad
	tileRows = 32 // rows of a plain tile, and accumulators of every tile
)

// Padded returns a copy of v with zeros up to the next multiple of 8, as the
// arrays of [Weights] have them; nil for nil.
func Padded(v []float32) []float32 {
	if v == nil {
		return nil
	}
	p := make([]float32, padding.UpToLanes(len(v)))
	copy(p, v)
	return p
}

// NewMatrix returns a packed matrix of zeros in [DTypeF32]. rows is padded to 8; tile
// is 32, or 24 for a GRU with ResetAfter.
func NewMatrix(rows, depth, tile int) Matrix {
	rows = padding.UpToLanes(rows)
	return Matrix{Rows: rows, Depth: depth, Tile: tile, Data: make([]float32, rows*depth)}
}

// columns returns the number of columns as they are stored.
func (m *Matrix) columns() int {
	switch m.DType {
	case DTypeInt8:
		return padding.UpToQuad(m.Split) + padding.UpToQuad(m.Depth-m.Split)
	case DTypeInt4:
		return padGroup(m.Split) + padGroup(m.Depth-m.Split)
	}
	return m.Depth
}

func (m *Matrix) dtype() *DType { return &m.DType }
func (m *Matrix) scales() int   { return len(m.Scale) }

// in returns the matrix's numbers in a format.
func (m *Matrix) in(d DType) numbers {
	switch d {
	case DTypeF32:
		return (*f32s)(&m.Data)
	case DTypeF16:
		return (*f16s)(&m.Half)
	case DTypeInt8:
		return (*int8s)(&m.Int8)
	case DTypeInt4:
		return (*int4s)(&m.Int4)
	}
	return nil
}

// Index returns the position of row i and column k in Data, Half or Int8.
func (m *Matrix) Index(i, k int) int {
	if m.DType == DTypeInt8 && k >= m.Split {
		k += padding.UpToQuad(m.Split) - m.Split
	}
	return m.place(i, k)
}

// place does the same for a column as it is stored.
func (m *Matrix) place(i, column int) int {
	if m.DType == DTypeInt4 {
		return i*m.columns() + column
	}
	first := i / m.Tile * m.Tile
	rows, row := min(m.Tile, m.Rows-first), i-first
	start := first * m.columns()
	if m.DType == DTypeInt8 {
		return start + column/quad*quad*rows + row*quad + column%quad
	}
	return start + column*rows + row
}

// At returns the weight of row i and column k.
func (m *Matrix) At(i, k int) float32 {
	if m.DType == DTypeInt4 {
		if k >= m.Split {
			k += padGroup(m.Split) - m.Split
		}
		q, scale := int4(m.Int4, i*m.columns()+k)
		return float32(q) * binary16.Value(scale) // exact: 3 bits times 11
	}
	switch at := m.Index(i, k); m.DType {
	case DTypeF16:
		return binary16.Value(m.Half[at])
	case DTypeInt8:
		if k >= m.Split {
			i += m.Rows
		}
		return float32(float32(m.Int8[at]) * m.Scale[i]) // rounded, never fused with a sum
	default:
		return m.Data[at]
	}
}

// numbers returns how many numbers of any format the matrix holds.
func (m *Matrix) numbers() int {
	return len(m.Data) + len(m.Half) + len(m.Int8) + len(m.Scale) + len(m.Int4)
}

// fill sets the first rows of a matrix of F32 to row-major weights.
func (m *Matrix) fill(rows int, weight []float32) {
	for i := range rows {
		for k := range m.Depth {
			m.Data[m.Index(i, k)] = weight[i*m.Depth+k]
		}
	}
}

// plain returns the first rows, row-major.
func (m *Matrix) plain(rows int) []float32 {
	weight := make([]float32, rows*m.Depth)
	for i := range rows {
		for k := range m.Depth {
			weight[i*m.Depth+k] = m.At(i, k)
		}
	}
	return weight
}
