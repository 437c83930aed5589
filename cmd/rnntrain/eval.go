package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func newEvalCommand() *cobra.Command {
	var columns columnFlags
	var tagged taggedFlags
	var series seriesFlags
	var pairs pairFlags
	var search searchFlags
	var asJSON bool
	var last float64
	c := &cobra.Command{
		Use:   "eval MODEL DATA",
		Short: "Measure a model on data",
		Long: `eval measures a model on data it was not trained on, with the runtime that a
device runs.

Of a classifier or a tagger, DATA is as for training it, and eval prints the
accuracy, recall, precision and F1 of every class, and the mean loss; with
--json also which classes are taken for which. Of a language model DATA is a
text, and eval prints the loss in nats and bits a token, and a character where
tokens are none, and the perplexity. Of a forecaster
it prints, for every distance, the root mean squared error and the mean absolute
error beside those of the naive forecast, the last value, and of an
autoregression fitted to the steps before those measured, of the order that
Akaike's criterion chooses; --last 0.2 measures on the last fifth. Of binary
values it prints the nats of a step, all values together. Of a translator DATA
are pairs, and eval prints the loss of a target's token, and then for greedy
search and for beam search: how many sources are translated exactly as one of
their targets; chrF2, the F-score of character n-grams as sacreBLEU computes it;
and how many of the targets' tokens would have to be changed.

` + cli.ModelHelp,
		Example: `  rnntrain eval reviews.rnn held-back.tsv
  rnntrain eval builtin:shakespeare shakespeare.txt --last 0.1
  rnntrain eval en-ko.rnn held-back.tsv --beam 8 --samples 20`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: cli.CompleteModel,
		RunE: func(c *cobra.Command, args []string) error {
			if last <= 0 || last > 1 {
				return cli.Usagef("--last %g is not above 0 and at most 1", last)
			}
			m, err := cli.OpenModel(args[0])
			if err != nil {
				return err
			}
			defer m.Close()
			task := m.Description().Task
			if last < 1 && task != format.TaskRegress && task != format.TaskLanguage {
				return cli.Usagef("--last is for texts and series; %s is a model for the task %v, and all of its data are measured", args[0], task)
			}
			if task == format.TaskRegress {
				f, err := newForecastEvaluation(m)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				if err := f.measure(args[1], last); err != nil {
					return err
				}
				return f.print(c.OutOrStdout(), asJSON)
			}
			if task == format.TaskTranslate {
				if err := search.check(); err != nil {
					return err
				}
				t, err := search.measure(m, dataset.ReadTextPairs(args[1], dataset.TextPairOptions{SourceColumn: pairs.source, TargetColumn: pairs.target}))
				if err != nil {
					return fmt.Errorf("%s: %w", args[1], err)
				}
				if asJSON {
					return cli.WriteJSON(c.OutOrStdout(), append(cli.Object{
						"task", format.TaskTranslate.String(), "parameters", t.parameters}, t.object()...))
				}
				return t.print(c.OutOrStdout())
			}
			e := evaluation{model: m, session: m.NewSession(), stderr: c.ErrOrStderr(), start: time.Now()}
			switch task {
			case format.TaskClassify:
				if m.Description().Embedding == nil {
					err = e.classifySeries(args[1], series, columns.label)
				} else {
					err = e.classify(args[1], columns)
				}
			case format.TaskTag:
				err = e.tag(args[1], tagged)
			case format.TaskLanguage:
				err = e.language(args[1], last)
			default:
				err = fmt.Errorf("%s is a model for the task %v; eval measures classifiers, taggers, language models, translators and forecasters", args[0], task)
			}
			if err != nil {
				return err
			}
			return e.print(c.OutOrStdout(), asJSON)
		},
	}
	columns.add(c)
	tagged.add(c)
	series.add(c)
	pairs.add(c)
	search.add(c)
	c.Flags().Float64Var(&last, "last", 1, "of a text or of series, the part at the end to measure")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// An evaluation sums up a model's answers.
type evaluation struct {
	model   *rnn.Model
	session *rnn.Session
	stderr  io.Writer
	start   time.Time

	targets, correct int
	loss             float64   // sum over targets
	empty            int       // rows left out since their text has no token
	confusion        confusion // nil: of a language model

	// Of a language model:
	unknown    int // targets that the vocabulary lacks
	characters int // of the text, but the first
}

// classify measures a classifier on a table.
func (e *evaluation) classify(path string, columns columnFlags) error {
	e.confusion = newConfusion(e.model.OutputSize())
	class := e.classes()
	var tokens []int32
	for r, err := range dataset.ReadLabelledTexts(path, dataset.LabelledTextOptions{TextColumn: columns.text, LabelColumn: columns.label}) {
		if err != nil {
			return err
		}
		k, err := class(r.Label)
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", path, r.Line, err)
		}
		if tokens, err = e.model.Encode(tokens[:0], r.Text); err != nil {
			return fmt.Errorf("%s: line %d: %w", path, r.Line, err)
		}
		if len(tokens) == 0 {
			e.empty++
			continue
		}
		e.session.Reset()
		y, err := e.session.RunTokens(tokens)
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", path, r.Line, err)
		}
		e.add(y, k)
	}
	return nil
}

// classifySeries measures a classifier of numbers.
func (e *evaluation) classifySeries(path string, series seriesFlags, label string) error {
	e.confusion = newConfusion(e.model.OutputSize())
	class := e.classes()
	n := 0
	for s, err := range dataset.ReadLabelledSeries(path, dataset.LabelledSeriesOptions{LabelPath: series.labels, InputField: series.inputs, LabelField: label}) {
		if err != nil {
			return err
		}
		n++
		k, err := class(s.Label)
		if err != nil {
			return fmt.Errorf("%s: sequence %d: %w", path, n, err)
		}
		if s.Width != e.model.InputSize() {
			return fmt.Errorf("%s: sequence %d: its steps have %d numbers, but the model reads %d", path, n, s.Width, e.model.InputSize())
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

// classes returns a function that gives the class of a label of the data.
func (e *evaluation) classes() func(label string) (int, error) {
	known := map[string]int{}
	return func(label string) (int, error) {
		class, found := known[label]
		if !found {
			var err error
			if class, err = matchLabel(label, e.model); err != nil {
				return 0, err
			}
			known[label] = class
		}
		return class, nil
	}
}

// tag measures a tagger on tagged sequences.
func (e *evaluation) tag(path string, columns taggedFlags) error {
	e.confusion = newConfusion(e.model.OutputSize())
	class := e.classes()
	outputs := e.model.OutputSize()
	var tokens []int32
	for s, err := range dataset.ReadTaggedSequences(path, dataset.TaggedSequenceOptions{TokenColumn: columns.token, TagColumn: columns.tag}) {
		if err != nil {
			return err
		}
		tokens = tokens[:0]
		for i, token := range s.Tokens {
			if tokens, err = e.model.Encode(tokens, token); err != nil {
				return fmt.Errorf("%s: line %d: %w", path, s.Lines[i], err)
			}
			if len(tokens) != i+1 {
				return fmt.Errorf("%s: line %d: %q is not one token of the model's", path, s.Lines[i], token)
			}
		}
		e.session.Reset()
		y, err := e.session.RunTokens(tokens)
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", path, s.Lines[0], err)
		}
		for i, tag := range s.Tags {
			k, err := class(tag)
			if err != nil {
				return fmt.Errorf("%s: line %d: %w", path, s.Lines[i], err)
			}
			e.add(y[i*outputs:][:outputs], k)
		}
	}
	return nil
}

// matchLabel returns the class of a label of the data: the model's label of that
// name, or the one that had that name in the data it was trained on.
func matchLabel(label string, m *rnn.Model) (int, error) {
	d := m.Description()
	var trained []string
	for _, p := range d.Provenance {
		if p.Key == dataLabels {
			trained = strings.Split(p.Value, ",")
		}
	}
	i := slices.Index(d.Labels, label)
	if i < 0 {
		i = slices.Index(trained, label)
	}
	if i < 0 || i >= m.OutputSize() {
		return 0, fmt.Errorf("the label %q is none of the model's (%s)", label, strings.Join(append(d.Labels, trained...), ", "))
	}
	return i, nil
}

// language measures a language model on the end of a text.
func (e *evaluation) language(path string, last float64) error {
	_, tail, err := dataset.SplitText(path, last)
	if err != nil {
		return err
	}
	var tokens []int32 // not predicted from yet: the last one of a chunk stays
	for chunk, err := range tail.Chunks() {
		if err == nil {
			e.characters += utf8.RuneCountInString(chunk)
			tokens, err = e.model.Encode(tokens, chunk)
		}
		if err == nil {
			err = e.predict(tokens)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		tokens = append(tokens[:0], tokens[max(0, len(tokens)-1):]...)
	}
	if e.targets == 0 {
		return fmt.Errorf("%s: the text has %d tokens, but predicting needs two", path, len(tokens))
	}
	e.characters--
	return nil
}

// predict predicts every token but the first, going on in the session's stream.
func (e *evaluation) predict(tokens []int32) error {
	const block = 256
	outputs, z := e.model.OutputSize(), e.model.Description().Tokenizer
	for from := 0; from < len(tokens)-1; from += block {
		to := min(from+block, len(tokens)-1)
		y, err := e.session.RunTokens(tokens[from:to])
		if err != nil {
			return err
		}
		for i := from; i < to; i++ {
			if z != nil && int(tokens[i+1]) == z.Unknown {
				e.unknown++
			}
			e.add(y[(i-from)*outputs:][:outputs], int(tokens[i+1]))
		}
	}
	return nil
}

func (e *evaluation) add(y []float32, class int) {
	e.targets++
	e.loss -= math.Log(math.Max(float64(y[class]), math.SmallestNonzeroFloat32))
	answer := kernels.ArgMax(y)
	if answer == class {
		e.correct++
	}
	if e.confusion != nil {
		e.confusion[class][answer]++
	}
}

func (e *evaluation) print(w io.Writer, asJSON bool) error {
	if e.targets == 0 {
		return fmt.Errorf("there is nothing to measure on")
	}
	loss := e.loss / float64(e.targets)
	accuracy := float64(e.correct) / float64(e.targets)
	seconds := time.Since(e.start).Seconds()
	d := e.model.Description()
	if asJSON {
		o := cli.Object{
			"task", d.Task.String(),
			"parameters", d.Parameters(),
			"targets", e.targets,
			"loss", loss,
			"accuracy", accuracy,
		}
		if e.confusion == nil {
			o = append(o, "bits_per_token", loss/math.Ln2, "perplexity", math.Exp(loss), "unknown", e.unknown,
				"nats_per_character", e.perCharacter(), "bits_per_character", e.perCharacter()/math.Ln2)
		} else {
			o = append(o, "left_out_empty", e.empty, "macro_f1", e.confusion.macroF1())
			o = append(o, e.confusion.json(e.model)...)
		}
		return cli.WriteJSON(w, append(o, "seconds", seconds, "kernels", e.model.Kernels()))
	}
	var b strings.Builder
	if e.confusion == nil {
		fmt.Fprintf(&b, "loss        %.4f nats a token (%.4f bits, perplexity %.3f)\n", loss, loss/math.Ln2, math.Exp(loss))
		if e.characters != e.targets {
			fmt.Fprintf(&b, "            %.4f nats a character (%.4f bits)\n", e.perCharacter(), e.perCharacter()/math.Ln2)
		}
		fmt.Fprintf(&b, "accuracy    %s of %d tokens\n", percent(accuracy), e.targets)
		if e.unknown > 0 {
			fmt.Fprintf(&b, "unknown     %s of the tokens are not in the vocabulary, and count as one\n",
				percent(float64(e.unknown)/float64(e.targets)))
		}
	} else {
		fmt.Fprintf(&b, "accuracy    %s (%d of %d)\n", percent(accuracy), e.correct, e.targets)
		fmt.Fprintf(&b, "macro F1    %.4f\n", e.confusion.macroF1())
		e.confusion.print(&b, e.model)
		fmt.Fprintf(&b, "loss        %.4f nats\n", loss)
		if e.empty > 0 {
			fmt.Fprintf(&b, "left out    %d rows whose text is empty\n", e.empty)
		}
	}
	fmt.Fprintf(&b, "parameters  %d\n", d.Parameters())
	fmt.Fprintf(&b, "time        %.1f s on kernel set %s\n", seconds, e.model.Kernels())
	_, err := io.WriteString(w, b.String())
	return err
}

// perCharacter returns the nats of a character, whatever a token is.
func (e *evaluation) perCharacter() float64 { return e.loss / float64(max(1, e.characters)) }
