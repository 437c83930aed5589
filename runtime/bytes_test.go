package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestStepBytes(t *testing.T) {
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 3, Hidden: 16}
	for _, c := range []struct {
		name   string
		change func(s *modeltest.Spec)
		opts   []rnn.Option
		want   int // numbers
	}{
		{"a layer", func(s *modeltest.Spec) {}, nil, 64*19 + 64},
		{"padding counts", func(s *modeltest.Spec) { s.Hidden = 9 }, nil, 64*12 + 64},
		{"two layers", func(s *modeltest.Spec) { s.Layers = 2 }, nil, 64*19 + 64 + 64*32 + 64},
		{"two directions", func(s *modeltest.Spec) { s.Bidirectional = true }, nil, 2 * (64*19 + 64)},
		{"a head", func(s *modeltest.Spec) { s.Outputs = 5 }, nil, 64*19 + 64 + 8*16 + 8},
		{"a row of the embedding", func(s *modeltest.Spec) { s.Tokens = 10 }, []rnn.Option{rnn.FoldNever}, 64*19 + 64 + 3},
		{"a folded row", func(s *modeltest.Spec) { s.Tokens = 10 }, []rnn.Option{rnn.FoldAlways}, 64*16 + 64},
		{"dense layers", func(s *modeltest.Spec) { s.Below, s.Above = 8, 9 }, nil, 8*3 + 8 + 64*24 + 64 + 16*16 + 16},
		{"a projection and peepholes", func(s *modeltest.Spec) { s.Projection, s.Peephole = 5, true }, nil, 64*8 + 64 + 8*16 + 3*16},
		{"GRU", func(s *modeltest.Spec) { s.Cell, s.Variant = format.CellGRU, format.VariantResetAfter }, nil, 48*19 + 64},
		{"GRU with reset before", func(s *modeltest.Spec) { s.Cell, s.Variant = format.CellGRU, format.VariantResetBefore }, nil, 48*19 + 48},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := lstm
			c.change(&s)
			require.Equal(t, 4*c.want, model(t, s, c.opts...).StepBytes())
		})
	}
}
