package benchmark

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

func TestRandomModelsAreValid(t *testing.T) {
	for _, s := range []Shape{
		{Cell: format.CellRNN, Variant: format.VariantTanh},
		{Cell: format.CellLSTM, Variant: format.VariantStandard},
		{Cell: format.CellGRU, Variant: format.VariantResetAfter},
	} {
		for _, s.DType = range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
			s.Input, s.Hidden, s.Layers = 3, 9, 2
			m, err := s.Model()
			require.NoError(t, err)
			require.NoError(t, m.Validate(), "%v", s)
			require.Equal(t, []int{3, 9, 2}, []int{m.InputSize, m.OutputSize(), len(m.Layers)})
			again, err := s.Model()
			require.NoError(t, err)
			require.Equal(t, m, again)
		}
	}
}
