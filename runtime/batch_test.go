package runtime_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A batchTest steps a batch and, beside it, a session for each stream.
type batchTest struct {
	t        *testing.T
	r        *rand.Rand
	batch    *rnn.Batch
	sessions []*rnn.Session
	x        []float32
	tokens   []int32
}

func newBatchTest(t *testing.T, m *rnn.Model, streams int) *batchTest {
	b := &batchTest{t: t, r: rand.New(rand.NewPCG(1, uint64(streams))), batch: m.NewBatch(streams)}
	for range streams {
		b.sessions = append(b.sessions, m.NewSession())
	}
	tokens, numbers := 0, 0
	for _, in := range m.Inputs() {
		if in.Tokens > 0 {
			tokens += in.Frames
		} else {
			numbers += in.Frames * in.Channels
		}
	}
	b.x, b.tokens = make([]float32, streams*numbers), make([]int32, streams*tokens)
	return b
}

// step makes a step of the batch and of all sessions, and compares the outputs
// of all streams.
func (b *batchTest) step() {
	m := b.batch.Model()
	for i := range b.x {
		b.x[i] = 2*b.r.Float32() - 1
	}
	for i := 0; i < len(b.tokens); {
		for _, in := range m.Inputs() {
			for range min(in.Tokens, 1) * in.Frames {
				b.tokens[i] = int32(b.r.IntN(in.Tokens))
				i++
			}
		}
	}
	y, err := b.batch.StepInputs(b.x, b.tokens)
	require.NoError(b.t, err)
	require.Len(b.t, y, len(b.sessions)*m.OutputSize())
	for i, s := range b.sessions {
		want := b.batch.Output(i)
		if b.batch.Active(i) {
			want = b.advance(s, i)
		}
		got := y[i*m.OutputSize():][:m.OutputSize()]
		require.Equal(b.t, bits(want), bits(got), "stream %d", i)
		require.Equal(b.t, bits(s.Logits()), bits(b.batch.Logits(i)), "logits of stream %d", i)
		require.Equal(b.t, s.StepCount(), b.batch.StepCount(i))
	}
}

// advance makes a step of a session with the inputs of stream i.
func (b *batchTest) advance(s *rnn.Session, i int) []float32 {
	n := len(b.sessions)
	x, tokens := b.x[i*(len(b.x)/n):], b.tokens[i*(len(b.tokens)/n):]
	for _, in := range b.batch.Model().Inputs() {
		x = x[copy(s.Input(in.Name), x):]
		tokens = tokens[copy(s.InputTokens(in.Name), tokens):]
	}
	require.NoError(b.t, s.Advance())
	var y []float32
	for _, out := range b.batch.Model().Outputs() {
		y = append(y, s.Output(out.Name)...)
	}
	return y
}

// change makes a stream join, leave, start anew, or continue elsewhere.
func (b *batchTest) change() {
	i := b.r.IntN(len(b.sessions))
	switch b.r.IntN(4) {
	case 0, 1:
		b.batch.SetActive(i, !b.batch.Active(i))
	case 2:
		b.batch.Reset(i)
		b.sessions[i].Reset()
	case 3:
		j := b.r.IntN(len(b.sessions))
		fromBatch, err := b.batch.AppendState(nil, i)
		require.NoError(b.t, err)
		fromSession, err := b.sessions[i].AppendBinary(nil)
		require.NoError(b.t, err)
		require.Equal(b.t, fromSession, fromBatch)
		require.NoError(b.t, b.batch.SetState(j, fromSession))
		require.NoError(b.t, b.sessions[j].UnmarshalBinary(fromBatch))
	}
}

func TestABatchHasTheBitsOfItsSessions(t *testing.T) {
	for _, s := range someShapes() {
		t.Run(s.String(), func(t *testing.T) {
			for _, set := range kernelSets() {
				m := model(t, s, set)
				if !m.Streamable() {
					_, err := m.NewBatch(1).StepInputs(nil, nil)
					require.ErrorIs(t, err, rnn.ErrBidirectional)
					continue
				}
				for _, streams := range []int{1, 2, 7} {
					b := newBatchTest(t, m, streams)
					for range 8 {
						b.step()
						b.change()
					}
				}
			}
		})
	}
}

func TestALargeBatchHasTheBitsOfItsSessions(t *testing.T) {
	for _, cell := range modeltest.Cells() {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
			s := cell
			s.Seed, s.Input, s.Hidden, s.Layers, s.DType = 1, 9, 130, 1, dtype
			t.Run(s.String(), func(t *testing.T) {
				b := newBatchTest(t, model(t, s), 131)
				for range 3 {
					b.step()
					b.change()
				}
			})
		}
	}
}

// batchSeeds returns the seeds of a hundred random graphs, or of every fifth of them
// in a short test.
func batchSeeds() (seeds []uint64) {
	every := 1
	if testing.Short() {
		every = 5
	}
	for i, seed := range modeltest.GraphSeeds()[:100] {
		if i%every == 0 {
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

func TestABatchOfAGraphHasTheBitsOfItsSessions(t *testing.T) {
	for _, seed := range batchSeeds() {
		m, err := rnn.New(modeltest.SeededGraph(seed))
		require.NoError(t, err)
		if !m.Streamable() {
			continue
		}
		b := newBatchTest(t, m, 3)
		for range 6 {
			b.step()
			b.change()
		}
	}
}

// TestABatchRunsSequences gives more sequences than there are streams, of all lengths.
func TestABatchRunsSequences(t *testing.T) {
	for _, s := range someShapes() {
		t.Run(s.String(), func(t *testing.T) {
			for _, set := range kernelSets() {
				m := model(t, s, set)
				b, session := m.NewBatch(4), m.NewSession()
				requireSequences(t, s, b, session, []int{3, 1, 5, 5, 2, 9, 1})
				requireSequences(t, s, b, session, []int{10}) // it starts anew
				requireSequences(t, s, b, session, nil)
			}
		})
	}
}

// requireSequences compares sequences of the given numbers of steps.
func requireSequences(t *testing.T, s modeltest.Spec, b *rnn.Batch, session *rnn.Session, steps []int) {
	var xs [][]float32
	var tokens [][]int32
	var want [][]uint32
	for i, n := range steps {
		s.Seed = uint64(i)
		in := inputOf(s, n)
		xs, tokens = append(xs, in.xs), append(tokens, in.tokens)
		session.Reset()
		y, err := in.run(session)
		require.NoError(t, err)
		want = append(want, bits(y))
	}
	run := func() ([][]float32, error) { return b.Run(xs) }
	if s.Tokens > 0 {
		run = func() ([][]float32, error) { return b.RunTokens(tokens) }
	}
	got, err := run()
	require.NoError(t, err)
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i], bits(got[i]), "sequence %d", i)
	}
}

func TestSmallInt8WeightsGainFromABatchByPanelsAlone(t *testing.T) {
	vnni := func(s *kernels.Set) bool { return s.Name() == "avx512vnni" }
	always := func(*kernels.Set) bool { return true }
	for _, c := range []struct {
		dtype  format.DType
		hidden int
		gains  func(*kernels.Set) bool
	}{
		{format.DTypeF32, 8, always},
		{format.DTypeF16, 8, always},
		{format.DTypeInt8, 8, vnni},
		{format.DTypeInt8, 400, vnni}, // below 1 MiB
		{format.DTypeInt8, 600, always},
	} {
		s := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: c.hidden, DType: c.dtype, Seed: 1}
		for _, set := range kernels.Available() {
			require.Equal(t, c.gains(set), model(t, s, rnn.WithKernels(set.Name())).GainsFromBatch(), "%v on %s", s, set.Name())
		}
	}
}

func TestABatchAllocatesNothing(t *testing.T) {
	for _, s := range someShapes() {
		m := model(t, s)
		b := newBatchTest(t, m, 5)
		if s.Tokens > 0 {
			tokens := [][]int32{s.Sequence(2, 1), s.Sequence(5, 1)}
			require.Zero(t, testing.AllocsPerRun(10, func() { _, _ = b.batch.RunTokens(tokens) }), s.String())
		} else {
			xs := [][]float32{s.Inputs(2, 1), s.Inputs(5, 1)}
			require.Zero(t, testing.AllocsPerRun(10, func() { _, _ = b.batch.Run(xs) }), s.String())
		}
		if !m.Streamable() {
			continue
		}
		b = newBatchTest(t, m, 5)
		b.step()
		i := 0
		require.Zero(t, testing.AllocsPerRun(10, func() {
			_, _ = b.batch.StepInputs(b.x, b.tokens)
			b.batch.SetActive(i%5, i%2 == 0)
			i++
		}), s.String())
	}
}
