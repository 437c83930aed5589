package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// A batch keeps the sums of the first 16,384 tokens of this model that it reads. The
// model has too many sums to keep them itself.
func TestABatchKeepsSumsOfSomeTokens(t *testing.T) {
	const tokens = 17_000
	d, err := modeltest.Spec{Cell: format.CellRNN, Variant: format.VariantTanh, Tokens: tokens, Input: 4, Hidden: 64, Layers: 1, Seed: 1}.Model().Convert(format.DTypeInt8)
	require.NoError(t, err)
	m := load(t, d)
	var up, down []int32 // they meet in the middle, and read again what was kept and what was not
	for i := range int32(tokens) {
		up, down = append(up, i), append(down, tokens-1-i)
	}
	sequences := [][]int32{up, down, {3, tokens / 2, 3, tokens - 1, tokens / 2}}
	b := m.NewBatch(len(sequences))
	for range 2 {
		got, err := b.RunTokens(sequences)
		require.NoError(t, err)
		for i, sequence := range sequences {
			want, err := m.NewSession().RunTokens(sequence)
			require.NoError(t, err)
			require.Equal(t, bits(want), bits(got[i]), "sequence %d", i)
		}
	}
	require.Zero(t, testing.AllocsPerRun(1, func() { _, _ = b.RunTokens(sequences) }))
	require.InDelta(t, 4<<20, m.NewBatch(3).Bytes()-m.NewBatch(1).Bytes(), 1<<17, "a single stream keeps none")
}
