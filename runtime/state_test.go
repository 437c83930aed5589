package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestStateOfWhatHasNone(t *testing.T) {
	// Dense, LSTM, dense, LSTM, and a dense layer above the pool.
	dense := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 3, Layers: 2, Below: 4, Between: 5, Above: 6, Pool: format.PoolMax}
	twoDirections := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 3, Bidirectional: true}
	tokens := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 3, Tokens: 5}
	for _, c := range []struct {
		name             string
		spec             modeltest.Spec
		opts             []rnn.Option
		layer, direction int
		h, c             int // lengths; 0: nil
	}{
		{"an LSTM above a dense layer", dense, nil, 1, 0, 3, 3},
		{"an LSTM above that", dense, nil, 3, 0, 3, 3},
		{"a dense layer below", dense, nil, 0, 0, 0, 0},
		{"a dense layer between", dense, nil, 2, 0, 0, 0},
		{"a dense layer behind a pool", dense, nil, 4, 0, 0, 0},
		{"the first direction", twoDirections, nil, 0, 0, 3, 0},
		{"the second direction", twoDirections, nil, 0, 1, 3, 0},
		{"a third direction", twoDirections, nil, 0, 2, 0, 0},
		{"a layer that reads folded tokens", tokens, []rnn.Option{rnn.FoldAlways}, 0, 0, 3, 3},
		{"a layer above an embedding", tokens, []rnn.Option{rnn.FoldNever}, 0, 0, 3, 3},
		{"a second direction of one", dense, nil, 1, 1, 0, 0},
		{"a layer before the first", dense, nil, -1, 0, 0, 0},
		{"a direction before the first", dense, nil, 1, -1, 0, 0},
		{"a layer behind the last", dense, nil, 5, 0, 0, 0},
		{"the greatest numbers", dense, nil, math.MaxInt, math.MaxInt, 0, 0},
		{"the least numbers", dense, nil, math.MinInt, math.MinInt, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, cell := model(t, c.spec, c.opts...).NewSession().State(c.layer, c.direction)
			require.Len(t, h, c.h)
			require.Len(t, cell, c.c)
			require.Equal(t, []bool{c.h == 0, c.c == 0}, []bool{h == nil, cell == nil})
		})
	}
}

// The caller may change outputs without changing a state.
func TestChangedOutputsChangeNoState(t *testing.T) {
	for _, s := range append(modeltest.Cells(), modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Above: 4}) {
		s.Input, s.Hidden, s.Layers = 3, 5, 2
		t.Run(s.String(), func(t *testing.T) {
			m, in := model(t, s), inputOf(s, 4)
			changed, left := m.NewSession(), m.NewSession()
			for i := range 4 {
				x := in.xs[3*i:][:3]
				want, err := left.Step(x)
				require.NoError(t, err)
				y, err := changed.Step(x)
				require.NoError(t, err)
				require.Equal(t, bits(want), bits(y), "step %d", i)
				clear(y)
				a, err := left.MarshalBinary()
				require.NoError(t, err)
				b, err := changed.MarshalBinary()
				require.NoError(t, err)
				require.Equal(t, a, b, "snapshot after step %d", i)
			}
		})
	}
}
