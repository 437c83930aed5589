package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// The hashes hold for every device and kernel set. If one changes, the
// arithmetic has changed, and the goldens of all model files break.
func TestOutputsHaveTheSameBitsOnEveryDevice(t *testing.T) {
	shapes := [3]modeltest.Spec{
		{Output: format.OutputSoftmax},
		{Output: format.OutputSigmoid, Tokens: 7, Pool: format.PoolMax, Bidirectional: true},
		{Output: format.OutputLinear, Pool: format.PoolMean, Normalized: true, InitialState: true},
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

// The same for dense layers, and layers with features beyond their cell.
func TestRareOutputsHaveTheSameBitsOnEveryDevice(t *testing.T) {
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 3, Hidden: 10}
	var specs []modeltest.Spec
	add := func(change func(s *modeltest.Spec)) {
		s := lstm
		s.Seed = uint64(len(specs))
		change(&s)
		specs = append(specs, s)
	}
	add(func(s *modeltest.Spec) {
		s.Peephole, s.InputForget, s.Clip, s.Projection, s.Layers, s.Bidirectional = true, true, 0.5, 4, 2, true
	})
	for _, cell := range modeltest.Cells()[3:] {
		add(func(s *modeltest.Spec) {
			s.Cell, s.Variant, s.Reverse, s.Pool = cell.Cell, cell.Variant, true, format.PoolLastOutput
			s.Activations = [3]format.Activation{rareActivations[8], rareActivations[11], {}}
		})
	}
	for i, a := range rareActivations {
		add(func(s *modeltest.Spec) {
			s.Below, s.Between, s.Above, s.Layers, s.DenseActivation = 7, 9, 5, 2, a
			s.DType = []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8}[i%3]
		})
	}
	add(func(s *modeltest.Spec) { s.Outputs, s.Output = 5, format.OutputLogSoftmax })
	add(func(s *modeltest.Spec) { s.Skip, s.Outputs, s.Normalized = true, 3, true })
	want := []uint64{
		0x70cf328cb1e64c66, 0x25699f3d53c1e494, 0x01fa865ac98b6f6a, 0xd96ce34bee6612d2,
		0x9e8836b40d3dc17d, 0xffde309b43b61deb, 0x9ce052e31b6bb809, 0x4abf3be4efe6d96e,
		0x3d8c9a6882b159fd, 0xb5f258c150491005, 0x1c4beec64cdaff59, 0xc7e2d53270e07bc7,
		0x2c638bf02917691a, 0x5b34c436d449a9f8, 0x7b4d70d760c83a54, 0x2eb89b5022ab7f42,
		0xa66e409b51994c75,
	}
	require.Len(t, want, len(specs))
	for i, s := range specs {
		in := inputOf(s, 30)
		for set, opt := range kernelSets() {
			g, err := model(t, s, opt).Golden(in.tokens, in.xs)
			require.NoError(t, err)
			require.Equalf(t, want[i], g.Hash, "%v on %s: %#x", s, set, g.Hash)
		}
	}
}
