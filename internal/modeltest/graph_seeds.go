package modeltest

import (
	"fmt"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
)

// plainSeeds is how many random graphs there are before those of pairSeeds.
const plainSeeds = 600

// pairSeeds are the seeds of graphs in which an op reads another that it reads in no
// graph before. The test of pairs finds them.
var pairSeeds = []uint64{
	618, 641, 642, 652, 671, 679, 736, 757, 774, 784, 847, 891, 897, 906, 922, 957, 994, 1063,
	1079, 1088, 1099, 1113, 1119, 1134, 1161, 1175, 1329, 1363, 1459, 1466, 1569, 1606, 1628, 1743, 1801, 1837,
	2227, 2292, 2378, 2514, 2556, 2657, 2987, 3204, 3588, 3643, 4524, 4737, 4765, 5286, 5659, 7160, 15053, 28168,
}

// GraphSeeds returns the seeds for [SeededGraph] of some hundred random graphs which
// together have each op read each other one that it can read, recurrent layers of every
// cell and variant among them.
func GraphSeeds() (seeds []uint64) {
	for seed := range uint64(plainSeeds) {
		seeds = append(seeds, seed)
	}
	return append(seeds, pairSeeds...)
}

// SeededGraph returns the random graph of a seed.
func SeededGraph(seed uint64, formats ...format.DType) *format.Model {
	return RandomGraph(rand.New(rand.NewPCG(seed, 13)), formats...)
}

// OpName returns what the tests of pairs call a node's op: its kind, of a layer its
// cell and variant.
func OpName(n *format.Node) string {
	if l, ok := n.Op.(*format.Layer); ok {
		return fmt.Sprint(l.Cell, " ", l.Variant)
	}
	return n.Kind()
}
