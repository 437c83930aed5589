package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestRefusedCallsLeaveTheStateUntouched(t *testing.T) {
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 3}
	both := lstm
	both.Bidirectional = true
	tokens := lstm
	tokens.Tokens = 5
	pooled := lstm
	pooled.Pool = format.PoolMax
	call := func(f func(s *rnn.Session) ([]float32, error)) func(*rnn.Session) error {
		return func(s *rnn.Session) error {
			y, err := f(s)
			if y != nil {
				panic("a refused call returned outputs")
			}
			return err
		}
	}
	step := func(x ...float32) func(*rnn.Session) error {
		return call(func(s *rnn.Session) ([]float32, error) { return s.Step(x) })
	}
	run := func(x ...float32) func(*rnn.Session) error {
		return call(func(s *rnn.Session) ([]float32, error) { return s.Run(x) })
	}
	stepToken := func(token int32) func(*rnn.Session) error {
		return call(func(s *rnn.Session) ([]float32, error) { return s.StepToken(token) })
	}
	runTokens := func(tokens ...int32) func(*rnn.Session) error {
		return call(func(s *rnn.Session) ([]float32, error) { return s.RunTokens(tokens) })
	}
	snapshot := func(s *rnn.Session) error { _, err := s.AppendBinary(nil); return err }
	resume := func(b []byte) func(*rnn.Session) error {
		return func(s *rnn.Session) error { return s.UnmarshalBinary(b) }
	}
	classify := func(s *rnn.Session) error { _, err := s.Classify("a"); return err }

	tests := []struct {
		name string
		spec modeltest.Spec
		call func(*rnn.Session) error
		want error
		text string
	}{
		{"a step too short", lstm, step(1), rnn.ErrInputSize, "got 1 input, want 2"},
		{"a step too long", lstm, step(1, 2, 3), rnn.ErrInputSize, "got 3 inputs, want 2"},
		{"a step of nothing", lstm, step(), rnn.ErrInputSize, "got 0 inputs, want 2"},
		{"a sequence with half a step", lstm, run(1, 2, 3), rnn.ErrInputSize, "got 3 inputs, want a multiple of 2"},
		{"a token for numbers", lstm, stepToken(0), rnn.ErrInputKind, "the model reads numbers"},
		{"tokens for numbers", lstm, runTokens(0), rnn.ErrInputKind, "the model reads numbers"},
		{"numbers for a token", tokens, step(1, 2), rnn.ErrInputKind, "the model reads tokens"},
		{"numbers for tokens", tokens, run(1, 2), rnn.ErrInputKind, "the model reads tokens"},
		{"a token too great", tokens, stepToken(5), rnn.ErrTokenRange, "token 5 of step 0, want 0 to 4"},
		{"a negative token", tokens, stepToken(-1), rnn.ErrTokenRange, "token -1"},
		{"a token too great in a sequence", tokens, runTokens(0, 1, 99), rnn.ErrTokenRange, "token 99 of step 2"},
		{"a step of a bidirectional model", both, step(1, 2), rnn.ErrBidirectional, "use Run"},
		{"a token of a bidirectional model", both, stepToken(1), rnn.ErrBidirectional, "use Run"},
		{"a snapshot of a bidirectional model", both, snapshot, rnn.ErrBidirectional, "use Run"},
		{"resuming a bidirectional model", both, resume(nil), rnn.ErrBidirectional, "use Run"},
		{"an answer to nothing", pooled, run(), rnn.ErrNoSteps, "an empty sequence has no answer"},
		{"a snapshot that is none", lstm, resume([]byte("RNNS")), rnn.ErrSnapshot, "4 bytes"},
		{"classes of a regression", lstm, classify, rnn.ErrNotClassifier, "does not classify"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			session := model(t, test.spec).NewSession()
			if test.want != rnn.ErrNoSteps {
				_, err := inputOf(test.spec, 3).run(session)
				require.NoError(t, err)
			}
			before := position(session)
			err := test.call(session)
			require.ErrorIs(t, err, test.want)
			require.ErrorContains(t, err, test.text)
			require.Equal(t, before, position(session))
		})
	}

	for name, call := range map[string]func(*rnn.Session) error{
		"Step": step(1, 2), "Run": run(1, 2), "StepToken": stepToken(1), "RunTokens": runTokens(1),
		"AppendBinary": snapshot, "UnmarshalBinary": resume(nil), "Classify": classify,
		"Verify": func(s *rnn.Session) error { return s.Model().Verify() },
		"Encode": func(s *rnn.Session) error { _, err := s.Model().Encode(nil, "a"); return err },
		"Decode": func(s *rnn.Session) error { _, err := s.Model().Decode(nil, 1); return err },
	} {
		t.Run(name+" of a closed model", func(t *testing.T) {
			m := model(t, tokens)
			session := m.NewSession()
			_, err := session.StepToken(1)
			require.NoError(t, err)
			before := position(session)
			require.NoError(t, m.Close())
			require.NoError(t, m.Close(), "twice is harmless")
			require.ErrorIs(t, call(session), rnn.ErrClosed)
			require.Equal(t, before, position(session))
		})
	}
}

func TestErrorsCarryTheirDetails(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 3}
	_, err := model(t, s).NewSession().Run(make([]float32, 3))
	var size *rnn.InputSizeError
	require.ErrorAs(t, err, &size)
	require.Equal(t, []int{3, 2}, []int{size.Got, size.Want})

	s.Tokens = 4
	_, err = model(t, s).NewSession().RunTokens([]int32{3, 4})
	var token *rnn.TokenRangeError
	require.ErrorAs(t, err, &token)
	require.Equal(t, rnn.TokenRangeError{Token: 4, Step: 1, Tokens: 4}, *token)
}

func TestNewRefuses(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Hidden: 3}

	broken := s.Model()
	broken.Layers[0].Directions[0].Bias[0] = float32(math.NaN())
	_, err := rnn.New(broken)
	require.ErrorIs(t, err, format.ErrInvalid)

	s.Tokens, s.Outputs, s.Bidirectional, s.Task = 4, 4, true, format.TaskLanguage
	_, err = rnn.New(s.Model())
	require.ErrorIs(t, err, format.ErrBidirectional, "a model that feeds its outputs back cannot be bidirectional")

	s.Bidirectional = false
	_, err = rnn.New(s.Model(), rnn.WithKernels("abacus"))
	require.ErrorIs(t, err, kernels.ErrUnknownSet)

	for _, set := range kernels.All() {
		if !set.Supported() {
			_, err = rnn.New(s.Model(), rnn.WithKernels(set.Name()))
			require.ErrorIs(t, err, kernels.ErrUnsupported)
		}
	}
	t.Setenv(kernels.EnvVar, "abacus")
	_, err = rnn.New(s.Model())
	require.ErrorIs(t, err, kernels.ErrUnknownSet)
	t.Setenv(kernels.EnvVar, "generic")
	require.Equal(t, "generic", model(t, s).Kernels())
}
