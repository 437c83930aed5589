package quantize_test

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func open(t *testing.T, d *format.Model) *rnn.Model {
	t.Helper()
	m, err := rnn.New(d)
	require.NoError(t, err)
	return m
}

// shifted returns the model of numbers with a head whose outputs are greater by
// a constant.
func shifted(by float32) *format.Model {
	d := numbers().Model()
	for i := range numbers().Outputs {
		d.Head.Bias[i] += by
	}
	return d
}

func TestNamedMeasures(t *testing.T) {
	original, other := open(t, numbers().Model()), numbers().Model()
	measured := map[bool]float64{true: 80, false: 60} // by whether it is the original
	of := func(m *rnn.Model) (float64, error) { return measured[m == original], nil }
	for _, c := range []struct {
		make func(*rnn.Model, func(*rnn.Model) (float64, error)) (*quantize.Measure, error)
		name string
		loss float64
		show string
	}{
		{quantize.NewAccuracy, "accuracy", 80 - 60, "80.00 %"},
		{quantize.NewPerplexity, "perplexity", 100 * (60./80 - 1), "80.0000"},
	} {
		q, err := c.make(original, of)
		require.NoError(t, err)
		loss, err := q.Loss(other)
		require.NoError(t, err)
		require.Equal(t, c.name, q.Name)
		require.InDelta(t, c.loss, loss, 1e-12)
		require.Equal(t, []float64{80, 60}, []float64{q.Original, q.Last})
		require.Equal(t, c.show, q.Show(q.Original))

		failed := errors.New("no data")
		_, err = c.make(original, func(*rnn.Model) (float64, error) { return 0, failed })
		require.ErrorIs(t, err, failed)
	}
}

// Outputs that are all off by 0.5 are off by 0.5 / spread, in each tenth.
func TestOutputs(t *testing.T) {
	original := open(t, shifted(0))
	s := quantize.Sequence{Inputs: numbers().Inputs(40, 1), Width: 3}
	require.Equal(t, 40, s.Len())
	y, err := original.NewSession().Run(s.Inputs)
	require.NoError(t, err)
	var sum, squares float64
	for _, v := range y {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(y))
	want := 100 * 0.5 / math.Sqrt(squares/n-sum/n*sum/n)

	q, err := quantize.NewOutputs(original, s)
	require.NoError(t, err)
	loss, err := q.Loss(shifted(0))
	require.NoError(t, err)
	require.Zero(t, loss, "the same model")
	loss, err = q.Loss(shifted(0.5))
	require.NoError(t, err)
	require.InDelta(t, want, loss, 1e-3)
	require.Len(t, q.Tenths, 10)
	for _, e := range q.Tenths {
		require.InDelta(t, want, e, 1e-3)
	}
}

func TestDrift(t *testing.T) {
	original := open(t, shifted(0))
	s := quantize.Sequence{Inputs: numbers().Inputs(250, 1), Width: 3}
	d, err := quantize.MeasureDrift(original, open(t, shifted(0.5)), s)
	require.NoError(t, err)
	require.Len(t, d.Steps, 100)
	require.Equal(t, []int{2, 4, 200}, []int{d.Steps[0], d.Steps[1], d.Steps[99]}, "windows of two steps, 50 steps left over")
	q, err := quantize.NewOutputs(original, quantize.Sequence{Inputs: s.Inputs[:600], Width: 3})
	require.NoError(t, err)
	want, err := q.Loss(shifted(0.5))
	require.NoError(t, err)
	for _, e := range d.Errors {
		require.InDelta(t, want, e, 1e-3, "all outputs are off by as much")
	}

	var short *quantize.TooShortError
	_, err = quantize.MeasureDrift(original, original, quantize.Sequence{Tokens: make([]int32, 99)})
	require.ErrorAs(t, err, &short)
	require.Equal(t, 99, short.Steps)
}

func TestGoldens(t *testing.T) {
	d := numbers().Model()
	d.Goldens = []format.Golden{{Input: []float32{1, 2, 3}}, {Input: []float32{1, 2, 3, 4, 5, 6}}}
	s := quantize.Goldens(d)
	require.Equal(t, []int{1, 2}, []int{s[0].Len(), s[1].Len()})

	tokens := tokens()
	tokens.Outputs = 0
	translator := tokens.Translator(30)
	m, err := rnn.NewEncoderDecoder(translator)
	require.NoError(t, err)
	for _, source := range [][]int32{{1, 2, 3}, {4}} {
		g, err := m.Golden(source, nil)
		require.NoError(t, err)
		translator.Goldens = append(translator.Goldens, g)
	}
	q, err := quantize.NewGoldenTranslations(m)
	require.NoError(t, err)
	require.Greater(t, q.Original, 1.)
	loss, err := q.Loss(translator)
	require.NoError(t, err)
	require.Zero(t, loss, "the same model")
	require.Equal(t, "perplexity", q.Name)
}
