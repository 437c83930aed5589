package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// graphNodes counts the nodes of a graph by their kinds: "12: 4 conv, 3 map, …".
func graphNodes(g *format.Graph) string {
	counts := map[string]int{}
	var kinds []string
	for i := range g.Nodes {
		kind := g.Nodes[i].Kind()
		if counts[kind] == 0 {
			kinds = append(kinds, kind)
		}
		counts[kind]++
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return counts[b] - counts[a] })
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", counts[kind], kind)
	}
	return fmt.Sprintf("%d: %s", len(g.Nodes), strings.Join(kinds, ", "))
}
