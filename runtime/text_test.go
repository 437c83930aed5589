package runtime_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/tokenizer"
)

// reviews returns a classifier for texts of the letters a to d.
func reviews(outputs int, output format.Output, labels ...string) *format.Model {
	s := modeltest.Spec{
		Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 5, Input: 3, Hidden: 9, Seed: 7,
		Task: format.TaskClassify, Pool: format.PoolLast, Outputs: outputs, Output: output,
	}
	d := s.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	d.Vocabulary = []string{"<pad>", "a", "b", "c", "d"}
	d.Labels = labels
	return d
}

func load(t testing.TB, d *format.Model, opts ...rnn.Option) *rnn.Model {
	t.Helper()
	m, err := rnn.New(d, opts...)
	require.NoError(t, err)
	return m
}

func TestClassify(t *testing.T) {
	m := load(t, reviews(3, format.OutputSoftmax, "low", "middle", "high"))
	session := m.NewSession()
	for _, text := range []string{"abcd", "dddd", "a", "abcd"} {
		tokens, err := m.Encode(nil, text)
		require.NoError(t, err)
		y, err := m.NewSession().RunTokens(tokens)
		require.NoError(t, err)
		best := 0
		for i := range y {
			if y[i] > y[best] {
				best = i
			}
		}
		got, err := session.Classify(text)
		require.NoError(t, err)
		require.Equal(t, rnn.Class{Index: best, Label: m.Description().Labels[best], Probability: y[best]}, got)
	}

	linear, err := load(t, reviews(3, format.OutputLinear)).NewSession().Classify("abcd")
	require.NoError(t, err)
	softmax, err := load(t, reviews(3, format.OutputSoftmax)).NewSession().Classify("abcd")
	require.NoError(t, err)
	require.Equal(t, softmax, linear, "of linear outputs the softmax is the probability")
	for _, output := range []format.Output{format.OutputLogSoftmax, format.OutputArgMax} {
		got, err := load(t, reviews(3, output)).NewSession().Classify("abcd")
		require.NoError(t, err)
		require.Equal(t, softmax, got, "and of others, too")
	}

	// A single sigmoid output is the probability of the second of two classes.
	for index, bias := range []float32{-5, 5} {
		d := reviews(1, format.OutputSigmoid)
		d.Head.Bias[0] = bias
		session := load(t, d).NewSession()
		got, err := session.Classify("abcd")
		require.NoError(t, err)
		p := session.Logits()[0]
		want := 1 / (1 + math.Exp(-math.Abs(float64(p))))
		require.Equal(t, index, got.Index)
		require.InDelta(t, want, got.Probability, 1e-6)
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	for _, output := range []format.Output{format.OutputLinear, format.OutputSoftmax, format.OutputSigmoid} {
		for _, fold := range []rnn.Option{rnn.FoldAlways, rnn.FoldNever} {
			session := load(t, reviews(2, output, "no", "yes"), fold).NewSession()
			var class rnn.Class
			var err error
			require.Zero(t, testing.AllocsPerRun(5, func() { class, err = session.Classify("abcdabcdabcd") }))
			require.NoError(t, err)
			require.Equal(t, session.Model().Label(class.Index), class.Label)
		}
	}
}

func TestClassifyRefuses(t *testing.T) {
	session := load(t, reviews(2, format.OutputSoftmax)).NewSession()
	_, err := session.Classify("abc")
	require.NoError(t, err)
	before := position(session)

	_, err = session.Classify("")
	require.ErrorIs(t, err, rnn.ErrNoSteps)
	_, err = session.Classify("abx")
	var unknown *tokenizer.UnknownTokenError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, before, position(session))

	d := reviews(2, format.OutputSoftmax)
	d.Tokenizer, d.Vocabulary = nil, nil
	_, err = load(t, d).NewSession().Classify("abc")
	require.ErrorIs(t, err, rnn.ErrNoTokenizer)
}

func TestEncodeAndDecode(t *testing.T) {
	m := load(t, reviews(2, format.OutputSoftmax))
	tokens, err := m.Encode([]int32{0}, "bad")
	require.NoError(t, err)
	require.Equal(t, []int32{0, 2, 1, 4}, tokens)
	text, err := m.Decode([]byte(">"), tokens[1:]...)
	require.NoError(t, err)
	require.Equal(t, ">bad", string(text))

	plain := model(t, modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Hidden: 2})
	_, err = plain.Encode(nil, "a")
	require.ErrorIs(t, err, rnn.ErrNoTokenizer)
	_, err = plain.Decode(nil, 1)
	require.ErrorIs(t, err, rnn.ErrNoTokenizer)
}

func TestWhatAModelSaysOfItself(t *testing.T) {
	text := load(t, reviews(2, format.OutputSoftmax, "no", "yes"))
	require.Equal(t, []any{0, 2, 5, true, true}, []any{text.InputSize(), text.OutputSize(), text.VocabularySize(), text.Pooled(), text.Streamable()})
	require.Equal(t, []any{format.TaskClassify, true, 2, 0.}, []any{text.Task(), text.ReadsText(), text.ClassCount(), text.SampleRate()})
	labels := text.Labels()
	require.Equal(t, []string{"no", "yes"}, labels)
	labels[0] = "changed"
	require.Equal(t, []string{"", "no", "yes", ""}, []string{text.Label(-1), text.Label(0), text.Label(1), text.Label(2)})

	numbers := model(t, modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetBefore, Input: 3, Hidden: 4, Bidirectional: true})
	require.Equal(t, []any{3, 8, 0, false, false},
		[]any{numbers.InputSize(), numbers.OutputSize(), numbers.VocabularySize(), numbers.Pooled(), numbers.Streamable()})

	d := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter}.Model()
	d.SampleRate = 100
	numbers = load(t, d)
	require.Equal(t, []any{format.TaskRegress, false, 0, 100., []string(nil)},
		[]any{numbers.Task(), numbers.ReadsText(), numbers.ClassCount(), numbers.SampleRate(), numbers.Labels()})
}

func TestClassCount(t *testing.T) {
	for _, c := range []struct {
		model *format.Model
		want  int
	}{
		{reviews(3, format.OutputSoftmax), 3},
		{reviews(3, format.OutputArgMax), 3},
		{reviews(1, format.OutputSigmoid), 2},
		{reviews(2, format.OutputSigmoid), 2},
		{reviews(1, format.OutputLinear), 1},
		{writer(), 0},
	} {
		require.Equal(t, c.want, load(t, c.model).ClassCount(), "%v of %d outputs", c.model.Output, c.model.OutputSize())
	}
}

func TestSplit(t *testing.T) {
	m := load(t, reviews(2, format.OutputSoftmax))
	require.Equal(t, []string{"a", "b"}, slices.Collect(m.Split("ab")))
	numbers := model(t, modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter})
	require.Empty(t, slices.Collect(numbers.Split("ab")))
}

func TestTag(t *testing.T) {
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5, Input: 3, Hidden: 6, Bidirectional: true, Seed: 8,
		Task: format.TaskTag, Outputs: 3, Output: format.OutputSoftmax,
	}
	d := s.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: -1, End: -1}
	d.Vocabulary = []string{"<pad>", "a", "b", "c", "d"}
	d.Labels = []string{"x", "y", "z"}
	m := load(t, d)
	session := m.NewSession()
	before := []rnn.Class{{Label: "before"}}
	for _, text := range []string{"abcd", "d", "", "ddddcb"} {
		tokens, err := m.Encode(nil, text)
		require.NoError(t, err)
		y, err := m.NewSession().RunTokens(tokens)
		require.NoError(t, err)
		want := before
		for i := range tokens {
			step := y[3*i:][:3]
			best := kernels.ArgMax(step)
			want = append(want, rnn.Class{Index: best, Label: d.Labels[best], Probability: step[best]})
		}
		got, err := session.Tag(before, text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	classes := make([]rnn.Class, 0, 10)
	require.Zero(t, testing.AllocsPerRun(5, func() {
		_, err := session.Tag(classes, "ddddcb")
		require.NoError(t, err)
	}))

	_, err := session.Tag(nil, "e")
	require.ErrorIs(t, err, tokenizer.ErrUnknownToken)
	_, err = load(t, reviews(2, format.OutputSoftmax)).NewSession().Tag(nil, "a")
	require.ErrorIs(t, err, rnn.ErrNotTagger)
	d.Tokenizer = nil
	_, err = load(t, d).NewSession().Tag(nil, "a")
	require.ErrorIs(t, err, rnn.ErrNoTokenizer)
	require.NoError(t, m.Close())
	_, err = session.Tag(nil, "a")
	require.ErrorIs(t, err, rnn.ErrClosed)
}
