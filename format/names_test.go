package format

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	for want, v := range map[string]fmt.Stringer{
		"regress": Regress, "language": Language, "translate": Translate, "task 5": Task(5),
		"RNN": RNN, "GRU": GRU, "dense": Feedforward, "cell 4": Cell(4),
		"standard": Standard, "reset before": ResetBefore, "variant 5": Variant(5),
		"none": PoolNone, "mean": PoolMean, "last output": PoolLastOutput, "pool 5": Pool(5),
		"linear": Linear, "sigmoid": Sigmoid, "argmax": ArgMax,
		"None": ActivationNone, "Softmax": ActivationSoftmax, "activation 13": ActivationKind(13), "output 255": Output(255),
		"f32": F32, "int8": Int8, "int4": Int4, "dtype 4": DType(4),
		"bytes": Bytes, "words": Words, "tokenizer 4": TokenizerKind(4),
	} {
		require.Equal(t, want, v.String())
	}
}
