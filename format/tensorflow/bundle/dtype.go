package bundle

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/statedict"
)

// A DType is the type of a tensor's numbers, by TensorFlow's number.
type DType int64

// The types that are read in a way of their own.
const (
	Float32  DType = 1
	Float64  DType = 2
	String   DType = 7
	BFloat16 DType = 14
	Float16  DType = 19
)

// types have the name of each type, and the size of its numbers: 0 if it has none.
var types = map[DType]struct {
	name string
	size int
}{
	Float32: {"float32", 4}, Float64: {"float64", 8}, 3: {"int32", 4}, 4: {"uint8", 1}, 5: {"int16", 2}, 6: {"int8", 1},
	String: {"string", 0}, 9: {"int64", 8}, 10: {"bool", 1}, BFloat16: {"bfloat16", 2}, 17: {"uint16", 2}, Float16: {"float16", 2},
	20: {"resource", 0}, 21: {"variant", 0}, 22: {"uint32", 4}, 23: {"uint64", 8},
}

// String returns TensorFlow's name of the type.
func (d DType) String() string {
	if t, ok := types[d]; ok {
		return t.name
	}
	return fmt.Sprintf("type %d", int64(d))
}

// size returns the bytes of a number; 0: tensors of the type have no numbers.
func (d DType) size() int { return types[d].size }

// floats are the types of floating-point numbers.
var floats = map[DType]statedict.Float{
	Float32: statedict.FloatF32, Float64: statedict.FloatF64, Float16: statedict.FloatF16, BFloat16: statedict.FloatBF16,
}

// Floats returns the tensor's numbers, rounded to float32; nil: they are of another
// type.
func (t *Tensor) Floats() []float32 {
	f, ok := floats[t.DType]
	if !ok {
		return nil
	}
	return f.Decode(t.Data)
}
