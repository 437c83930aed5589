package runtime_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// heapOf returns how many bytes of heap the results of make take, on average.
func heapOf[T any](makeOne func() T) int {
	const n = 100
	makeOne() // allocates what all of them share
	kept := make([]T, n)
	runtime.GC() // the second collection frees what pools hold
	before := heap()
	for i := range kept {
		kept[i] = makeOne()
	}
	taken := heap() - before
	runtime.KeepAlive(kept)
	return taken / n
}

// requireBytes compares bytes with the heap that holds them: the allocator rounds
// each piece up.
func requireBytes(t *testing.T, heap, bytes int, of string) {
	t.Helper()
	require.LessOrEqual(t, bytes, heap+64, of)
	require.InEpsilon(t, heap, bytes, 0.2, of)
}

func TestSessionBytesAreThoseOfTheHeap(t *testing.T) {
	sets, every := kernels.Available(), 3
	if testing.Short() {
		every = 19
	}
	for i, s := range shapes() {
		if i%every != 0 {
			continue
		}
		set := sets[i%len(sets)].Name()
		t.Run(s.String()+"/"+set, func(t *testing.T) { requireSessionBytes(t, s, model(t, s, rnn.WithKernels(set))) })
	}
}

func requireSessionBytes(t *testing.T, s modeltest.Spec, m *rnn.Model) {
	t.Helper()
	requireBytes(t, heapOf(m.NewSession), m.SessionBytes(), "a session")
	for _, steps := range []int{20, 500} {
		grown := func() *rnn.Session {
			session := m.NewSession()
			session.Grow(steps)
			return session
		}
		session := grown()
		if steps > 100 {
			requireBytes(t, heapOf(grown), session.Bytes(), "a session with a sequence")
		}
		require.InDelta(t, session.Bytes(), m.SessionBytes()+m.SequenceBytes(steps), 128)
		_, err := inputOf(s, steps).run(session)
		require.NoError(t, err)
		require.Equal(t, grown().Bytes(), session.Bytes(), "a run takes no more")
		session.Shrink()
		require.InDelta(t, m.SessionBytes(), session.Bytes(), 16)
	}
}

func TestSessionBytesOfTranslators(t *testing.T) {
	for _, s := range modeltest.Cells() {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeInt8} {
			s.Input, s.Hidden, s.Layers, s.Tokens, s.Bidirectional, s.DType = 3, 10, 2, 7, true, dtype
			m, err := rnn.NewEncoderDecoder(s.Translator(9))
			require.NoError(t, err)
			plain := func() *rnn.Translator {
				translator, err := m.NewTranslator()
				require.NoError(t, err)
				return translator
			}
			requireBytes(t, heapOf(plain), m.SessionBytes(), s.String())
			beam := func() *rnn.Translator {
				translator, err := m.NewTranslator(rnn.WithBeam(3), rnn.WithMaxLength(1000))
				require.NoError(t, err)
				translator.Grow(400)
				return translator
			}
			requireBytes(t, heapOf(beam), beam().Bytes(), s.String())
			translator := plain()
			translator.Grow(400)
			require.InDelta(t, m.SessionBytes()+m.SequenceBytes(400), translator.Bytes(), 128)
		}
	}
}

func TestBytesCountsTexts(t *testing.T) {
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 4, Tokens: 5, Outputs: 3,
		Output: format.OutputSoftmax, Task: format.TaskTag,
	}
	session := model(t, s).NewSession()
	before := session.Bytes()
	_, err := session.TagTokens(nil, s.Sequence(10000, 1))
	require.NoError(t, err)
	require.Greater(t, session.Bytes()-before, 10000*2*3*4, "outputs and probabilities")
	session.Shrink()
	require.InDelta(t, before, session.Bytes(), 16)
}
