package trainer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/trainer"
)

func TestANetworkThatIsTooLargeTakesNoMemory(t *testing.T) {
	for name, change := range map[string]func(a *trainer.Architecture){
		"hidden":    func(a *trainer.Architecture) { a.HiddenSize = 10_000_000 },
		"layers":    func(a *trainer.Architecture) { a.Layers = math.MaxInt },
		"embedding": func(a *trainer.Architecture) { a.EmbeddingSize = math.MaxInt },
		"tokens":    func(a *trainer.Architecture) { a.Tokens = math.MaxInt },
		"outputs":   func(a *trainer.Architecture) { a.Outputs = math.MaxInt },
		"all": func(a *trainer.Architecture) {
			a.HiddenSize, a.Layers, a.EmbeddingSize = math.MaxInt, math.MaxInt, math.MaxInt
		},
		"just above": func(a *trainer.Architecture) { a.HiddenSize, a.Cell = 1<<14, format.CellRNN },
		"both directions": func(a *trainer.Architecture) {
			a.HiddenSize, a.Bidirectional, a.Task, a.Pool = 5800, true, format.TaskClassify, format.PoolLast
		},
		"a decoder": func(a *trainer.Architecture) {
			a.Task, a.Outputs, a.TargetTokens = format.TaskTranslate, 0, math.MaxInt/2
		},
	} {
		a := trainer.Architecture{
			Task: format.TaskLanguage, Cell: format.CellLSTM, Tokens: 10, EmbeddingSize: 4, HiddenSize: 4, Layers: 1,
			Outputs: 10, Output: format.OutputSoftmax,
		}
		change(&a)
		allocated := testing.AllocsPerRun(1, func() {
			_, err := trainer.NewNetwork(a, 1)
			require.ErrorIs(t, err, trainer.ErrTooLarge, name)
			require.ErrorContains(t, err, "choose smaller layers, or fewer")
		})
		require.Less(t, allocated, 100.0)
	}
}
