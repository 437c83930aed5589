package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A classEvaluation measures a classifier or a tagger.
type classEvaluation struct {
	answers
	model     *rnn.Model
	session   *rnn.Session
	start     time.Time
	known     map[string]int // classes of the labels seen so far
	confusion metrics.Confusion
	empty     int // rows left out because their text has no tokens
	encoder   *cutEncoder
	drawing   string // file for a drawing of the confusion matrix; "": none
}

func newClassEvaluation(m *rnn.Model) (*classEvaluation, error) {
	s, err := newLogitSession(m)
	return &classEvaluation{
		answers: answers{output: m.Description().Output}, model: m, session: s, start: time.Now(),
		known: map[string]int{}, confusion: metrics.NewConfusion(m.ClassCount()),
	}, err
}

// classify measures a classifier of texts.
func (e *classEvaluation) classify(path string, columns columnFlags) error {
	d := e.model.Description()
	if d.Tokenizer == nil {
		return rnn.ErrNoTokenizer
	}
	var err error
	if e.encoder, err = newCutEncoder(d.Tokenizer, d.Vocabulary); err != nil {
		return err
	}
	var tokens []int32
	sequences := newTogether(e.session)
	for r, err := range columns.read(path) {
		if err != nil {
			return err
		}
		k, err := e.class(r.Label)
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", path, r.Line, err)
		}
		if tokens, err = e.encoder.encode(tokens[:0], r.Text); err != nil {
			return fmt.Errorf("%s: line %d: %w", path, r.Line, err)
		}
		if len(tokens) == 0 {
			e.empty++
			continue
		}
		line := r.Line
		err = sequences.add(tokens, func(y []float32, err error) error {
			if err != nil {
				return fmt.Errorf("%s: line %d: %w", path, line, err)
			}
			e.add(y, k)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return sequences.flush()
}

// classifySeries measures a classifier of numbers.
func (e *classEvaluation) classifySeries(path string, series seriesFlags, columns columnFlags) error {
	n := 0
	for s, err := range series.read(path, columns, series.labels) {
		if err != nil {
			return err
		}
		n++
		k, err := e.class(s.Label)
		if err != nil {
			return fmt.Errorf("%s: sequence %d: %w", path, n, err)
		}
		if s.Width != e.model.InputSize() {
			return fmt.Errorf("%s: sequence %d: its steps have %s, but the model reads %d", path, n, message.Count(s.Width, "number"), e.model.InputSize())
		}
		e.session.Reset()
		y, err := e.session.Run(s.Inputs)
		if err != nil {
			return fmt.Errorf("%s: sequence %d: %w", path, n, err)
		}
		e.add(y, k)
	}
	return nil
}

// tag measures a tagger.
func (e *classEvaluation) tag(path string, columns taggedFlags) error {
	outputs := e.model.Description().LogitCount()
	var tokens []int32
	sequences := newTogether(e.session)
	for s, err := range columns.read(path) {
		if err != nil {
			return err
		}
		tokens = tokens[:0]
		for i, token := range s.Tokens {
			if tokens, err = e.model.Encode(tokens, token); err != nil {
				return fmt.Errorf("%s: line %d: %w", path, s.Lines[i], err)
			}
			if len(tokens) != i+1 {
				return fmt.Errorf("%s: line %d: %s is not a single token of the model", path, s.Lines[i], message.Quote(token))
			}
		}
		classes := make([]int, len(s.Tags))
		for i, tag := range s.Tags {
			if classes[i], err = e.class(tag); err != nil {
				return fmt.Errorf("%s: line %d: %w", path, s.Lines[i], err)
			}
		}
		line := s.Lines[0]
		err = sequences.add(tokens, func(y []float32, err error) error {
			if err != nil {
				return fmt.Errorf("%s: line %d: %w", path, line, err)
			}
			for i, k := range classes {
				e.add(y[i*outputs:][:outputs], k)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return sequences.flush()
}

// class returns the class of a label of the data.
func (e *classEvaluation) class(label string) (int, error) {
	class, found := e.known[label]
	if !found {
		var err error
		if class, err = classOf(label, e.model.Description()); err != nil {
			return 0, err
		}
		e.known[label] = class
	}
	return class, nil
}

func (e *classEvaluation) add(y []float32, class int) {
	e.confusion[class][e.answers.add(y, class)]++
}

func (e *classEvaluation) print(w io.Writer, asJSON bool) error {
	if e.targets == 0 {
		return errNothingMeasured
	}
	if e.drawing != "" {
		if err := e.draw(e.drawing); err != nil {
			return err
		}
	}
	if asJSON {
		return cli.WriteJSON(w, e.object())
	}
	seconds := time.Since(e.start).Seconds()
	var b strings.Builder
	fmt.Fprintf(&b, "accuracy    %s (%d of %d)\n", percent(e.accuracy()), e.correct, e.targets)
	fmt.Fprintf(&b, "macro F1    %.4f\n", e.confusion.MacroF1())
	e.writeImbalance(&b)
	classes, worst := e.shown()
	if worst {
		fmt.Fprintf(&b, "the %d classes with the lowest F1, of %d (--json has all):\n", len(classes), len(e.confusion))
	}
	for _, i := range classes {
		if s := e.confusion.Score(i); s.Targets > 0 {
			fmt.Fprintf(&b, "  %-18s recall %8s of %-6d precision %8s  F1 %.4f\n",
				e.name(i), percent(s.Recall), s.Targets, percent(s.Precision), s.F1)
		}
	}
	if !worst {
		e.writeConfusion(&b, classes)
	}
	fmt.Fprintf(&b, "loss        %.4f nats\n", e.loss())
	if e.output == format.OutputLinear {
		fmt.Fprintf(&b, "            computed with a softmax, since the model's outputs are logits (rnntrain convert --task adds the softmax)\n")
	}
	if e.empty > 0 {
		fmt.Fprintf(&b, "left out    %s with an empty text\n", message.Count(e.empty, "row"))
	}
	if cut := e.encoder.report(); cut != "" {
		fmt.Fprintf(&b, "cut         %s, as the model was trained with --max-length %d\n", cut, e.encoder.limit)
	}
	writeCost(&b, e.model, seconds)
	_, err := io.WriteString(w, b.String())
	return err
}

// object returns the measures, for JSON.
func (e *classEvaluation) object() cli.Object {
	d := e.model.Description()
	o := cli.Object{
		"task", d.Task.String(),
		"parameters", d.Parameters(),
		"targets", e.targets,
		"loss", e.loss(),
		"accuracy", e.accuracy(),
		"left_out_empty", e.empty, "macro_f1", e.confusion.MacroF1(),
	}
	o = append(o, e.classes()...)
	return append(o, "seconds", time.Since(e.start).Seconds(), "kernels", e.model.Kernels())
}

// classes returns the scores of the classes, and the confusion matrix: a list of answers
// for each true class.
func (e *classEvaluation) classes() cli.Object {
	var classes, counts cli.Array
	for i, row := range e.confusion {
		s := e.confusion.Score(i)
		classes = append(classes, cli.Object{
			"label", e.model.Label(i), "targets", s.Targets, "recall", s.Recall, "precision", s.Precision, "f1", s.F1,
		})
		var numbers cli.Array
		for _, n := range row {
			numbers = append(numbers, n)
		}
		counts = append(counts, numbers)
	}
	return cli.Object{"classes", classes, "confusion", counts}
}
