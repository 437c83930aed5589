package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAreFar(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		layers []int
		far    bool
	}{
		{nil, false},
		{[]int{3 * mib}, false}, // the step before has left a part in the second-level cache
		{[]int{mib, 2 * mib}, true},
		{[]int{mib, mib}, false},                  // little more than the second-level cache
		{[]int{mib, 3 * mib}, true},               // three quarters
		{[]int{mib, 3*mib + 4}, false},            // nearly a single layer
		{[]int{8 * mib, 8 * mib}, true},           // half of the third-level cache
		{[]int{8 * mib, 8*mib + 1}, false},        // others' data may take it
		{[]int{mib, mib, mib, mib, mib, 1}, true}, // many
	} {
		require.Equal(t, c.far, areFar(c.layers, mib, 32*mib), "%v", c.layers)
	}
	require.False(t, areFar([]int{mib, 2 * mib}, 0, 0), "a core that does not gain")
}

// The order of a sum does not depend on where its weights come from.
func TestFarWeightsGiveTheSameBits(t *testing.T) {
	for _, near := range Available() {
		if near.impl.far.lstm == nil {
			require.Same(t, near, near.ForLayers(1<<20, 2<<20), near.Name())
			continue
		}
		far := *near
		far.far = true
		for _, cell := range []struct {
			name        string
			gates, tile int
			bind        func(w Weights, m Memory) Stream
		}{
			{"LSTM", 4, TileRows, Weights.NewLSTM},
			{"GRU", 3, gruRows, Weights.NewGRU},
			{"RNN", 1, TileRows, func(w Weights, m Memory) Stream { return w.NewRNN(m, ActivationTanh) }},
			{"ReLU", 1, TileRows, func(w Weights, m Memory) Stream { return w.NewRNN(m, ActivationReLU) }},
			{"linear", 1, TileRows, func(w Weights, m Memory) Stream { return w.NewLinear(m, ActivationIdentity) }},
		} {
			for _, inputs := range []int{1, 4, 7} {
				for _, hidden := range []int{8, 16, 24, 40, 64, 72, 96, 136, 168, 200} {
					name := fmt.Sprintf("%s, %s %d→%d", near.Name(), cell.name, inputs, hidden)
					columns := inputs + hidden
					if cell.name == "linear" {
						columns = inputs
					}
					r := rand.New(rand.NewPCG(1, 2))
					random := func(n int) []float32 {
						v := make([]float32, n)
						for i := range v {
							v[i] = 2*r.Float32() - 1
						}
						return v
					}
					m := &Matrix{Rows: cell.gates * hidden, Depth: columns, Tile: cell.tile, Data: random(cell.gates * hidden * columns)}
					bias, x := random(4*hidden), random(inputs)
					stream := func(s *Set) Stream {
						floats := func(n int) []float32 { return make([]float32, n) }
						return cell.bind(s.NewWeights(m, inputs), Memory{
							X: x, H: floats(hidden), Next: floats(hidden), C: floats(hidden), Out: floats(hidden), Bias: bias,
						})
					}
					a, b := stream(near), stream(&far)
					require.Equal(t, a.Bytes(), b.Bytes())
					for range 5 { // forwards and backwards
						copy(x, random(inputs))
						a.Step()
						b.Step()
						require.Equal(t, a.State(), b.State(), name)
					}
				}
			}
		}
	}
}
