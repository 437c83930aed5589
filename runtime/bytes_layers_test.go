package runtime

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

func TestFloat32Layers(t *testing.T) {
	matrix := func(rows, depth int, dtype format.DType) format.Matrix {
		return format.Matrix{Rows: rows, Depth: depth, DType: dtype}
	}
	m := &format.Model{
		Layers: []format.Layer{
			{Directions: []format.Weights{{Gates: matrix(8, 5, format.DTypeF32), Candidate: matrix(8, 3, format.DTypeF32)}}},
			{Directions: []format.Weights{{Gates: matrix(8, 5, format.DTypeF16), Projection: matrix(2, 3, format.DTypeF32)}}},
		},
		Head: &format.Dense{Weight: matrix(4, 2, format.DTypeInt8)},
	}
	require.Equal(t, []int{4 * 64, 4 * 6, 0}, float32Layers(m))
	require.Empty(t, float32Layers(&format.Model{}))
}
