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

// float32Layers returns how many bytes of float32 weights the layers of a chain have,
// those of the head last. Of a graph it returns none.
func float32Layers(m *format.Model) (list []int) {
	count := func(weights ...*format.Matrix) {
		n := 0
		for _, w := range weights {
			if w.DType == format.DTypeF32 {
				n = plus(n, times(float32Bytes, times(w.Rows, w.Depth)))
			}
		}
		list = append(list, n)
	}
	for i := range m.Layers {
		for d := range m.Layers[i].Directions {
			w := &m.Layers[i].Directions[d]
			count(&w.Gates, &w.Candidate, &w.Projection)
		}
	}
	if m.Head != nil {
		count(&m.Head.Weight)
	}
	return list
}
