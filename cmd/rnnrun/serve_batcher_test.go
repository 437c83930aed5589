package main

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// batchedModels are models whose streams make their steps together.
func batchedModels(t *testing.T) (list []*rnn.Model) {
	for _, s := range []modeltest.Spec{
		{Cell: format.CellLSTM, Input: 3, Hidden: 9, Outputs: 2},
		{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 5, Layers: 2, Outputs: 3, Pool: format.PoolMean},
		{Cell: format.CellLSTM, Input: 4, Hidden: 6, Tokens: 7, Outputs: 7},
	} {
		s.Seed = 1
		m, err := rnn.New(s.Model())
		require.NoError(t, err)
		list = append(list, m)
	}
	return list
}

// randomXs returns the numbers of so many steps of a model, of tokens their ids.
func randomXs(r *rand.Rand, m *rnn.Model, steps int) (xs []float32) {
	for range steps * inputWidth(m) {
		if n := m.Inputs()[0].Tokens; n > 0 {
			xs = append(xs, float32(r.IntN(n)))
		} else {
			xs = append(xs, r.Float32())
		}
	}
	return xs
}

func floatBits(xs []float32) (bits []uint32) {
	for _, x := range xs {
		bits = append(bits, math.Float32bits(x))
	}
	return bits
}

// Streams that wait for a core make their steps in a batch, each as many as it has, with
// the bits of sessions. One that fails has an error, and the others have none.
func TestStreamsThatWaitMakeTheirStepsTogether(t *testing.T) {
	for _, m := range batchedModels(t) {
		b := newBatcher(m)
		require.NotNil(t, b)
		b.cores = 1
		b.mu.Lock()
		busy := b.free()
		b.mu.Unlock()
		r := rand.New(rand.NewPCG(1, 2))
		const streams = batchStreams + 9
		var done sync.WaitGroup
		for i := range streams {
			xs := randomXs(r, m, 1+i%3*i)
			fails := m.VocabularySize() > 0 && i == 5
			if fails {
				xs[0] = 99
			}
			session := m.NewSession()
			want, failed := runOf(m.NewSession())(xs)
			require.Equal(t, fails, failed != nil)
			done.Go(func() {
				got, err := b.runOf(session)(xs)
				require.Equal(t, failed, err)
				require.Equal(t, floatBits(want), floatBits(got), "stream %d", i)
			})
		}
		require.Eventually(t, func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return len(b.waiting) == streams
		}, time.Minute, time.Millisecond)
		b.mu.Lock()
		b.pass(busy)
		b.mu.Unlock()
		done.Wait()
		require.NotNil(t, busy.batch)
		require.Zero(t, b.busy)
		require.Empty(t, b.waiting)
	}
}

// Streams that come when they like have the bits of sessions all the same.
func TestStreamsComeAndGo(t *testing.T) {
	for _, m := range batchedModels(t) {
		for _, cores := range []int{1, 3} {
			b := newBatcher(m)
			b.cores = cores
			var done sync.WaitGroup
			for i := range 40 {
				done.Go(func() {
					r := rand.New(rand.NewPCG(1, uint64(i)))
					run, alone := b.runOf(m.NewSession()), runOf(m.NewSession())
					for range 30 {
						xs := randomXs(r, m, 1+r.IntN(3)*r.IntN(2*batchSteps))
						want, err := alone(xs)
						require.NoError(t, err)
						got, err := run(xs)
						require.NoError(t, err)
						require.Equal(t, floatBits(want), floatBits(got))
					}
				})
			}
			done.Wait()
			require.Zero(t, b.busy)
		}
	}
}

func TestNoBatcherForStreamsThatGainNothing(t *testing.T) {
	for _, s := range []modeltest.Spec{
		{Cell: format.CellLSTM, Input: 2, Hidden: 4, Bidirectional: true, Outputs: 2},
		{Cell: format.CellLSTM, Input: 2, Hidden: 8, DType: format.DTypeInt8, Outputs: 2},
	} {
		m, err := rnn.New(s.Model(), rnn.WithKernels("generic")) // that of VNNI gains from int8, too
		require.NoError(t, err)
		require.Nil(t, newBatcher(m))
		require.NotNil(t, newBatcher(m).runOf(m.NewSession()))
	}
}
