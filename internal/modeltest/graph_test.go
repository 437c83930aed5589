package modeltest_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

const graphs = 1000

func TestRandomGraphsAreValid(t *testing.T) {
	pairs := map[string]int{}
	streams, several, formats, phases := 0, 0, map[format.DType]int{}, map[int]int{}
	for seed := range uint64(graphs) {
		m := modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 0)))
		require.NoError(t, m.Validate())
		require.Equal(t, m, modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 0))), "the same for the same seed")
		g := m.Graph
		for i := range g.Nodes {
			for _, v := range g.Nodes[i].Inputs {
				from := "input"
				if v >= len(g.Inputs) {
					from = g.Nodes[v-len(g.Inputs)].Kind()
				}
				pairs[from+" → "+g.Nodes[i].Kind()]++
			}
		}
		if !m.ReadsBackward() {
			streams++
		}
		if len(g.Inputs) > 1 && len(g.Outputs) > 1 {
			several++
		}
		values, err := g.Values()
		require.NoError(t, err)
		for _, out := range g.Outputs {
			phases[values[out.Value].Phase]++
		}
		for d := range format.DTypeInt4 + 1 {
			if m.WeightBytes(d) > 0 {
				formats[d]++
			}
		}
	}
	var missing []string
	for from, kinds := range possible() {
		for _, to := range kinds {
			if pair := from + " → " + to; pairs[pair] == 0 {
				missing = append(missing, pair)
			}
		}
	}
	require.Empty(t, missing, "pairs of ops that no graph has")
	for what, n := range map[string]int{
		"graphs that can be stepped": streams, "graphs that cannot": graphs - streams, "several inputs and outputs": several,
		"f32": formats[format.DTypeF32], "f16": formats[format.DTypeF16], "int8": formats[format.DTypeInt8], "int4": formats[format.DTypeInt4],
		"outputs of the sequence": phases[1], "outputs after a repeat": phases[2],
	} {
		require.Greater(t, n, graphs/10, what)
	}
}

// possible returns the kinds of ops that can read what each kind gives.
func possible() map[string][]string {
	all := []string{"layer", "conv", "depthwise", "window", "pad", "frame pool", "sequence pool", "norm", "binary", "concat", "slice",
		"reshape", "transpose", "repeat", "map", "prelu", "matmul", "overlap-add", "rfft", "irfft"}
	p := map[string][]string{"input": {"embedding"}, "constant": {"binary", "concat", "matmul"}}
	each := map[string]bool{"embedding": true, "window": true, "repeat": true} // what they give is of each step
	for _, from := range append([]string{"embedding"}, all...) {
		for _, to := range all {
			if from == "sequence pool" && (to == "sequence pool" || to == "window") || each[from] && to == "repeat" {
				continue
			}
			p[from] = append(p[from], to)
		}
	}
	return p
}
