package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestABatchClassifiesAndTags(t *testing.T) {
	sequences := [][]int32{{1, 2, 3}, {4}, {0, 1, 2, 3, 4, 4}, {2, 2}}
	for _, output := range []format.Output{format.OutputLinear, format.OutputSoftmax, format.OutputSigmoid, format.OutputLogSoftmax, format.OutputArgMax} {
		tagger := load(t, letterTagger(output))
		d := modeltest.Spec{
			Cell: format.CellLSTM, Tokens: 5, Input: 3, Hidden: 6, Seed: 8, Bidirectional: true,
			Task: format.TaskClassify, Pool: format.PoolMax, Outputs: 3, Output: output,
		}.Model()
		classifier := load(t, d)
		var tags, classes []rnn.Class
		for _, tokens := range sequences {
			var err error
			tags, err = tagger.NewSession().TagTokens(tags, tokens)
			require.NoError(t, err)
			class, err := classifier.NewSession().ClassifyTokens(tokens)
			require.NoError(t, err)
			classes = append(classes, class)
		}
		got, err := tagger.NewBatch(3).TagTokens(nil, sequences)
		require.NoError(t, err)
		requireClasses(t, tags, got)
		got, err = classifier.NewBatch(3).ClassifyTokens(nil, sequences)
		require.NoError(t, err)
		requireClasses(t, classes, got)

		_, err = tagger.NewBatch(1).ClassifyTokens(nil, sequences)
		require.ErrorIs(t, err, rnn.ErrNotClassifier)
		_, err = classifier.NewBatch(1).TagTokens(nil, sequences)
		require.ErrorIs(t, err, rnn.ErrNotTagger)
		_, err = classifier.NewBatch(1).ClassifyTokens(nil, [][]int32{{1}, {}})
		require.ErrorIs(t, err, rnn.ErrNoSteps)
		require.ErrorContains(t, err, "sequence 1: ")
		_, err = classifier.NewBatch(1).ClassifyTokens(nil, [][]int32{{1}, {1, 5}})
		require.ErrorIs(t, err, rnn.ErrTokenRange)
	}
}

// requireClasses compares classes, whose probabilities may be NaN.
func requireClasses(t *testing.T, want, got []rnn.Class) {
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].Index, got[i].Index)
		require.Equal(t, want[i].Label, got[i].Label)
		require.Equal(t, bits([]float32{want[i].Probability}), bits([]float32{got[i].Probability}))
	}
}
