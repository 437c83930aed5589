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
		"none": PoolNone, "mean": PoolMean, "last output": PoolLastOutput, "first": PoolFirst, "attention": PoolAttention, "pool 7": Pool(7),
		"linear": OutputLinear, "sigmoid": OutputSigmoid, "argmax": OutputArgMax,
		"None": ActivationNone, "Softmax": ActivationSoftmax, "Exp": ActivationExp, "Floor": ActivationFloor, "activation 28": ActivationKind(28), "output 255": Output(255),
		"f32": DTypeF32, "int8": DTypeInt8, "int4": DTypeInt4, "dtype 4": DType(4),
		"bytes": TokenizerBytes, "words": TokenizerWords, "min": BinaryMin, "binary function 6": BinaryFunction(6), "wrap": PadWrap, "pad 4": PadMode(4),
		"L2": NormL2, "norm 4": NormKind(4), "channels": AxisChannels, "axis 2": Axis(2), "sqrt hann": WindowSqrtHann, "window 4": WindowKind(4), "tokenizer 4": TokenizerKind(4),
	} {
		require.Equal(t, want, v.String())
	}
}
