package quantize_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// waves returns steps of numbers of three channels, each as much greater as its factor.
func waves(steps int, factors ...float32) quantize.Sequence {
	xs := make([]float32, 3*steps)
	for i := range xs {
		xs[i] = float32(math.Sin(float64(i) * (1 + 0.3*float64(i%3))))
		if len(factors) > 0 {
			xs[i] *= factors[i%3]
		}
	}
	return quantize.Sequence{Inputs: xs, Width: 3}
}

// nodeFormat returns the number format of the weights of a node alone.
func nodeFormat(n format.Node) format.DType {
	m := &format.Model{Graph: &format.Graph{Nodes: []format.Node{n}}}
	for _, d := range []format.DType{format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
		if m.WeightBytes(d) > 0 {
			return d
		}
	}
	return format.DTypeF32
}

// randomGraph returns a random graph in float32.
func randomGraph(seed uint64) *format.Model {
	return modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 21)), format.DTypeF32)
}

// sequenceFor returns random steps for a graph.
func sequenceFor(m *format.Model, steps int) quantize.Sequence {
	r := rand.New(rand.NewPCG(9, 9))
	var tokens []int32
	var xs []float32
	for range steps {
		for _, in := range m.Graph.Inputs {
			for range in.Frames * in.Channels {
				if in.Tokens > 0 {
					tokens = append(tokens, r.Int32N(int32(in.Tokens)))
				} else {
					xs = append(xs, 2*r.Float32()-1)
				}
			}
		}
	}
	return quantize.NewSequence(m, tokens, xs)
}

const randomGraphs = 150

// The parts of a graph are its nodes whose weights can be in other formats, and each
// gets its own; all in one format are what Convert gives.
func TestEachNodeOfAGraphHasItsFormat(t *testing.T) {
	formats := []format.DType{format.DTypeInt8, format.DTypeF16, format.DTypeF32}
	parted := 0
	for seed := range uint64(randomGraphs) {
		m := randomGraph(seed)
		before, err := m.Append(nil)
		require.NoError(t, err)
		p := quantize.Uniform(m, format.DTypeF32)
		parts := quantize.Parts(m)
		want := map[int]format.DType{}
		for i, part := range parts {
			var value int
			_, err := fmt.Sscanf(part.Name, "value %d", &value)
			require.NoError(t, err)
			node := value - len(m.Graph.Inputs)
			require.Equal(t, m.Graph.Nodes[node].Kind(), part.Kind)
			want[node] = formats[i%3]
			part.Set(&p, want[node])
		}
		if len(parts) > 1 {
			parted++
		}
		q, err := p.Model(m)
		require.NoError(t, err, "seed %d", seed)
		require.NoError(t, q.Validate())
		for i := range q.Graph.Nodes {
			require.Equal(t, want[i], nodeFormat(q.Graph.Nodes[i]), "seed %d, node %d", seed, i)
		}
		_, err = rnn.New(q)
		require.NoError(t, err)
		for _, d := range formats {
			uniform, err := quantize.Uniform(m, d).Model(m)
			require.NoError(t, err)
			converted, err := m.Convert(d)
			require.NoError(t, err)
			require.Equal(t, converted, uniform, "seed %d", seed)
		}
		after, err := m.Append(nil)
		require.NoError(t, err)
		require.Equal(t, before, after, "the original stays")
	}
	require.Greater(t, parted, randomGraphs/3)
}

// Every random graph can be searched, with the factors that its ranges suggest, and the
// result has the same bits on every kernel set, and where it can be stepped.
func TestRandomGraphsAreQuantized(t *testing.T) {
	balanced, kept := 0, 0
	for seed := range uint64(randomGraphs / 3) {
		m := randomGraph(seed)
		s := sequenceFor(m, 12)
		ranges, err := quantize.Ranges(m, s)
		require.NoError(t, err, "seed %d", seed)
		measure, err := quantize.NewOutputs(open(t, m), s)
		require.NoError(t, err)
		r, err := quantize.Search(m, quantize.Options{DType: format.DTypeInt8, Ranges: ranges, Loss: measure.Loss, MaxLoss: math.Inf(1), MaxPartLoss: 2})
		require.NoError(t, err, "seed %d", seed)
		require.Len(t, measure.Outputs, len(m.Graph.Outputs))
		for _, p := range r.Parts {
			if p.Balanced {
				balanced++
			}
			if p.Kept {
				kept++
			}
		}
		want := runBits(t, r.Model, s, kernels.Best().Name())
		for _, set := range kernels.Available() {
			require.Equal(t, want, runBits(t, r.Model, s, set.Name()), "seed %d on %s", seed, set.Name())
		}
	}
	require.Positive(t, balanced)
	require.Positive(t, kept)
}

func runBits(t *testing.T, d *format.Model, s quantize.Sequence, set string) []uint32 {
	t.Helper()
	m, err := rnn.New(d, rnn.WithKernels(set))
	require.NoError(t, err)
	y, err := m.NewSession().RunInputs(s.Inputs, s.Tokens)
	require.NoError(t, err)
	bits := make([]uint32, len(y))
	for i, v := range y {
		if bits[i] = math.Float32bits(v); v != v {
			bits[i] = 0x7fc00000
		}
	}
	return bits
}

// The ranges are of what a node reads, after the normalization, channel by channel;
// there are none of tokens, and of states, which are within ±1.
func TestRanges(t *testing.T) {
	m := modeltest.ConvLSTM(1)
	m.Normalization = &format.Normalization{Mean: []float32{1, 0, 0}, Scale: []float32{10, 1, 1}}
	s := quantize.Sequence{Inputs: []float32{1, -2, 3, 4, 1, -5}, Width: 3}
	ranges, err := quantize.Ranges(m, s, quantize.Sequence{Inputs: []float32{0, 0, 6}, Width: 3})
	require.NoError(t, err)
	require.Len(t, ranges, 8)
	require.Nil(t, ranges[0], "a window has no weights")
	require.Equal(t, []float32{30, 2, 6}, ranges[1])
	require.Len(t, ranges[4], 24)
	require.Nil(t, ranges[5], "states are bounded")
}

// A convolution, a dense layer and a recurrent one whose inputs differ by five orders of
// magnitude from channel to channel bear int8, since a search brings them to one range.
func TestChannelsOfAllRangesBearInt8(t *testing.T) {
	factors := []float32{1, 1e5, 1e-2}
	m := modeltest.ConvLSTM(3, factors...)
	s := waves(200, factors...)
	ranges, err := quantize.Ranges(m, s)
	require.NoError(t, err)
	measure, err := quantize.NewOutputs(open(t, m), s)
	require.NoError(t, err)
	o := quantize.Options{DType: format.DTypeInt8, Loss: measure.Loss, MaxLoss: math.Inf(1)}
	plain, err := quantize.Search(m, o)
	require.NoError(t, err)
	require.Equal(t, "value 2", plain.Parts[0].Name)
	require.Greater(t, plain.Parts[0].Loss, 10., "one step for all channels loses those of a small range")

	o.Ranges = ranges
	r, err := quantize.Search(m, o)
	require.NoError(t, err)
	require.True(t, r.Parts[0].Balanced)
	require.Less(t, r.Parts[0].Loss, 2.)
	require.Less(t, r.Loss, plain.Loss)
	require.Equal(t, len(m.Graph.Nodes)+2, len(r.Model.Graph.Nodes), "a constant and a product")
	require.False(t, r.Parts[2].Balanced, "%+v", r.Parts[2])

	kept, err := quantize.Search(m, quantize.Options{DType: o.DType, Loss: o.Loss, MaxLoss: o.MaxLoss, MaxPartLoss: 9})
	require.NoError(t, err)
	require.True(t, kept.Parts[0].Kept, "without ranges it stays in f16")
	require.Equal(t, format.DTypeF16, kept.Plan.Nodes[1].DType)
	require.Equal(t, format.DTypeInt8, kept.Plan.Nodes[4].DType)
	require.Equal(t, len(m.Graph.Nodes), len(kept.Model.Graph.Nodes))
}

// The loss of a model with several outputs is that of the worst of them.
func TestEachOutputIsMeasured(t *testing.T) {
	m := modeltest.ConvLSTM(3)
	s := waves(50)
	measure, err := quantize.NewOutputs(open(t, m), s)
	require.NoError(t, err)
	q := *m
	g := *m.Graph
	q.Graph = &g
	g.Nodes = append([]format.Node(nil), g.Nodes...)
	moved := *g.Nodes[6].Op.(*format.Layer) // only the output active
	moved.Directions = append([]format.Weights(nil), moved.Directions...)
	moved.Directions[0].Bias = append([]float32(nil), moved.Directions[0].Bias...)
	moved.Directions[0].Bias[0] += 0.5
	g.Nodes[6].Op = &moved
	loss, err := measure.Loss(&q)
	require.NoError(t, err)
	require.Equal(t, "y", measure.Outputs[0].Name)
	require.Zero(t, measure.Outputs[0].Loss)
	require.Equal(t, "active", measure.Outputs[1].Name)
	require.Equal(t, loss, measure.Outputs[1].Loss)
	require.Greater(t, loss, 1.)
	require.Greater(t, measure.Outputs[1].Greatest, 0.05)
	require.Len(t, measure.Tenths, 10)

	d, err := quantize.MeasureDrift(open(t, m), open(t, &q), waves(200))
	require.NoError(t, err)
	require.Len(t, d.Errors, 100)
	for _, e := range d.Errors {
		require.Greater(t, e, 1.)
	}
}

// Outputs of the whole sequence, and inputs of tokens and numbers, are measured too.
func TestSequencesOfAllInputsAreMeasured(t *testing.T) {
	table := []float32{0.5, -1, 2, 0.25, -0.75, 1}
	m := &format.Model{InputSize: 2, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "a", Frames: 1, Channels: 2}, {Name: "ids", Frames: 1, Channels: 1, Tokens: 3}},
		Nodes: []format.Node{
			{Op: &format.Embedding{Tokens: 3, Size: 2, Table: table}, Inputs: []int{1}},
			{Op: &format.Binary{Function: format.BinaryMul}, Inputs: []int{0, 2}},
			{Op: &format.SequencePool{Pool: format.PoolMean}, Inputs: []int{3}},
		},
		Outputs: []format.Port{{Name: "mean", Value: 4}, {Name: "product", Value: 3}},
	}}
	s := quantize.NewSequence(m, []int32{0, 1, 2, 1}, []float32{1, 2, -1, 0.5, 3, 1, 1, 1})
	require.Equal(t, 4, s.Len())
	measure, err := quantize.NewOutputs(open(t, m), s)
	require.NoError(t, err)
	r, err := quantize.Search(m, quantize.Options{DType: format.DTypeInt8, Loss: measure.Loss, MaxLoss: math.Inf(1)})
	require.NoError(t, err)
	require.Equal(t, []quantize.PartResult{{Name: "value 2", Kind: "embedding", DType: format.DTypeInt8, Loss: r.Loss}}, r.Parts)
	require.Greater(t, r.Loss, 0.)
	require.Less(t, r.Loss, 2.)
	require.Equal(t, []string{"mean", "product"}, []string{measure.Outputs[0].Name, measure.Outputs[1].Name})
}
