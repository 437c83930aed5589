package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// logits returns a session that has read one step and has the given logits.
func logits(t *testing.T, values ...float32) *rnn.Session {
	head, err := format.PackDense(1, len(values), make([]float32, len(values)), nil)
	require.NoError(t, err)
	s := modeltest.Spec{Cell: format.CellRNN, Variant: format.VariantTanh}
	d := s.Model()
	d.Head, d.Output = head, format.OutputSoftmax
	m, err := rnn.New(d)
	require.NoError(t, err)
	session := m.NewSession()
	_, err = session.Step([]float32{1})
	require.NoError(t, err)
	copy(session.Logits(), values)
	return session
}

// shares returns how often each token is drawn.
func shares(p *rnn.Sampler, s *rnn.Session, tokens int) []float64 {
	const draws = 20000
	n := make([]float64, tokens)
	for range draws {
		n[p.Next(s)] += 1.0 / draws
	}
	return n
}

func TestSamplerDrawsByTheSoftmax(t *testing.T) {
	log := func(p float64) float32 { return float32(math.Log(p)) }
	s := logits(t, log(0.5), log(0.125), log(0.25), log(0.125))
	inf, nan := float32(math.Inf(-1)), float32(math.NaN())
	tests := []struct {
		name        string
		session     *rnn.Session
		temperature float32
		topK        int
		want        []float64
	}{
		{"as it is", s, 1, 0, []float64{0.5, 0.125, 0.25, 0.125}},
		{"hotter", s, 2, 0, []float64{0.3694, 0.1847, 0.2612, 0.1847}},
		{"colder", s, 0.5, 0, []float64{0.7273, 0.0455, 0.1818, 0.0455}},
		{"at zero", s, 0, 0, []float64{1, 0, 0, 0}},
		{"so cold that a logit overflows", logits(t, 1, 3, 2, 3), 1e-40, 0, []float64{0, 0.5, 0, 0.5}},
		{"so cold that a negative logit overflows", logits(t, -3, -1, -2), 1e-40, 0, []float64{0, 1, 0}},
		{"at the least temperature", s, math.SmallestNonzeroFloat32, 0, []float64{1, 0, 0, 0}},
		{"at the least temperature, of the two best", s, math.SmallestNonzeroFloat32, 2, []float64{1, 0, 0, 0}},
		{"so cold that an impossible one stands beside what overflows", logits(t, inf, 3, 2), 1e-40, 0, []float64{0, 1, 0}},
		{"of the best", s, 1, 1, []float64{1, 0, 0, 0}},
		{"of the two best", s, 1, 2, []float64{2. / 3, 0, 1. / 3, 0}},
		{"of equals the first", s, 1, 3, []float64{0.5714, 0.1429, 0.2857, 0}},
		{"of more than there are", s, 1, 9, []float64{0.5, 0.125, 0.25, 0.125}},
		{"of many equals", logits(t, 1, 1, 1, 1), 1, 2, []float64{0.5, 0.5, 0, 0}},
		{"with impossible ones", logits(t, inf, 0, inf, 0), 1, 0, []float64{0, 0.5, 0, 0.5}},
		{"with impossible ones among the best", logits(t, inf, 0, inf, 0), 1, 3, []float64{0, 0.5, 0, 0.5}},
		{"with NaN", logits(t, 0, nan, 0), 1, 0, []float64{1, 0, 0}},
		{"with NaN beside the best", logits(t, 0, nan, 0), 1, 2, []float64{0.5, 0, 0.5}},
		{"of NaN alone", logits(t, nan, nan), 1, 1, []float64{1, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := rnn.NewSampler(test.temperature, test.topK, 1)
			require.InDeltaSlice(t, test.want, shares(p, test.session, len(test.want)), 0.015)
			require.Zero(t, testing.AllocsPerRun(10, func() { p.Next(test.session) }))
		})
	}
}

func TestSamplerFollowsFromItsSeed(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 20, Input: 4, Hidden: 16, Outputs: 20, Output: format.OutputSoftmax, Task: format.TaskLanguage}
	generate := func(seed uint64, opts ...rnn.Option) []int32 {
		session := model(t, s, opts...).NewSession()
		p := rnn.NewSampler(1, 10, seed)
		require.EqualValues(t, -1, p.Next(session), "there is nothing to go on from yet")
		tokens := []int32{3}
		for range 50 {
			_, err := session.StepToken(tokens[len(tokens)-1])
			require.NoError(t, err)
			tokens = append(tokens, p.Next(session))
		}
		return tokens
	}
	want := generate(1)
	require.NotEqual(t, want, generate(2))
	for set, opt := range kernelSets() {
		require.Equal(t, want, generate(1, opt), set)
	}
}
