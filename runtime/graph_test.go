package runtime_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// graphSeeds returns the seeds of the random graphs that a test runs: n seeds, and some
// that cover all ops.
func graphSeeds(t *testing.T, n uint64) (seeds []uint64) {
	if testing.Short() {
		n /= 10
	}
	for seed := range n {
		seeds = append(seeds, seed)
	}
	for seed := range n / 4 {
		seeds = append(seeds, modeltest.NewSeeds+seed)
	}
	return seeds
}

// A graphInput is a sequence for a graph: the steps of each input, one after
// the other, and the steps of all inputs together.
type graphInput struct {
	steps   int
	numbers [][]float32
	ids     [][]int32
	xs      []float32
	tokens  []int32
}

func newGraphInput(r *rand.Rand, g *format.Graph, steps int) graphInput {
	in := graphInput{steps: steps, numbers: make([][]float32, len(g.Inputs)), ids: make([][]int32, len(g.Inputs))}
	for range steps {
		for i, p := range g.Inputs {
			for range p.Frames * p.Channels {
				if p.Tokens > 0 {
					id := int32(r.IntN(p.Tokens))
					in.ids[i], in.tokens = append(in.ids[i], id), append(in.tokens, id)
				} else {
					x := r.Float32()*2 - 1
					in.numbers[i], in.xs = append(in.numbers[i], x), append(in.xs, x)
				}
			}
		}
	}
	return in
}

// normalized returns the numbers as the graph reads them.
func (in graphInput) normalized(m *format.Model) [][]float32 {
	list := make([][]float32, len(in.numbers))
	for i, xs := range in.numbers {
		list[i] = make([]float32, len(xs))
		m.Normalization.NormalizeInputs(list[i], xs)
	}
	return list
}

func newGraph(t *testing.T, seed uint64, set string, dtypes ...format.DType) (*format.Model, *rnn.Model) {
	t.Helper()
	d := modeltest.SeededGraph(seed, dtypes...)
	m, err := rnn.New(d, rnn.WithKernels(set))
	require.NoError(t, err)
	return d, m
}

// A graph computes the definitions of its ops, in any combination.
func TestGraphsAgreeWithTheDefinitions(t *testing.T) {
	for i, seed := range modeltest.GraphSeeds() {
		if testing.Short() && i%10 != 0 {
			continue
		}
		d, m := newGraph(t, seed, kernels.Best().Name(), format.DTypeF32, format.DTypeF16)
		in := newGraphInput(rand.New(rand.NewPCG(seed, 1)), d.Graph, 1+int(seed%9))
		want := referenceGraph(d.Graph, in.steps, in.normalized(d), in.ids, 0)
		moved := referenceGraph(d.Graph, in.steps, in.normalized(d), in.ids, 0x1p-24)
		s := m.NewSession()
		y, err := s.RunInputs(in.xs, in.tokens)
		require.NoError(t, err)
		for i, out := range m.Outputs() {
			v, w := want[i], moved[i]
			if len(want) == 1 {
				for step := range v {
					v[step], w[step] = referenceGraphOutput(d, v[step]), referenceGraphOutput(d, w[step])
				}
			}
			if out.Sequence {
				requireGraphNear(t, v[0], w[0], s.Output(out.Name), "seed %d, output %q", seed, out.Name)
				continue
			}
			for step := range in.steps {
				at := step * eachSize(m)
				for _, before := range m.Outputs()[:i] {
					if !before.Sequence {
						at += before.Frames * before.Channels
					}
				}
				requireGraphNear(t, v[step], w[step], y[at:][:len(v[step])], "seed %d, output %q, step %d", seed, out.Name, step)
			}
		}
	}
}

// eachSize returns the number of outputs of each step of a model.
func eachSize(m *rnn.Model) int {
	n := 0
	for _, out := range m.Outputs() {
		if !out.Sequence {
			n += out.Frames * out.Channels
		}
	}
	return n
}

// requireGraphNear requires that numbers are within 1e-5 of want, or within the error
// that half a unit in the last place of every value causes.
func requireGraphNear(t *testing.T, want, moved []float64, got []float32, format string, args ...any) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		delta := 1e-5*max(1, math.Abs(w)) + 10*math.Abs(moved[i]-w)
		if d := math.Abs(float64(got[i]) - w); d > delta || math.IsNaN(float64(got[i])) != math.IsNaN(w) {
			require.InDelta(t, w, got[i], delta, fmt.Sprintf(format, args...)+fmt.Sprint(", number ", i))
		}
	}
}

// runAll returns the bits of all outputs of a model for a sequence.
func runAll(t *testing.T, m *rnn.Model, in graphInput) []uint32 {
	t.Helper()
	s := m.NewSession()
	y, err := s.RunInputs(in.xs, in.tokens)
	require.NoError(t, err)
	return in.bits(m, s, y)
}

// bits returns the bits of the outputs of each step, as Run returned them, and of
// the outputs of the sequence.
func (in graphInput) bits(m *rnn.Model, s *rnn.Session, y []float32) []uint32 {
	if eachSize(m) == 0 {
		y = nil
	}
	return append(bitsOf(y), sequenceBits(m, s)...)
}

// sequenceBits returns the bits of the outputs of the whole sequence.
func sequenceBits(m *rnn.Model, s *rnn.Session) (bits []uint32) {
	for _, out := range m.Outputs() {
		if out.Sequence {
			bits = append(bits, bitsOf(s.Output(out.Name))...)
		}
	}
	return bits
}

func bitsOf(v []float32) []uint32 {
	bits := make([]uint32, len(v))
	for i, x := range v {
		if bits[i] = math.Float32bits(x); x != x {
			bits[i] = 0x7fc00000 // the payload of a NaN is not defined
		}
	}
	return bits
}

// step sets the inputs of a session to step i of a sequence, and makes it.
func (in graphInput) step(t *testing.T, m *rnn.Model, s *rnn.Session, i int) []uint32 {
	t.Helper()
	for k, p := range m.Inputs() {
		n := p.Frames * p.Channels
		if p.Tokens > 0 {
			copy(s.InputTokens(p.Name), in.ids[k][i*n:][:n])
		} else {
			copy(s.Input(p.Name), in.numbers[k][i*n:][:n])
		}
	}
	require.NoError(t, s.Advance())
	var bits []uint32
	for _, out := range m.Outputs() {
		if !out.Sequence {
			bits = append(bits, bitsOf(s.Output(out.Name))...)
		}
	}
	return bits
}

// A graph that can be stepped gives the bits of Run step by step, in chunks, and
// across a snapshot.
func TestGraphsStepAsTheyRun(t *testing.T) {
	streams, sets := 0, kernels.Available()
	for _, seed := range graphSeeds(t, 600) {
		d, m := newGraph(t, seed, sets[seed%uint64(len(sets))].Name())
		if !m.Streamable() {
			require.ErrorIs(t, m.NewSession().Advance(), rnn.ErrBidirectional)
			continue
		}
		streams++
		in := newGraphInput(rand.New(rand.NewPCG(seed, 2)), d.Graph, 3+int(seed%200))
		want := runAll(t, m, in)
		s := m.NewSession()
		var got []uint32
		for i := range in.steps {
			if i == in.steps/2 {
				b, err := s.MarshalBinary()
				require.NoError(t, err)
				s = m.NewSession()
				require.NoError(t, s.UnmarshalBinary(b), "seed %d", seed)
			}
			got = append(got, in.step(t, m, s, i)...)
		}
		require.Equal(t, want, append(got, sequenceBits(m, s)...), "seed %d", seed)

		s, got = m.NewSession(), nil
		for first, n := 0, 1; first < in.steps; first, n = first+n, n+2 {
			n = min(n, in.steps-first)
			part := in.part(m, first, n)
			y, err := s.RunInputs(part.xs, part.tokens)
			require.NoError(t, err)
			if eachSize(m) > 0 {
				got = append(got, bitsOf(y)...)
			}
		}
		require.Equal(t, want[:len(got)], append([]uint32{}, got...), "seed %d in parts", seed)
	}
	require.Positive(t, streams)
}

// part returns n steps from the first on.
func (in graphInput) part(m *rnn.Model, first, n int) graphInput {
	numbers, tokens := len(in.xs)/in.steps, len(in.tokens)/in.steps
	return graphInput{steps: n, xs: in.xs[first*numbers:][:n*numbers], tokens: in.tokens[first*tokens:][:n*tokens]}
}

// A reset session starts from the beginning, and a sequence leaves nothing behind
// for the next one.
func TestGraphsReset(t *testing.T) {
	for _, seed := range graphSeeds(t, 200) {
		d, m := newGraph(t, seed, kernels.Best().Name())
		r := rand.New(rand.NewPCG(seed, 3))
		in, other := newGraphInput(r, d.Graph, 5), newGraphInput(r, d.Graph, 9)
		want := runAll(t, m, in)
		s := m.NewSession()
		_, err := s.RunInputs(other.xs, other.tokens)
		require.NoError(t, err)
		s.Reset()
		y, err := s.RunInputs(in.xs, in.tokens)
		require.NoError(t, err)
		require.Equal(t, want, in.bits(m, s, y), "seed %d", seed)
	}
}

// A file holds goldens of a graph, which prove it on the device.
func TestGraphsVerify(t *testing.T) {
	tried := 0
	for _, seed := range graphSeeds(t, 200) {
		d, m := newGraph(t, seed, kernels.Best().Name())
		in := newGraphInput(rand.New(rand.NewPCG(seed, 4)), d.Graph, 1+int(seed%5))
		g, err := m.Golden(in.tokens, in.xs)
		require.NoError(t, err)
		if slices.ContainsFunc(g.Last, func(v float32) bool { return v-v != 0 }) {
			continue // int8 rounds the argument of a logarithm or a root below 0
		}
		tried++
		d.Goldens = []format.Golden{g}
		file, err := d.Append(nil)
		require.NoError(t, err)
		for _, set := range kernels.Available() {
			m, err := rnn.Load(file, rnn.WithKernels(set.Name()))
			require.NoError(t, err)
			require.NoError(t, m.Verify(), "seed %d on %s", seed, set.Name())
		}
		d.Goldens[0].Hash++
		m, err = rnn.New(d)
		require.NoError(t, err)
		require.ErrorIs(t, m.Verify(), rnn.ErrVerify, "seed %d", seed)
	}
	require.Greater(t, tried, len(graphSeeds(t, 200))/2)
}

// No call allocates after a session has run a sequence of the same length.
func TestGraphsAllocateNothing(t *testing.T) {
	for _, seed := range graphSeeds(t, 100) {
		d, m := newGraph(t, seed, kernels.Best().Name())
		in := newGraphInput(rand.New(rand.NewPCG(seed, 5)), d.Graph, 4)
		s := m.NewSession()
		var err error
		run := func() { _, err = s.RunInputs(in.xs, in.tokens) }
		run()
		require.Zero(t, testing.AllocsPerRun(2, run), "seed %d, Run", seed)
		require.NoError(t, err)
		if m.Streamable() {
			require.Zero(t, testing.AllocsPerRun(2, func() { err = s.Advance() }), "seed %d, Advance", seed)
			require.NoError(t, err)
		}
	}
}

// A snapshot of another graph, or of the same graph with another weight, is
// refused.
func TestASnapshotOfAnotherGraphIsRefused(t *testing.T) {
	var last []byte
	for seed := range uint64(30) {
		_, m := newGraph(t, seed, kernels.Best().Name())
		if !m.Streamable() {
			continue
		}
		if last != nil {
			require.ErrorIs(t, m.NewSession().UnmarshalBinary(last), rnn.ErrSnapshot, "seed %d", seed)
		}
		var err error
		last, err = m.NewSession().MarshalBinary()
		require.NoError(t, err)
	}
	require.NotNil(t, last)
}

// Ops that need the whole sequence read the steps of the only input again.
func TestStepsBesideTheirMean(t *testing.T) {
	m, err := rnn.New(&format.Model{InputSize: 2, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "x", Frames: 1, Channels: 2}},
		Nodes: []format.Node{
			{Op: &format.SequencePool{Pool: format.PoolMean}, Inputs: []int{0}},
			{Op: &format.Repeat{}, Inputs: []int{1}},
			{Op: &format.Binary{Function: format.BinarySub}, Inputs: []int{0, 2}},
		},
		Outputs: []format.Port{{Name: "y", Value: 3}},
	}})
	require.NoError(t, err)
	y, err := m.NewSession().Run([]float32{1, 2, 2, 4, 6, 9})
	require.NoError(t, err)
	require.Equal(t, []float32{-2, -3, -1, -1, 3, 4}, y)
}

// The errors of calls that do not fit a graph's inputs say which calls do.
func TestGraphsRefuseOtherInputs(t *testing.T) {
	two := &format.Model{InputSize: 2, Graph: &format.Graph{
		Inputs:  []format.Input{{Name: "a", Frames: 1, Channels: 2}, {Name: "ids", Frames: 1, Channels: 1, Tokens: 3}},
		Nodes:   []format.Node{{Op: &format.Embedding{Tokens: 3, Size: 2, Table: make([]float32, 6)}, Inputs: []int{1}}, {Op: &format.Binary{}, Inputs: []int{0, 2}}},
		Outputs: []format.Port{{Name: "y", Value: 3}},
	}}
	m, err := rnn.New(two)
	require.NoError(t, err)
	s := m.NewSession()
	for name, call := range map[string]func() error{
		"Step":      func() error { _, err := s.Step(make([]float32, 2)); return err },
		"StepToken": func() error { _, err := s.StepToken(1); return err },
		"Run":       func() error { _, err := s.Run(make([]float32, 2)); return err },
		"RunTokens": func() error { _, err := s.RunTokens([]int32{1}); return err },
	} {
		require.ErrorIs(t, call(), rnn.ErrInputKind, name)
	}
	_, err = s.RunInputs(make([]float32, 4), []int32{1})
	require.ErrorIs(t, err, rnn.ErrInputSize)
	_, err = s.RunInputs(make([]float32, 2), []int32{3})
	require.ErrorIs(t, err, rnn.ErrTokenRange)
	s.InputTokens("ids")[0] = -1
	require.ErrorIs(t, s.Advance(), rnn.ErrTokenRange)
	require.Nil(t, s.Input("ids"))
	require.Nil(t, s.InputTokens("a"))
	require.Nil(t, s.Input("b"))
	require.Nil(t, s.Output("b"))
	require.Equal(t, []rnn.Output{{Name: "y", Frames: 1, Channels: 2}}, m.Outputs())
	require.NoError(t, m.Close())
	require.ErrorIs(t, s.Advance(), rnn.ErrClosed)
	_, err = s.RunInputs(nil, nil)
	require.ErrorIs(t, err, rnn.ErrClosed)
}

// A stack of layers has one named input and output, so it can be used like a graph.
func TestAStackHasPorts(t *testing.T) {
	m, err := rnn.New(modeltest.Cells()[0].Model())
	require.NoError(t, err)
	a, b := m.NewSession(), m.NewSession()
	x := make([]float32, m.InputSize())
	for i := range x {
		x[i] = float32(i) / 3
	}
	copy(b.Input("input"), x)
	y, err := a.Step(x)
	require.NoError(t, err)
	require.NoError(t, b.Advance())
	require.Equal(t, y, b.Output("output"))
	require.Equal(t, []format.Input{{Name: "input", Frames: 1, Channels: m.InputSize()}}, m.Inputs())
}

func ExampleSession_Advance() {
	graph := &format.Graph{
		Inputs:  []format.Input{{Name: "left", Frames: 1, Channels: 1}, {Name: "right", Frames: 1, Channels: 1}},
		Nodes:   []format.Node{{Op: &format.Binary{Function: format.BinaryAdd}, Inputs: []int{0, 1}}, {Op: &format.Binary{Function: format.BinarySub}, Inputs: []int{0, 1}}},
		Outputs: []format.Port{{Name: "middle", Value: 2}, {Name: "side", Value: 3}},
	}
	m, err := rnn.New(&format.Model{InputSize: 2, Graph: graph})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := m.NewSession()
	s.Input("left")[0], s.Input("right")[0] = 3, 1
	if err := s.Advance(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Output("middle"), s.Output("side"))
	// Output: [4] [2]
}
