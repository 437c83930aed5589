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

// gestures returns a model with 3 classes for sequences of 2 numbers per step.
func gestures(task format.Task, output format.Output) *format.Model {
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 6, Seed: 8,
		Task: task, Outputs: 3, Output: output,
	}
	if task == format.TaskClassify {
		s.Pool = format.PoolMean
	}
	d := s.Model()
	d.Labels = []string{"rest", "wave", "tap"}
	return d
}

// letterTagger returns a tagger for texts of the letters a to d.
func letterTagger(output format.Output) *format.Model {
	d := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5, Input: 3, Hidden: 6, Seed: 8,
		Task: format.TaskTag, Outputs: 3, Output: output,
	}.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	d.Vocabulary = []string{"<pad>", "a", "b", "c", "d"}
	return d
}

var gesture = []float32{1, 0, -1, 2, 0.5, 0.5, 3, -2}

func TestClassifyNumbers(t *testing.T) {
	m := load(t, gestures(format.TaskClassify, format.OutputSoftmax))
	s := m.NewSession()
	y, err := m.NewSession().Run(gesture)
	require.NoError(t, err)
	best := kernels.ArgMax(y)
	for range 2 { // each from the start of a stream
		got, err := s.ClassifyNumbers(gesture)
		require.NoError(t, err)
		require.Equal(t, rnn.Class{Index: best, Label: m.Label(best), Probability: y[best]}, got)
		require.Equal(t, y, s.Probabilities())
	}
}

func TestTagNumbers(t *testing.T) {
	m := load(t, gestures(format.TaskTag, format.OutputSoftmax))
	s := m.NewSession()
	y, err := m.NewSession().Run(gesture)
	require.NoError(t, err)
	want := []rnn.Class{{Label: "before"}}
	for i := range 4 {
		step := y[3*i:][:3]
		best := kernels.ArgMax(step)
		want = append(want, rnn.Class{Index: best, Label: m.Label(best), Probability: step[best]})
	}
	got, err := s.TagNumbers([]rnn.Class{{Label: "before"}}, gesture)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, y, s.Probabilities(), "of all steps")

	got, err = s.TagNumbers(nil, nil)
	require.NoError(t, err)
	require.Empty(t, got)
	require.Empty(t, s.Probabilities())
}

func TestTextTokensAndBytesHaveTheSameAnswer(t *testing.T) {
	classifier := load(t, reviews(3, format.OutputSoftmax)).NewSession()
	want, err := classifier.Classify("abcd")
	require.NoError(t, err)
	ofBytes, err := classifier.ClassifyBytes([]byte("abcd"))
	require.NoError(t, err)
	ofTokens, err := classifier.ClassifyTokens([]int32{1, 2, 3, 4})
	require.NoError(t, err)
	require.Equal(t, []rnn.Class{want, want}, []rnn.Class{ofBytes, ofTokens})

	tagger := load(t, letterTagger(format.OutputSoftmax)).NewSession()
	tags, err := tagger.Tag(nil, "abcd")
	require.NoError(t, err)
	require.Len(t, tags, 4)
	got, err := tagger.TagBytes(nil, []byte("abcd"))
	require.NoError(t, err)
	require.Equal(t, tags, got)
	got, err = tagger.TagTokens(nil, []int32{1, 2, 3, 4})
	require.NoError(t, err)
	require.Equal(t, tags, got)
}

func TestProbabilities(t *testing.T) {
	for _, c := range []struct {
		name  string
		model *format.Model
	}{
		{"softmax", reviews(3, format.OutputSoftmax)},
		{"linear", reviews(3, format.OutputLinear)},
		{"log-softmax", reviews(3, format.OutputLogSoftmax)},
		{"arg-max", reviews(3, format.OutputArgMax)},
		{"one sigmoid", reviews(1, format.OutputSigmoid)},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, c.model)
			s := m.NewSession()
			require.Nil(t, s.Probabilities())
			class, err := s.Classify("abcd")
			require.NoError(t, err)
			p := s.Probabilities()
			require.Len(t, p, m.ClassCount())
			sum := 0.0
			for _, v := range p {
				sum += float64(v)
			}
			require.InDelta(t, 1, sum, 1e-6)
			require.Equal(t, class.Probability, p[class.Index])
			require.Equal(t, class.Index, kernels.ArgMax(p))
		})
	}
}

func TestEveryTagHasItsOwnClass(t *testing.T) {
	want, err := load(t, letterTagger(format.OutputSoftmax)).NewSession().Tag(nil, "abcddcba")
	require.NoError(t, err)
	for _, output := range []format.Output{format.OutputLinear, format.OutputLogSoftmax, format.OutputArgMax} {
		got, err := load(t, letterTagger(output)).NewSession().Tag(nil, "abcddcba")
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i].Index, got[i].Index, "%v, token %d", output, i)
			if output == format.OutputArgMax {
				require.True(t, math.IsNaN(float64(got[i].Probability)), "the output is an index alone")
				continue
			}
			require.InDelta(t, want[i].Probability, got[i].Probability, 1e-6, "%v, token %d", output, i)
		}
	}
}

func TestClassifyAndTagRefuse(t *testing.T) {
	classes := load(t, gestures(format.TaskClassify, format.OutputSoftmax)).NewSession()
	tags := load(t, gestures(format.TaskTag, format.OutputSoftmax)).NewSession()
	texts := load(t, reviews(2, format.OutputSoftmax)).NewSession()
	letters := load(t, letterTagger(format.OutputSoftmax)).NewSession()
	closed := load(t, gestures(format.TaskClassify, format.OutputSoftmax)).NewSession()
	require.NoError(t, closed.Model().Close())

	classify := func(s *rnn.Session, xs ...float32) func() error {
		return func() error { _, err := s.ClassifyNumbers(xs); return err }
	}
	classifyTokens := func(s *rnn.Session, tokens ...int32) func() error {
		return func() error { _, err := s.ClassifyTokens(tokens); return err }
	}
	tag := func(s *rnn.Session, xs ...float32) func() error {
		return func() error { _, err := s.TagNumbers(nil, xs); return err }
	}
	tagTokens := func(s *rnn.Session, tokens ...int32) func() error {
		return func() error { _, err := s.TagTokens(nil, tokens); return err }
	}
	for _, s := range []*rnn.Session{classes, tags} {
		_, err := s.Run([]float32{1, 2})
		require.NoError(t, err)
	}
	for _, s := range []*rnn.Session{texts, letters} {
		_, err := s.RunTokens([]int32{1})
		require.NoError(t, err)
	}
	for _, c := range []struct {
		name    string
		session *rnn.Session
		call    func() error
		want    error
	}{
		{"half a step to classify", classes, classify(classes, 1, 2, 3), rnn.ErrInputSize},
		{"nothing to classify", classes, classify(classes), rnn.ErrNoSteps},
		{"tokens for numbers to classify", classes, classifyTokens(classes, 1), rnn.ErrInputKind},
		{"a classifier to tag", classes, tag(classes, 1, 2), rnn.ErrNotTagger},
		{"a classifier to tag tokens", texts, tagTokens(texts, 1), rnn.ErrNotTagger},
		{"half a step to tag", tags, tag(tags, 1), rnn.ErrInputSize},
		{"tokens for numbers to tag", tags, tagTokens(tags, 1), rnn.ErrInputKind},
		{"a tagger to classify", tags, classify(tags, 1, 2), rnn.ErrNotClassifier},
		{"a tagger to classify tokens", letters, classifyTokens(letters, 1), rnn.ErrNotClassifier},
		{"numbers for tokens to classify", texts, classify(texts, 1), rnn.ErrInputKind},
		{"numbers for tokens to tag", letters, tag(letters, 1), rnn.ErrInputKind},
		{"an unknown token to classify", texts, classifyTokens(texts, 1, 5), rnn.ErrTokenRange},
		{"no tokens to classify", texts, classifyTokens(texts), rnn.ErrNoSteps},
		{"an unknown token to tag", letters, tagTokens(letters, -1), rnn.ErrTokenRange},
		{"a closed model", closed, classify(closed, 1, 2), rnn.ErrClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := position(c.session)
			require.ErrorIs(t, c.call(), c.want)
			require.Equal(t, before, position(c.session), "the state is untouched")
		})
	}
}

func TestClassifyAndTagAllocateNothing(t *testing.T) {
	texts := load(t, reviews(2, format.OutputSoftmax)).NewSession()
	letters := load(t, letterTagger(format.OutputLinear)).NewSession()
	classes := load(t, gestures(format.TaskClassify, format.OutputLinear)).NewSession()
	tags := load(t, gestures(format.TaskTag, format.OutputLinear)).NewSession()
	buf := make([]int32, 0, 8)
	text, tokens, dst := []byte("abcdabcd"), []int32{1, 2, 3}, make([]rnn.Class, 0, 8)
	for name, call := range map[string]func() error{
		"Classify":        func() error { _, err := texts.Classify("abcdabcd"); return err },
		"ClassifyBytes":   func() error { _, err := texts.ClassifyBytes(text); return err },
		"ClassifyTokens":  func() error { _, err := texts.ClassifyTokens(tokens); return err },
		"ClassifyNumbers": func() error { _, err := classes.ClassifyNumbers(gesture); return err },
		"Tag":             func() error { _, err := letters.Tag(dst, "abcdabcd"); return err },
		"TagBytes":        func() error { _, err := letters.TagBytes(dst, text); return err },
		"TagTokens":       func() error { _, err := letters.TagTokens(dst, tokens); return err },
		"TagNumbers":      func() error { _, err := tags.TagNumbers(dst, gesture); return err },
		"EncodeBytes": func() error {
			_, err := texts.Model().EncodeBytes(buf[:0], text)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, testing.AllocsPerRun(5, func() {
				if err := call(); err != nil {
					t.Fatal(err)
				}
			}))
		})
	}
}
