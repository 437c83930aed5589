package network

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// SetVariant gives the variant to every layer whose cell has it, and returns the
// number of those layers. The reset of a GRU is then no longer doubtful.
func (n *Network) SetVariant(v format.Variant) int {
	count := 0
	for i := range n.Layers {
		if l := &n.Layers[i]; slices.Contains(l.Cell.Variants(), v) {
			l.Variant = v
			count++
		}
	}
	n.DoubtfulReset = false
	return count
}
