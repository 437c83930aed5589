package runtime

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/padding"
	"github.com/rnnrun/rnnrun/kernels"
)

// An embedding turns tokens into the inputs of the first layer. It is shared
// by all sessions.
type embedding struct {
	*format.Embedding
	set *kernels.Set
}

// row returns a token's row, in the table or in dst.
func (e *embedding) row(dst []float32, token int32) []float32 {
	i := int(token)
	switch e.DType {
	case format.DTypeF16:
		e.set.Widen(dst, e.Half[i*e.Size:][:e.Size])
		return dst
	case format.DTypeInt8:
		q, scale := e.int8Row(token)
		for k := range dst {
			dst[k] = float32(q[k]) * scale
		}
		return dst
	}
	return e.Table[i*e.Size:][:e.Size]
}

// int8Row returns a token's row of an int8 table and its scale.
func (e *embedding) int8Row(token int32) ([]int8, float32) {
	width := padding.UpToQuad(e.Size)
	return e.Int8[int(token)*width:][:width], e.Scale[token]
}
