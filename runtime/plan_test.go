package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// An op writes to the place of a value that no later op reads.
func TestAChainNeedsTwoPlaces(t *testing.T) {
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 3, Hidden: 4}
	for _, c := range []struct {
		name   string
		change func(s *modeltest.Spec)
		want   int
	}{
		{"one layer writes the outputs", func(*modeltest.Spec) {}, 0},
		{"two layers", func(s *modeltest.Spec) { s.Layers = 2 }, 1},
		{"five layers", func(s *modeltest.Spec) { s.Layers = 5 }, 2},
		{"five layers of two directions", func(s *modeltest.Spec) { s.Layers, s.Bidirectional = 5, true }, 2},
		{"a head", func(s *modeltest.Spec) { s.Outputs = 2 }, 1},
		{"a skip connection", func(s *modeltest.Spec) { s.Outputs, s.Skip, s.Layers = 2, true, 3 }, 2},
		{"an average", func(s *modeltest.Spec) { s.Pool, s.Outputs, s.Layers = format.PoolMean, 2, 3 }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := lstm
			c.change(&s)
			require.Equal(t, c.want, model(t, s).SharedPlaces())
		})
	}
}
