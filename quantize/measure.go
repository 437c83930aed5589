package quantize

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A Measure compares models with their original. Its method Loss is a [Loss].
type Measure struct {
	Name      string  // the name of the measure; "": outputs are compared
	Unit      string  // of the loss
	Tolerable float64 // a part with a greater loss of its own is sensitive to quantization
	Limit     float64 // a model with a greater loss is hardly the same

	Original float64 // of the original; 0 if outputs are compared
	Last     float64 // of the model measured last; 0 if outputs are compared

	// For the model measured last, if outputs are compared: the loss of each output,
	// and the loss by tenths of the outputs' values.
	Outputs []OutputLoss
	Tenths  []float64

	loss func(d *format.Model) (float64, error)
}

// Loss measures a model.
func (q *Measure) Loss(d *format.Model) (float64, error) { return q.loss(d) }

// of returns a function's value for the model that newModel makes from a
// description.
func of[M any](newModel func(d *format.Model, opts ...rnn.Option) (M, error), f func(m M) (float64, error)) func(d *format.Model) (float64, error) {
	return func(d *format.Model) (float64, error) {
		m, err := newModel(d)
		if err != nil {
			return 0, err
		}
		return f(m)
	}
}

// Show returns the measurement of a model as text.
func (q *Measure) Show(v float64) string {
	if q.Name == accuracy {
		return fmt.Sprintf("%.2f %%", v)
	}
	return fmt.Sprintf("%.4f", v)
}

const accuracy = "accuracy"

// NewAccuracy compares models by their accuracy in percent, which value returns
// for a model. The loss is in points.
func NewAccuracy(original *rnn.Model, value func(m *rnn.Model) (float64, error)) (*Measure, error) {
	q := &Measure{Name: accuracy, Unit: "points of accuracy", Tolerable: 0.3, Limit: 3}
	q.loss = of(rnn.New, func(m *rnn.Model) (_ float64, err error) {
		q.Last, err = value(m)
		return q.Original - q.Last, err
	})
	var err error
	q.Original, err = value(original)
	return q, err
}

// NewPerplexity compares models by the perplexity, which value returns for a
// model. The loss is the rise in percent.
func NewPerplexity(original *rnn.Model, value func(m *rnn.Model) (float64, error)) (*Measure, error) {
	return newPerplexity(original, rnn.New, value)
}

// NewTranslationPerplexity is [NewPerplexity] for translation models.
func NewTranslationPerplexity(original *rnn.EncoderDecoder, value func(m *rnn.EncoderDecoder) (float64, error)) (*Measure, error) {
	return newPerplexity(original, rnn.NewEncoderDecoder, value)
}

func newPerplexity[M any](original M, newModel func(d *format.Model, opts ...rnn.Option) (M, error), value func(m M) (float64, error)) (*Measure, error) {
	q := &Measure{Name: "perplexity", Unit: "% of perplexity", Tolerable: 1, Limit: 10}
	q.loss = of(newModel, func(m M) (_ float64, err error) {
		q.Last, err = value(m)
		return 100 * (q.Last/q.Original - 1), err
	})
	var err error
	q.Original, err = value(original)
	return q, err
}

// An OutputLoss is the loss of one output of a model.
type OutputLoss struct {
	Name     string
	Loss     float64 // the root of the mean squared difference, in percent of the output's spread
	Greatest float64 // difference of a number
}

// NewOutputs compares models by their outputs for sequences. The loss is the root
// of the mean squared difference, in percent of the outputs' spread; for a model
// with several outputs, the loss of the worst.
func NewOutputs(original *rnn.Model, sequences ...Sequence) (*Measure, error) {
	q := &Measure{Unit: "% of the outputs' spread", Tolerable: 2, Limit: 20}
	want, err := outputs(original, sequences)
	names := original.Outputs()
	q.loss = of(rnn.New, func(m *rnn.Model) (float64, error) {
		got, err := outputs(m, sequences)
		if err != nil {
			return 0, err
		}
		q.Outputs, q.Tenths = nil, nil
		for i := range got {
			q.Outputs = append(q.Outputs, OutputLoss{names[i].Name, loss(got[i], want[i], spread(want[i])), greatest(got[i], want[i])})
		}
		q.Tenths = tenths(got, want)
		return worstOf(q.Outputs), nil
	})
	return q, err
}

// worstOf returns the loss of the worst output.
func worstOf(list []OutputLoss) (worst float64) {
	for _, out := range list {
		worst = max(worst, out.Loss)
	}
	return worst
}

// tenths returns the loss by tenths of the values of each output, for the worst
// output; nil: there are too few values.
func tenths(got, want [][]float32) (list []float64) {
	for i := range got {
		n := len(got[i]) / 10
		if n == 0 {
			continue
		}
		if list == nil {
			list = make([]float64, 10)
		}
		width := spread(want[i])
		for k := range list {
			list[k] = max(list[k], loss(got[i][k*n:][:n], want[i][k*n:][:n], width))
		}
	}
	return list
}
