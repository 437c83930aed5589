package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

func TestOrthogonalHasOrthonormalRowsOrColumns(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {5, 5}, {64, 64}, {3, 7}, {7, 3}} {
		rows, columns := size[0], size[1]
		w := InitOrthogonal.draw(rand.New(rand.NewPCG(1, 2)), 2, rows, columns, 0)
		require.Len(t, w, 2*rows*columns)
		at := func(gate, i, k int) float64 {
			if rows > columns {
				i, k = k, i
			}
			return float64(w[(gate*rows+i)*columns+k])
		}
		for gate := range 2 {
			for i := range min(rows, columns) {
				for j := range min(rows, columns) {
					var product, want float64
					for k := range max(rows, columns) {
						product += at(gate, i, k) * at(gate, j, k)
					}
					if i == j {
						want = 1
					}
					require.InDelta(t, want, product, 1e-6, "%d×%d: %d·%d", rows, columns, i, j)
				}
			}
		}
	}
}

func TestInitialization(t *testing.T) {
	bound := func(w []float32) (most float64) {
		for _, v := range w {
			most = math.Max(most, math.Abs(float64(v)))
		}
		return most
	}
	half := 0.5
	for _, c := range []struct {
		z      Initialization
		input  float64 // least upper bound of the input weights
		forget float32
	}{
		{Initialization{}, 1 / math.Sqrt(40), 1},
		{Initialization{Input: InitXavier, Recurrent: InitOrthogonal, ForgetBias: &half}, math.Sqrt(6 / (160.0 + 30)), 0.5},
	} {
		t.Run(fmt.Sprint(c.z.Input, " ", c.z.Recurrent), func(t *testing.T) {
			net, err := NewNetwork(Architecture{Cell: format.CellLSTM, InputSize: 30, HiddenSize: 40, Layers: 1, Initialization: c.z}, 1)
			require.NoError(t, err)
			l := &net.Model().Layers[0]
			p := l.Unpack(&l.Directions[0])
			require.LessOrEqual(t, bound(p.WeightIH), c.input)
			require.Greater(t, bound(p.WeightIH), 0.99*c.input)
			for u := range 40 {
				require.Equal(t, c.forget, p.BiasIH[40+u]+p.BiasHH[40+u])
			}
		})
	}
	require.Equal(t, []float32{1, 0, 0, 1, 0, 0}, InitIdentity.draw(nil, 1, 3, 2, 0))
}
