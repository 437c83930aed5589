package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
)

const (
	float32Bytes = 4
	tokenBytes   = 4
)

// StepBytes returns how many bytes of weights a step reads, with padding: all
// weights of the layers and the head, but only one row of an embedding. If the
// first layer's products with all tokens are kept in a table, a step reads one
// row of the table instead of the layer's input columns.
func (m *Model) StepBytes() int { return m.plan.weightBytes() }

// matrixBytes returns how many bytes the last columns of a matrix take, with
// their scales.
func matrixBytes(m *format.Matrix, columns int) int {
	if m.DType != format.DTypeInt8 {
		return m.Rows * columns * weightBytes(m.DType)
	}
	n := 0
	if m.Split < m.Depth {
		n += m.Rows * (padding.UpToQuad(m.Depth-m.Split) + float32Bytes)
	}
	if columns == m.Depth {
		n += m.Rows * (padding.UpToQuad(m.Split) + float32Bytes)
	}
	return n
}

func weightBytes(d format.DType) int {
	switch d {
	case format.DTypeF16:
		return 2
	case format.DTypeInt8:
		return 1
	}
	return float32Bytes
}

// chainWeights returns the matrices of each direction of a chain's layers, and those of
// the head last. For a graph it returns none.
func chainWeights(m *format.Model) (parts [][]*format.Matrix) {
	for i := range m.Layers {
		for d := range m.Layers[i].Directions {
			w := &m.Layers[i].Directions[d]
			parts = append(parts, []*format.Matrix{&w.Gates, &w.Candidate, &w.Projection})
		}
	}
	if m.Head != nil {
		parts = append(parts, []*format.Matrix{&m.Head.Weight})
	}
	return parts
}

// widenedBytes returns how many bytes the weights of a matrix take as float32.
func widenedBytes(w *format.Matrix) int { return times(float32Bytes, times(w.Rows, w.Depth)) }

// float32Layers returns how many bytes of float32 weights each part of a chain has.
func float32Layers(m *format.Model) (list []int) {
	for _, part := range chainWeights(m) {
		n := 0
		for _, w := range part {
			if w.DType == format.DTypeF32 {
				n = plus(n, widenedBytes(w))
			}
		}
		list = append(list, n)
	}
	return list
}
