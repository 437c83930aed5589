package format

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	for want, v := range map[string]fmt.Stringer{
		"regress": Regress, "language": Language, "translate": Translate, "task 5": Task(5),
		"RNN": RNN, "GRU": GRU, "cell 3": Cell(3),
		"standard": Standard, "reset before": ResetBefore, "variant 5": Variant(5),
		"none": PoolNone, "mean": PoolMean, "pool 4": Pool(4),
		"linear": Linear, "sigmoid": Sigmoid, "output 255": Output(255),
		"f32": F32, "int8": Int8, "int4": Int4, "dtype 4": DType(4),
		"bytes": Bytes, "words": Words, "tokenizer 4": TokenizerKind(4),
	} {
		require.Equal(t, want, v.String())
	}
}
