package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
)

const float32Bytes = 4

// StepBytes returns how many bytes of weights a step reads, with their
// padding: all of the layers' and of the head's, but of an embedding one row,
// and of a first layer whose input product is kept for every token (see
// [Session.StepToken]) that row instead of the columns for the input. Of a model
// that translates it is a step of the decoder.
func (m *Model) StepBytes() int {
	if m.pair != nil {
		return m.pair.decoder.StepBytes()
	}
	n := 0
	for i, directions := range m.layers {
		for d, w := range directions {
			stored := &m.description.Layers[i].Directions[d]
			columns := stored.Gates.Depth
			if w.tokens != nil && w.tokens.rows != nil {
				columns -= w.input
			}
			n += matrixBytes(&stored.Gates, columns) + matrixBytes(&stored.Candidate, columns) + float32Bytes*len(w.bias)
			n += matrixBytes(&stored.Projection, stored.Projection.Depth) + float32Bytes*len(stored.Peephole)
		}
	}
	if e := m.description.Embedding; e != nil {
		if t := m.layers[0][0].tokens; t == nil || t.rows == nil {
			n += e.Size * weightBytes(e.DType)
			if e.DType == format.DTypeInt8 {
				n += float32Bytes
			}
		}
	}
	if d := m.description.Head; d != nil {
		n += matrixBytes(&d.Weight, d.Weight.Depth) + float32Bytes*len(d.Bias)
	}
	return n
}

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
