package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// ClassOf returns the class that the call for the task returns.
func TestClassOf(t *testing.T) {
	for _, output := range []format.Output{format.OutputSoftmax, format.OutputLinear, format.OutputLogSoftmax} {
		m := load(t, letterTagger(output))
		tags, err := m.NewSession().TagTokens(nil, []int32{1, 2, 3})
		require.NoError(t, err)
		s := m.NewSession()
		for i, token := range []int32{1, 2, 3} {
			y, err := s.StepToken(token)
			require.NoError(t, err)
			got, err := s.ClassOf(y)
			require.NoError(t, err)
			require.Equal(t, tags[i], got)
			require.Len(t, s.Probabilities(), m.ClassCount())
		}
		_, err = s.ClassOf(nil)
		var size *rnn.InputSizeError
		require.ErrorAs(t, err, &size)
	}
	_, err := load(t, writer()).NewSession().ClassOf(make([]float32, 27))
	require.ErrorIs(t, err, rnn.ErrNotClassifier)
}
