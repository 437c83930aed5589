package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// TestSmallBinary16ModelsReadFloat32 counts the bytes that a step reads, on both
// sides of the limit of 36 KiB.
func TestSmallBinary16ModelsReadFloat32(t *testing.T) {
	const f32, f16 = 4, 2
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 8, Hidden: 40}
	for _, c := range []struct {
		name   string
		change func(s *modeltest.Spec)
		weight int // bytes
		count  int // of weights; biases are float32
		biases int
	}{
		{"below", func(s *modeltest.Spec) {}, f32, 160 * 48, 160},
		{"above", func(s *modeltest.Spec) { s.Input = 24 }, f16, 160 * 64, 160},
		{"layers of a step add up", func(s *modeltest.Spec) { s.Layers = 2 }, f16, 160*48 + 160*80, 320},
		{"and the head", func(s *modeltest.Spec) { s.Input, s.Outputs = 16, 40 }, f16, 160*56 + 40*40, 200},
		{"directions do not", func(s *modeltest.Spec) { s.Bidirectional = true }, f32, 2 * 160 * 48, 320},
		{"GRU", func(s *modeltest.Spec) { s.Cell, s.Variant = format.CellGRU, format.VariantResetAfter }, f32, 120 * 48, 160},
		{"GRU with reset before", func(s *modeltest.Spec) { s.Cell, s.Variant = format.CellGRU, format.VariantResetBefore }, f32, 120 * 48, 120},
		{"a projection", func(s *modeltest.Spec) { s.Projection = 16 }, f32, 160*24 + 16*40, 160},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := lstm
			c.change(&s)
			m := binary16(t, s)
			loaded, err := rnn.New(m)
			require.NoError(t, err)
			require.Equal(t, c.weight*c.count+4*c.biases, loaded.StepBytes())
			require.Equal(t, format.DTypeF16, loaded.Description().Layers[0].Directions[0].Gates.DType, "the description stays")
		})
	}
}

// TestSmallBinary16ModelsKeepTheirBits compares the outputs of a small model with
// those of the float32 model that has the same weights.
func TestSmallBinary16ModelsKeepTheirBits(t *testing.T) {
	for _, set := range kernels.Available() {
		for _, s := range modeltest.Cells() {
			for _, hidden := range []int{1, 7, 8, 9, 16, 40} {
				s.Input, s.Hidden, s.Outputs, s.Bidirectional = 3, hidden, 2, hidden%2 == 1
				m := binary16(t, s)
				exact, err := m.Convert(format.DTypeF32)
				require.NoError(t, err)
				require.Equal(t, outputBits(t, exact, set.Name(), s), outputBits(t, m, set.Name(), s), "%v on %s", s, set.Name())
			}
		}
	}
}

func binary16(t *testing.T, s modeltest.Spec) *format.Model {
	m, err := s.Model().Convert(format.DTypeF16)
	require.NoError(t, err)
	return m
}

// outputBits returns the bits of the outputs of 20 steps.
func outputBits(t *testing.T, m *format.Model, set string, s modeltest.Spec) (bits []uint32) {
	loaded, err := rnn.New(m, rnn.WithKernels(set))
	require.NoError(t, err)
	y, err := loaded.NewSession().Run(s.Inputs(20, 1))
	require.NoError(t, err)
	for _, v := range y {
		bits = append(bits, math.Float32bits(v))
	}
	return bits
}
