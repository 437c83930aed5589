package modeltest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

func TestModelsAreValid(t *testing.T) {
	for _, s := range modeltest.Cells() {
		for _, s.Tokens = range []int{0, 5} {
			for _, s.Bidirectional = range []bool{false, true} {
				for _, s.Outputs = range []int{0, 3} {
					s.Hidden, s.Layers, s.InitialState, s.Normalized = 9, 2, true, s.Tokens == 0 || s.Output == format.OutputLinear
					t.Run(s.String(), func(t *testing.T) {
						require.NoError(t, s.Model().Validate())
						require.Equal(t, s.Model(), s.Model(), "the same for the same seed")
					})
				}
			}
		}
	}
}
