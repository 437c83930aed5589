package runtime_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// threads are the numbers of threads that tests use. The machine may have fewer
// processors.
func threads(t testing.TB) []int {
	before := runtime.GOMAXPROCS(8)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	return []int{1, 2, 3, 7}
}

func TestEveryNumberOfThreadsGivesTheSameBits(t *testing.T) {
	counts := threads(t)
	for i, s := range shapes() {
		if testing.Short() && i%5 != 0 {
			continue
		}
		in := inputOf(s, 9)
		want := run(t, s, in)
		for set, opt := range kernelSets() {
			n := counts[i%len(counts)]
			of := fmt.Sprintf("%s, %s, %d threads", s, set, n)
			m := model(t, s, opt, rnn.WithThreadsForAll(n))
			session := m.NewSession()
			y, err := in.run(session)
			require.NoError(t, err)
			require.Equal(t, want, append(bits(y), position(session)...), of)
			if m.Streamable() {
				session.Reset()
				for k := range 9 {
					_, err := in.part(s, k, 1).step(session)
					require.NoError(t, err)
				}
				require.Equal(t, position(session), want[len(want)-len(position(session)):], of)
			}
			sequences := func(m *rnn.Model) [][]float32 {
				b := m.NewBatch(3)
				var y [][]float32
				if s.Tokens > 0 {
					y, err = b.RunTokens([][]int32{in.tokens, in.tokens[:4], in.tokens[:8]})
				} else {
					size := s.InputSize()
					y, err = b.Run([][]float32{in.xs, in.xs[:4*size], in.xs[:8*size]})
				}
				require.NoError(t, err)
				return y
			}
			alone := sequences(model(t, s))
			for i, y := range sequences(m) {
				require.Equal(t, bits(alone[i]), bits(y), of)
			}
		}
	}
}

func TestGraphsHaveTheSameBitsOnAnyNumberOfThreads(t *testing.T) {
	counts := threads(t)
	for i, seed := range modeltest.GraphSeeds() {
		if testing.Short() && i%10 != 0 {
			continue
		}
		d := modeltest.SeededGraph(seed)
		in := newGraphInput(rand.New(rand.NewPCG(seed, 1)), d.Graph, 1+int(seed%9))
		read := func(n int) (all [][]uint32) {
			m, err := rnn.New(d, rnn.WithThreadsForAll(n))
			require.NoError(t, err)
			s := m.NewSession()
			_, err = s.RunInputs(in.xs, in.tokens)
			require.NoError(t, err)
			for _, out := range m.Outputs() {
				all = append(all, bits(s.Output(out.Name)))
			}
			return all
		}
		require.Equal(t, read(1), read(counts[1+i%3]), "seed %d", seed)
	}
}

func TestTranslationsAreTheSameOnAnyNumberOfThreads(t *testing.T) {
	counts := threads(t)
	for _, s := range encoders() {
		d := s.Translator(9)
		source := s.Sequence(6, 3)
		for _, beam := range []int{1, 4} {
			want := translations(t, translator(t, loadTranslator(t, d), rnn.WithBeam(beam), rnn.WithMaxLength(8)), source)
			for _, n := range counts[1:] {
				m := loadTranslator(t, d, rnn.WithThreadsForAll(n))
				require.Equal(t, want, translations(t, translator(t, m, rnn.WithBeam(beam), rnn.WithMaxLength(8)), source), "%s, %d threads", s, n)
			}
		}
	}
}

// large is a model with a layer that threads share without any option for
// tests.
func large() modeltest.Spec {
	s := modeltest.Cells()[len(modeltest.Cells())-1]
	for _, cell := range modeltest.Cells() {
		if cell.Cell == format.CellLSTM {
			s = cell
		}
	}
	s.Input, s.Hidden = 64, 128
	return s
}

func TestStepsOnThreadsAllocateNothing(t *testing.T) {
	threads(t)
	s := large()
	m := model(t, s, rnn.WithThreads(3))
	session, batch := m.NewSession(), m.NewBatch(5)
	x := s.Inputs(5, 1)
	session.Grow(5)
	for range 100 { // until the workers have been started again a few times
		_, _ = session.Step(x[:64])
		time.Sleep(100 * time.Microsecond)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_, _ = session.Step(x[:64])
		_, _ = session.Run(x)
		_, _ = batch.Step(x)
	}))
}

func TestWorkersEndByThemselves(t *testing.T) {
	threads(t)
	before := runtime.NumGoroutine()
	s := large()
	x := s.Inputs(1, 1)
	for range 3 {
		_, err := model(t, s, rnn.WithThreads(7)).NewSession().Step(x)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 10*time.Second, time.Millisecond) // one evaluates this
}

func TestNoGoroutineIsStartedUnlessThreadsAreAskedFor(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, opts := range [][]rnn.Option{nil, {rnn.WithThreads(1)}, {rnn.WithThreads(0)}} {
		s := large()
		_, err := model(t, s, opts...).NewSession().Step(s.Inputs(1, 1))
		require.NoError(t, err)
		require.LessOrEqual(t, runtime.NumGoroutine(), before)
	}
}

func TestThreadsOnOneProcessor(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	s := large()
	in := inputOf(s, 20)
	require.Equal(t, run(t, s, in), run(t, s, in, rnn.WithThreads(4)))
}

// Sessions of a model on many goroutines share its workers.
func TestSessionsShareWorkers(t *testing.T) {
	threads(t)
	s := large()
	in := inputOf(s, 20)
	want := run(t, s, in)
	m := model(t, s, rnn.WithThreads(3))
	results := make(chan []uint32)
	const sessions = 5
	for range sessions {
		go func() {
			session := m.NewSession()
			y, err := in.run(session)
			if err != nil {
				results <- nil
				return
			}
			results <- append(bits(y), position(session)...)
		}()
	}
	for range sessions {
		require.Equal(t, want, <-results)
	}
}

func TestTheNumberOfThreads(t *testing.T) {
	set := kernels.Best()
	require.Equal(t, 1, set.Threads())
	for asked, want := range map[int]int{-1: 1, 0: 1, 1: 1, 2: 2, 7: 7} {
		if runtime.GOARCH == "wasm" {
			want = 1
		}
		require.Equal(t, want, set.WithThreads(asked, kernels.WorthSharing).Threads(), "%d asked for", asked)
	}
}
