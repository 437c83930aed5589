package runtime_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestABatchRunsSessionsAsTheyRunThemselves(t *testing.T) {
	for _, s := range someShapes() {
		t.Run(s.String(), func(t *testing.T) {
			for _, set := range kernelSets() {
				requireSessions(t, model(t, s, set))
			}
		})
	}
}

func TestABatchRunsSessionsOfGraphs(t *testing.T) {
	for _, seed := range batchSeeds() {
		m, err := rnn.New(modeltest.SeededGraph(seed))
		require.NoError(t, err)
		requireSessions(t, m)
	}
}

// requireSessions runs sequences of all lengths in sessions together, and in equal
// sessions one by one. It does so twice, so that sessions continue from their states
// if they can.
func requireSessions(t *testing.T, m *rnn.Model) {
	r := rand.New(rand.NewPCG(1, 2))
	b := m.NewBatch(4)
	steps := []int{3, 1, 5, 5, 2, 9, 0}
	var together, alone []*rnn.Session
	for i := range steps {
		together, alone = append(together, m.NewSession()), append(alone, m.NewSession())
		if h, _ := alone[i].State(0, 0); len(h) > 0 { // a state that the caller wrote
			other, _ := together[i].State(0, 0)
			h[0], other[0] = 0.5, 0.5
		}
	}
	for round := range 2 {
		var xs [][]float32
		var tokens [][]int32
		n := len(steps)
		if round == 0 || !m.Streamable() {
			n-- // a session without steps may have no answer
		}
		for _, k := range steps[:n] {
			x, token := randomSteps(r, m, k)
			xs, tokens = append(xs, x), append(tokens, token)
		}
		got, err := b.RunSessions(together[:n], xs, tokens)
		require.NoError(t, err)
		for i := range n {
			want, err := alone[i].RunInputs(xs[i], tokens[i])
			if err != nil { // the session has no steps
				require.ErrorIs(t, err, rnn.ErrNoSteps)
				continue
			}
			require.Equal(t, bits(want), bits(got[i]), "session %d, round %d", i, round)
			requireAlike(t, alone[i], together[i])
		}
		steps[6], together[6], alone[6] = 0, together[0], alone[0]
		together[0], alone[0] = m.NewSession(), m.NewSession()
	}
}

// requireAlike compares everything that is visible of two sessions.
func requireAlike(t *testing.T, want, got *rnn.Session) {
	m := want.Model()
	require.Equal(t, want.StepCount(), got.StepCount())
	require.Equal(t, bits(want.Logits()), bits(got.Logits()))
	for _, out := range m.Outputs() {
		require.Equal(t, bits(want.Output(out.Name)), bits(got.Output(out.Name)), out.Name)
	}
	for layer := range m.LayerCount() {
		for direction := range 2 {
			h, c := want.State(layer, direction)
			gotH, gotC := got.State(layer, direction)
			require.Equal(t, bits(h), bits(gotH))
			require.Equal(t, bits(c), bits(gotC))
		}
	}
	if m.Streamable() {
		snapshot, err := want.MarshalBinary()
		require.NoError(t, err)
		other, err := got.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, snapshot, other)
	}
}

// randomSteps returns the inputs of the given number of steps.
func randomSteps(r *rand.Rand, m *rnn.Model, steps int) (x []float32, tokens []int32) {
	for range steps {
		for _, in := range m.Inputs() {
			for range in.Frames * max(in.Channels, 1) {
				if in.Tokens > 0 {
					tokens = append(tokens, int32(r.IntN(in.Tokens)))
				} else {
					x = append(x, 2*r.Float32()-1)
				}
			}
		}
	}
	return x, tokens
}

func TestABatchRefusesSequencesOfSessions(t *testing.T) {
	s := shapes()[0]
	m := model(t, s)
	b, sessions := m.NewBatch(2), []*rnn.Session{m.NewSession(), m.NewSession()}
	x, tokens := randomSteps(rand.New(rand.NewPCG(1, 2)), m, 2)
	_, err := b.RunSessions(sessions, [][]float32{x, append(x, 1)}, [][]int32{tokens, append(tokens, 99)})
	require.ErrorContains(t, err, "sequence 1: ")
	require.Zero(t, sessions[0].StepCount())
}

func TestABatchRunsSessionsWithoutAllocation(t *testing.T) {
	for _, s := range someShapes() {
		m := model(t, s)
		b, sessions := m.NewBatch(4), []*rnn.Session{m.NewSession(), m.NewSession()}
		r := rand.New(rand.NewPCG(1, 2))
		x, tokens := randomSteps(r, m, 3)
		y, more := randomSteps(r, m, 2)
		xs, ids := [][]float32{x, y}, [][]int32{tokens, more}
		require.Zero(t, testing.AllocsPerRun(10, func() { _, _ = b.RunSessions(sessions, xs, ids) }), s.String())
	}
}
