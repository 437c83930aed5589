package trainer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// BenchmarkStep measures a step on 32 sequences of 64 tokens, with Adam and
// clipping.
func BenchmarkStep(b *testing.B) {
	for _, cell := range []format.Cell{format.CellRNN, format.CellGRU, format.CellLSTM} {
		for _, hidden := range []int{128, 256} {
			for _, dtype := range []format.DType{format.DTypeF32, format.DTypeInt8, format.DTypeInt4} {
				b.Run(fmt.Sprintf("%v %d/%v", cell, hidden, dtype), func(b *testing.B) {
					net, err := NewNetwork(Architecture{
						Task: format.TaskLanguage, Cell: cell, Tokens: 64, EmbeddingSize: 64,
						HiddenSize: hidden, Layers: 1, Outputs: 64, Output: format.OutputSoftmax,
					}, 1)
					require.NoError(b, err)
					require.NoError(b, net.SetDType(dtype))
					trainer := NewTrainer(net, Options{Clip: 1})
					sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(1, 2)), slices.Repeat([]int{64}, 32)...)
					b.ResetTimer()
					for i := range b.N {
						_, err := trainer.Step(sequences, 1e-3, i > 0)
						require.NoError(b, err)
					}
					b.ReportMetric(32*64*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
				})
			}
		}
	}
}
