package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestSequencesRunTogetherHaveTheOutputsOfEach(t *testing.T) {
	for _, c := range []struct {
		name string
		spec modeltest.Spec
	}{
		{"one answer", modeltest.Spec{Cell: format.CellLSTM, Input: 4, Hidden: 9, Tokens: 20, Outputs: 3, Task: format.TaskClassify, Pool: format.PoolMean}},
		{"each step", modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 4, Hidden: 9, Tokens: 20, Outputs: 3, Task: format.TaskTag, Bidirectional: true}},
		{"one by one", modeltest.Spec{Cell: format.CellLSTM, Input: 4, Hidden: 9, Tokens: 20, Outputs: 3, Task: format.TaskClassify, Pool: format.PoolLast, DType: format.DTypeInt8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := rnn.New(c.spec.Model())
			require.NoError(t, err)
			q, s := newTogether(m.NewSession()), m.NewSession()
			require.Equal(t, m.GainsFromBatch(), q.batch != nil)
			var got, want []float32
			tokens := make([]int32, 0, 40) // one memory for all sequences
			const sequences = togetherSequences + 100
			for i := range sequences {
				tokens = tokens[:0]
				for k := range 1 + i%37 {
					tokens = append(tokens, int32((i+3*k)%20))
				}
				s.Reset()
				y, err := s.RunTokens(tokens)
				require.NoError(t, err)
				want = append(want, y...)
				require.NoError(t, q.add(tokens, func(y []float32, err error) error {
					got = append(got, y...)
					return err
				}))
			}
			require.NoError(t, q.flush())
			require.NoError(t, q.flush(), "nothing waits")
			require.Equal(t, want, got)
		})
	}
}

func TestSequencesBeforeOneThatFailsAreAnswered(t *testing.T) {
	m, err := rnn.New(modeltest.Spec{Cell: format.CellLSTM, Input: 4, Hidden: 9, Tokens: 20, Outputs: 3, Task: format.TaskClassify, Pool: format.PoolLast}.Model())
	require.NoError(t, err)
	q := newTogether(m.NewSession())
	answered := 0
	for _, token := range []int32{1, 2, 20, 3} {
		require.NoError(t, q.add([]int32{token}, func(_ []float32, err error) error {
			answered++
			return err
		}))
	}
	require.ErrorAs(t, q.flush(), new(*rnn.TokenRangeError))
	require.Equal(t, 3, answered)
}
