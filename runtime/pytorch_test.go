package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/internal/pytorch"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Outputs and final states differ from PyTorch's in float64 by no more than
// 2e-6, on every kernel set of the test.
func TestOutputsAreThoseOfPyTorch(t *testing.T) {
	t.Parallel()
	const tolerance = 2e-6
	goldens, err := pytorch.Read("../testdata/pytorch")
	require.NoError(t, err)
	for _, set := range kerneltest.Sets() {
		for _, c := range pytorch.Cases() {
			t.Run(set.Name()+"/"+c.String(), func(t *testing.T) {
				if testing.Short() && c.Long() {
					t.Skip("a long case, left out by -short")
				}
				description, err := c.Model()
				require.NoError(t, err)
				m, err := rnn.New(description, rnn.WithKernels(set.Name()))
				require.NoError(t, err)
				s := m.NewSession()
				output, err := s.Run(c.Input())
				require.NoError(t, err)

				got := map[string][]float32{"output": output}
				for layer := range description.Layers {
					for direction := range description.Layers[layer].Directions {
						h, cell := s.State(layer, direction)
						got["h"] = append(got["h"], h...)
						if cell != nil {
							got["c"] = append(got["c"], cell...)
						}
					}
				}
				worst := 0.0
				for name, values := range got {
					off, err := goldens.Error(c.String()+"/"+name, values)
					require.NoError(t, err)
					require.LessOrEqual(t, off, tolerance, name)
					worst = max(worst, off)
				}
				t.Logf("greatest error %.2g", worst)
			})
		}
	}
}
