package format

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	for want, v := range map[string]fmt.Stringer{
		"regress": TaskRegress, "language": TaskLanguage, "translate": TaskTranslate, "task 5": Task(5),
		"RNN": CellRNN, "GRU": CellGRU, "dense": CellDense, "cell 4": Cell(4),
		"standard": VariantStandard, "reset before": VariantResetBefore, "variant 5": Variant(5),
		"none": PoolNone, "mean": PoolMean, "last output": PoolLastOutput, "pool 5": Pool(5),
		"linear": OutputLinear, "sigmoid": OutputSigmoid, "argmax": OutputArgMax,
		"None": ActivationNone, "Softmax": ActivationSoftmax, "activation 13": ActivationKind(13), "output 255": Output(255),
		"f32": DTypeF32, "int8": DTypeInt8, "int4": DTypeInt4, "dtype 4": DType(4),
		"bytes": TokenizerBytes, "words": TokenizerWords, "tokenizer 4": TokenizerKind(4),
	} {
		require.Equal(t, want, v.String())
	}
}
