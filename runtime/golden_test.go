package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/format"
	"rnnrun/internal/modeltest"
)

// The hashes hold for every device and kernel set. A change of one is a change
// of the arithmetic, which breaks the goldens of every model file.
func TestOutputsHaveTheSameBitsOnEveryDevice(t *testing.T) {
	shapes := [3]modeltest.Spec{
		{Output: format.Softmax},
		{Output: format.Sigmoid, Tokens: 7, Pool: format.PoolMax, Bidirectional: true},
		{Output: format.Linear, Pool: format.PoolMean, Normalized: true, InitialState: true},
	}
	want := [5][3]uint64{
		{0x0eb615059a69a651, 0xbb5754b2f3444cf3, 0x663934d13050ea8f},
		{0x18cf37752b86a47a, 0x6ca430042da980a6, 0x91c759b000900904},
		{0xf8fc0bd797f4da51, 0xa92f1ff55a277230, 0xd40e7568f59f94a0},
		{0xf1ec7dccdae7fdca, 0x49ef7108ea9afe5b, 0xff0bdea449b5b8af},
		{0x35295e8ceaf6f3c2, 0x070f9bd9cf102b7b, 0x576a2546c00b7269},
	}
	for i, cell := range modeltest.Cells() {
		for k, s := range shapes {
			s.Cell, s.Variant = cell.Cell, cell.Variant
			s.Input, s.Hidden, s.Layers, s.Outputs = 3, 10, 2, 4
			in := inputOf(s, 30)
			for set, opt := range kernelSets() {
				g, err := model(t, s, opt).Golden(in.tokens, in.xs)
				require.NoError(t, err)
				require.Equalf(t, want[i][k], g.Hash, "%v on %s: %#x", s, set, g.Hash)
			}
		}
	}
}
