package format

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// rnnoiseModel returns a model with both ops of RNNoise, and a layer that silence does
// not step.
func rnnoiseModel() *Model {
	gru := randomLayer(rand.New(rand.NewPCG(3, 0)), CellGRU, VariantResetBefore, RNNoiseFeatures, RNNoiseBands, 1)
	m := small(RNNoiseFrame, 1,
		Node{&RNNoiseAnalysis{}, []int{0}},
		Node{&Slice{AxisChannels, 0, RNNoiseFeatures, 1}, []int{1}},
		Node{&Slice{AxisChannels, RNNoiseActive, 1, 1}, []int{1}},
		Node{&gru, []int{2, 3}},
		Node{&RNNoiseSynthesis{}, []int{1, 4}},
	)
	m.SampleRate = 100
	return m
}

func TestRNNoiseValues(t *testing.T) {
	require.Equal(t, 2033, RNNoiseAnalyzed)
	m := rnnoiseModel()
	require.NoError(t, m.Validate())
	values, err := m.Graph.Values()
	require.NoError(t, err)
	require.Equal(t, Value{Frames: 1, Channels: RNNoiseAnalyzed}, values[1])
	require.Equal(t, Value{Frames: 480, Channels: 1}, values[5])
	data, err := m.Append(nil)
	require.NoError(t, err)
	got, err := Read(data)
	require.NoError(t, err)
	require.Equal(t, m.Graph, got.Graph)
}

func TestValidateRefusesRNNoise(t *testing.T) {
	for name, c := range map[string]struct {
		change func(g *Graph)
		reason string
	}{
		"another frame":           {func(g *Graph) { g.Inputs[0].Frames = 481 }, "481×1 numbers, but it reads 480 samples a step"},
		"tokens":                  {func(g *Graph) { g.Inputs[0].Tokens = 5 }, "tokens"},
		"no gains":                {func(g *Graph) { g.Nodes[4].Inputs = []int{1} }, "1 value, but it reads 2"},
		"other gains":             {func(g *Graph) { g.Nodes[4].Inputs = []int{1, 2} }, "1×2033 and 1×42 numbers"},
		"no analysis":             {func(g *Graph) { g.Nodes[4].Inputs = []int{0, 4} }, "480×1 and 1×22 numbers"},
		"a sequence's gains":      {func(g *Graph) { g.Nodes[3] = Node{&SequencePool{PoolLast}, []int{1}} }, "node 4 (rnnoise synthesis) has 1×2033 and 1×2033"},
		"a mask of many":          {func(g *Graph) { g.Nodes[3].Inputs[1] = 2 }, "a mask of 1×42, want one number of each step"},
		"two masks":               {func(g *Graph) { g.Nodes[3].Inputs = []int{2, 3, 3} }, "3 values, but it reads 1"},
		"a mask, read backward":   {func(g *Graph) { g.Nodes[3].Op.(*Layer).Reverse = true }, "with one direction, forward, can read"},
		"a mask of a dense layer": {func(g *Graph) { *g.Nodes[3].Op.(*Layer) = denseOf(RNNoiseFeatures, RNNoiseBands) }, "which only a recurrent layer"},
		"a mask of many frames":   {func(g *Graph) { g.Nodes[3].Inputs = []int{0, 3} }, "a mask and 480 frames"},
	} {
		t.Run(name, func(t *testing.T) {
			m := rnnoiseModel()
			c.change(m.Graph)
			_, err := m.Graph.Values()
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func denseOf(inputs, outputs int) Layer {
	return randomLayer(rand.New(rand.NewPCG(4, 0)), CellDense, VariantStandard, inputs, outputs, 1)
}

// A masked layer is done when its mask is.
func TestAMaskMayBeOfALaterPhase(t *testing.T) {
	gru := randomLayer(rand.New(rand.NewPCG(3, 0)), CellGRU, VariantResetAfter, 1, 4, 1)
	m := small(1, 1, Node{&SequencePool{PoolMax}, []int{0}}, Node{&Repeat{}, []int{1}}, Node{&gru, []int{0, 2}})
	values, err := m.Graph.Values()
	require.NoError(t, err)
	require.Equal(t, Value{Frames: 1, Channels: 4, Bounded: true, Phase: 2}, values[3])
}

func TestRNNoiseOpsAreBounded(t *testing.T) {
	m := small(RNNoiseFrame, 1)
	for i := range 1 << 20 / (2 * RNNoiseFrame) {
		m.Graph.Nodes = append(m.Graph.Nodes, Node{&RNNoiseAnalysis{}, []int{0}})
		if i < MaxPorts {
			m.Graph.Outputs = append(m.Graph.Outputs[:i], Port{string(rune('a' + i)), i + 1})
		}
	}
	m.Graph.Nodes = append(m.Graph.Nodes, Node{&RNNoiseAnalysis{}, []int{0}})
	require.ErrorContains(t, m.Validate(), "node 1092 (rnnoise analysis) is one Fourier transform too many")
}
