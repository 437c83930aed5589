package runtime_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A special layer has the arithmetic of its cell.
func TestABoundThatNoSumReachesChangesNoBit(t *testing.T) {
	for _, s := range modeltest.Cells() {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
			for _, tokens := range []int{0, 9} {
				s.Input, s.Hidden, s.Layers, s.InitialState, s.DType, s.Tokens, s.Clip = 3, 19, 2, true, dtype, tokens, 0
				t.Run(s.String(), func(t *testing.T) {
					in := inputOf(s, 50)
					want := run(t, s, in)
					s.Clip = 1e30
					require.Equal(t, want, run(t, s, in))
				})
			}
		}
	}
}

// A dense layer at the top has the bits of a head, and so has one without an
// activation below another dense layer.
func TestADenseLayerHasTheBitsOfAHead(t *testing.T) {
	for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
		s := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 17, Outputs: 5, DType: dtype}
		headed := s.Model()
		layered := s.Model()
		h := layered.Head
		layered.Head = nil
		layered.Layers = append(layered.Layers, format.Layer{
			Cell: format.CellDense, InputSize: h.InputSize, HiddenSize: h.OutputSize,
			Directions: []format.Weights{{Gates: h.Weight, Bias: h.Bias}},
		})
		var want []uint32
		for _, d := range []*format.Model{headed, layered} {
			m, err := rnn.New(d)
			require.NoError(t, err)
			session := m.NewSession()
			y, err := session.Run(s.Inputs(20, 1))
			require.NoError(t, err)
			got := append(bits(y), bits(session.Logits())...)
			if want == nil {
				want = got
			}
			require.Equal(t, want, got, dtype)
			require.Equal(t, headed.Parameters(), d.Parameters())
			if dtype == format.DTypeF32 {
				session.Reset()
				y, err = session.Step(s.Inputs(1, 1))
				require.NoError(t, err)
				require.Equal(t, want[:5], bits(y))
			}
		}
	}
}

func TestStateOfSpecialLayers(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Input: 3, Hidden: 10, Projection: 4, Below: 5, Above: 6, Pool: format.PoolMax}
	session := model(t, s).NewSession()
	for layer, want := range [][2]int{{0, 0}, {4, 10}, {0, 0}} {
		h, c := session.State(layer, 0)
		require.Len(t, h, want[0])
		require.Len(t, c, want[1])
	}
	require.True(t, session.Model().Streamable())
	s.Reverse = true
	m := model(t, s)
	require.False(t, m.Streamable())
	_, err := m.NewSession().Step(make([]float32, 3))
	require.ErrorIs(t, err, rnn.ErrBidirectional)
}

func TestModelsWithoutARecurrentLayerRun(t *testing.T) {
	relu := []format.Activation{{Kind: format.ActivationReLU}}
	dense := func(in, out int, weight, bias []float32, activations []format.Activation) format.Layer {
		l := format.Layer{Cell: format.CellDense, InputSize: in, HiddenSize: out}
		w, err := l.Pack(format.Plain{WeightIH: weight, BiasIH: bias})
		require.NoError(t, err)
		w.Activations = activations
		l.Directions = []format.Weights{w}
		return l
	}
	m, err := rnn.New(&format.Model{InputSize: 1, Skip: true, Layers: []format.Layer{
		dense(1, 2, []float32{1, -1}, []float32{0, 1}, relu),
		dense(2, 1, []float32{10, 100}, nil, nil),
	}})
	require.NoError(t, err)
	s := m.NewSession()
	y, err := s.Run([]float32{2, -1, 0.5})
	require.NoError(t, err)
	require.Equal(t, []float32{2 + 20, -1 + 200, 0.5 + 5 + 50}, y)
	require.Equal(t, []float32{55}, s.Logits())
	y, err = s.Step([]float32{2})
	require.NoError(t, err)
	require.Equal(t, []float32{22}, y)
	b, err := s.AppendBinary(nil)
	require.NoError(t, err)
	require.NoError(t, s.UnmarshalBinary(b))
	_, err = s.Step([]float32{2, 3})
	require.ErrorIs(t, err, rnn.ErrInputSize)
}

func TestASpecialLayerCountsForTheFingerprint(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 8, Peephole: true, Projection: 8, Clip: 1}
	s.Activations = [3]format.Activation{{Kind: format.ActivationAffine, Alpha: 1}, {}, {}}
	b, err := model(t, s).NewSession().AppendBinary(nil)
	require.NoError(t, err)
	for name, change := range map[string]func(l *format.Layer){
		"clip":        func(l *format.Layer) { l.Clip = 2 },
		"coupled":     func(l *format.Layer) { l.InputForget = true },
		"peephole":    func(l *format.Layer) { l.Directions[0].Peephole[3] = 9 },
		"projection":  func(l *format.Layer) { l.Directions[0].Projection.Data[3] = 9 },
		"activations": func(l *format.Layer) { l.Directions[0].Activations = nil },
		"a constant":  func(l *format.Layer) { l.Directions[0].Activations[0].Beta = 1 },
	} {
		d := s.Model()
		change(&d.Layers[0])
		m, err := rnn.New(d)
		require.NoError(t, err)
		require.ErrorContains(t, m.NewSession().UnmarshalBinary(b), "of another model", name)
	}
}
