package modeltest_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// pairsOf returns which op reads which in a graph.
func pairsOf(g *format.Graph) (pairs []string) {
	for i := range g.Nodes {
		for _, v := range g.Nodes[i].Inputs {
			from := "input"
			if v >= len(g.Inputs) {
				from = modeltest.OpName(&g.Nodes[v-len(g.Inputs)])
			}
			pairs = append(pairs, from+" → "+modeltest.OpName(&g.Nodes[i]))
		}
	}
	return pairs
}

// possiblePairs returns the pairs that graphs can have, with each recurrent layer by
// itself: it gives values of each step, and reads no others.
func possiblePairs() []string {
	recurrent := map[string]bool{}
	layers := []string{modeltest.OpName(&format.Node{Op: &format.Layer{Cell: format.CellDense}})}
	for _, s := range modeltest.Cells() {
		name := modeltest.OpName(&format.Node{Op: &format.Layer{Cell: s.Cell, Variant: s.Variant}})
		layers, recurrent[name] = append(layers, name), true
	}
	each := func(kind string) []string {
		if kind == "layer" {
			return layers
		}
		return []string{kind}
	}
	pairs := map[string]bool{}
	for from, kinds := range possible() {
		for _, kind := range kinds {
			for _, a := range each(from) {
				for _, b := range each(kind) {
					if !(recurrent[b] && a == "sequence pool" || recurrent[a] && b == "repeat") {
						pairs[a+" → "+b] = true
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(pairs))
}

// The graphs of the seeds have every op beside every other.
func TestGraphSeedsHaveEveryPairOfOps(t *testing.T) {
	missing := map[string]bool{}
	for _, pair := range possiblePairs() {
		missing[pair] = true
	}
	require.Greater(t, len(missing), 450)
	// take removes the pairs of a graph, and returns how many there were.
	take := func(seed uint64) int {
		n := len(missing)
		for _, pair := range pairsOf(modeltest.SeededGraph(seed).Graph) {
			delete(missing, pair)
		}
		return n - len(missing)
	}
	seeds := modeltest.GraphSeeds()
	for _, seed := range seeds {
		take(seed)
	}
	if len(missing) == 0 {
		return
	}
	pairs := slices.Sorted(maps.Keys(missing))
	var found []uint64
	for seed := modeltest.NewSeeds; seed < modeltest.NewSeeds+100_000 && len(missing) > 0; seed++ {
		if take(seed) > 0 {
			found = append(found, seed)
		}
	}
	require.Failf(t, "pairs of ops that no graph has", "%q\nto have them, add these to newPairSeeds: %v", pairs, found)
}
