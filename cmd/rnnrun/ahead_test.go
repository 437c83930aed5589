package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// TestTextsThatTakeMoreMemoryAreReadInParts reads more texts ahead than there is memory
// for at once, one that is too long for any, and one without
// tokens.
func TestTextsThatTakeMoreMemoryAreReadInParts(t *testing.T) {
	spec := modeltest.Spec{
		Cell: format.CellLSTM, Tokens: 5, Input: 3, Hidden: 64, Seed: 1, Bidirectional: true,
		Task: format.TaskClassify, Pool: format.PoolMax, Outputs: 3, Output: format.OutputSoftmax,
	}
	m, err := rnn.New(spec.Model())
	require.NoError(t, err)
	most := 0 // tokens that there is memory for
	for m.SequenceBytes(most+1) <= aheadMemory {
		most++
	}
	lengths := map[string]int{"none": 0, "one": 1, "a third": most / 3, "another third": most / 3, "more than the rest": most/3 + 3, "last": 2, "too long": most + 1}
	read := func(text string) ([]int32, error) {
		tokens := make([]int32, lengths[text])
		for i := range tokens {
			tokens[i] = int32((i + len(text)) % spec.Tokens)
		}
		return tokens, nil
	}
	a := newAhead(m, read)
	for range 2 {
		a.take([]string{"none", "one", "a third", "too long", "another third", "more than the rest", "last"}, false, a.batch.ClassifyTokens)
		for _, text := range []string{"one", "a third", "another third", "more than the rest", "last"} {
			tokens, err := read(text)
			require.NoError(t, err)
			want, err := m.NewSession().ClassifyTokens(tokens)
			require.NoError(t, err)
			require.Equal(t, []rnn.Class{want}, a.classesOf(text), text)
		}
		require.Nil(t, a.classesOf("none"))
		require.Nil(t, a.classesOf("too long"))
	}
}
