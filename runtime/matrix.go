package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// A matrix is a packed matrix of weights, bound to a kernel set.
type matrix struct {
	kernels.Matrix               // float32 or binary16
	step           *kernels.Step // with its columns for the input, of a stream

	// Of int8 weights, the columns of the input and those of the state; of a
	// head all are the input's. nil: the weights are floats.
	input, state *kernels.Int8
	int8         *kernels.Int8Step // of a stream
}

// bindMatrix binds a matrix, whose first columns are those of the inputs.
func bindMatrix(set *kernels.Set, m *format.Matrix, inputs int) matrix {
	b := matrix{Matrix: kernels.Matrix{Data: m.Data, Half: m.Half, Rows: m.Rows, Depth: m.Depth, Tile: m.Tile}}
	if m.DType == format.DTypeInt4 {
		b.Data = widened(m)
	}
	if m.DType != format.DTypeInt8 {
		if m.Rows > 0 {
			b.step = set.NewStep(&b.Matrix, inputs)
		}
		return b
	}
	input, state := padding.UpToQuad(m.Split), padding.UpToQuad(m.Depth-m.Split)
	bind := func(from, columns int, scale []float32) *kernels.Int8 {
		return set.NewInt8(m.Int8, m.Rows, input+state, m.Tile, from, columns, scale)
	}
	b.input = bind(0, input, m.Scale)
	if state == 0 {
		b.int8 = set.NewInt8Step(nil, b.input)
		return b
	}
	b.state = bind(input, state, m.Scale[m.Rows:])
	b.int8 = set.NewInt8Step(b.input, b.state)
	return b
}

// widened returns the weights of an int4 matrix as float32, exactly. No kernel
// reads int4.
func widened(m *format.Matrix) []float32 {
	w := format.Matrix{Rows: m.Rows, Depth: m.Depth, Tile: m.Tile} // where they go
	data := floats(m.Rows * m.Depth)
	for i := range m.Rows {
		for k := range m.Depth {
			data[w.Index(i, k)] = m.At(i, k)
		}
	}
	return data
}
