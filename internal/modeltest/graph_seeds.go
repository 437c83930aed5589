package modeltest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// plainSeeds is the number of random graphs before those of pairSeeds.
const plainSeeds = 600

// pairSeeds are the seeds of graphs with a pair of ops, one reading the other, that no
// earlier graph has. The test of pairs finds them.
var pairSeeds = []uint64{
	618, 641, 642, 652, 671, 679, 736, 757, 774, 784, 847, 891, 897, 906, 922, 957, 994, 1063,
	1079, 1088, 1099, 1113, 1119, 1134, 1161, 1175, 1329, 1363, 1459, 1466, 1569, 1606, 1628, 1743, 1801, 1837,
	2227, 2292, 2378, 2514, 2556, 2657, 2987, 3204, 3588, 3643, 4524, 4737, 4765, 5286, 5659, 7160, 15053, 28168,
}

// NewSeeds is the first seed whose graphs have all ops. Graphs with lower seeds do not
// change, so the hashes of their outputs stay valid.
const NewSeeds uint64 = 1 << 20

// newPairSeeds are the pairSeeds for the ops that only NewSeeds has.
var newPairSeeds = []uint64{
	1048576, 1048579, 1048582, 1048583, 1048588, 1048589, 1048590, 1048595, 1048596, 1048597, 1048602, 1048604,
	1048605, 1048606, 1048610, 1048613, 1048620, 1048626, 1048627, 1048628, 1048629, 1048636, 1048637, 1048647,
	1048658, 1048666, 1048675, 1048676, 1048677, 1048702, 1048708, 1048725, 1048735, 1048751, 1048754, 1048768,
	1048772, 1048788, 1048792, 1048801, 1048807, 1048808, 1048813, 1048839, 1048900, 1048906, 1048934, 1048950,
	1048961, 1048981, 1048984, 1048997, 1049038, 1049068, 1049097, 1049109, 1049134, 1049158, 1049161, 1049162,
	1049226, 1049401, 1049490, 1049909, 1049972, 1050283, 1050516, 1050801, 1051290, 1051292, 1051719,
}

// GraphSeeds returns the seeds for [SeededGraph] of some hundred random graphs. Together
// they have every possible pair of an op that reads another, including recurrent layers
// of every cell and variant.
func GraphSeeds() (seeds []uint64) {
	for seed := range uint64(plainSeeds) {
		seeds = append(seeds, seed)
	}
	return slices.Concat(seeds, pairSeeds, newPairSeeds)
}

// SeededGraph returns the random graph of a seed.
func SeededGraph(seed uint64, formats ...format.DType) *format.Model {
	ops := graphOps[:]
	if seed < NewSeeds {
		ops = ops[:len(ops)-newOps]
	}
	return randomGraph(rand.New(rand.NewPCG(seed, 13)), ops, formats)
}

// OpName returns the name of a node's op in the tests of pairs: its kind and, for a
// layer, its cell and variant.
func OpName(n *format.Node) string {
	if l, ok := n.Op.(*format.Layer); ok {
		return fmt.Sprint(l.Cell, " ", l.Variant)
	}
	return n.Kind()
}
