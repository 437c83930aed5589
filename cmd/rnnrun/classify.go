package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ports"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A classification is the command classify with its flags.
type classification struct {
	maxTokens int
	numbers   conversion // of a model that reads numbers
}

func classifyCommand() *cobra.Command {
	var k classification
	c := &cobra.Command{
		Use:   "classify [flags] [TEXT... | FILE... | -]",
		Short: "Classify texts, sounds, or streams of readings or sound",
		Long: cli.LongHelp(`Classify each text, and write one line for it:

    label <TAB> probability <TAB> text

`, textHelp, tokensHelp, readingsHelp, soundsHelp, groupsHelp, padHelp),
		Example: `  rnnrun classify "이 영화 정말 재미있어요"
  rnnrun classify --json -- "지루하고 길다" "또 보고 싶다"
  cut -f2 reviews.tsv | rnnrun classify -m reviews.rnn -
  sensor | rnnrun classify -m activity.rnn --hold 3
  sensors | rnnrun classify -m activity.rnn --group wearer --time seconds --gap 2
  rnnrun classify -m activity.rnn readings.csv --keep time --json
  rnnrun classify -m digits.rnn one.wav two.wav
  arecord -q -t raw -f S16_LE -r 8000 | rnnrun classify -m digits.rnn --raw=s16 --hold 2 --changes --without nothing`,
		PreRunE:           k.check,
		RunE:              k.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	k.add(c)
	return c
}

const readingsHelp = `If the model reads numbers, FILE or the standard input is a stream of readings: a
CSV as for 'rnnrun run', whose first line names the columns, in any order, or lines
of JSON objects, or of JSON lists: [1,2] is a reading, [[1,2],[3,4]] or
{"inputs":[[1,2],[3,4]],"id":7} is a stream of its own. The answers are a CSV, or with
--json objects like those of 'rnnrun run':

    all columns that are not read, label, probability

A model that was trained on windows of readings (rnntrain classify --window) answers
for each window as soon as it is full, beside the columns of its last reading. Other
models answer at each step or once for the stream. --hold and --min-probability keep
the answer from flickering: the label changes only if another class has been the most
probable one --hold times in a row, with at least that probability; the probability
written is that of the label. --changes writes only changes. A line that cannot be
read is reported with its number and skipped, and the exit code is 1 at the end; with
--strict it ends the command. An empty line starts a new stream.

`

func (k *classification) add(c *cobra.Command) {
	v := &k.numbers
	cli.ModelFlag(c, &v.model, cli.Builtin+"sentiment-ko")
	cli.ThreadsFlag(c, &v.threads)
	maxTokensFlag(c, &k.maxTokens)
	f := c.Flags()
	f.BoolVar(&v.json, "json", false, "write one JSON object per line")
	f.BoolVar(&v.strict, "strict", false, "readings: stop at the first line that cannot be read")
	f.BoolVar(&v.header, "header", false, "readings: skip the first line of a CSV if its names differ from the model's columns")
	f.StringVar(&v.columns, "columns", "", "readings: the columns to read, by name or number from 0: ax,ay")
	f.StringVar(&v.keep, "keep", "", "readings: the columns to repeat beside the answers, such as time (default: all that are not read)")
	v.window.add(f)
	v.groups.add(f)
	v.pad.add(f)
	f.IntVar(&v.hysteresis.hold, "hold", 1, "readings: how many times in a row another class must be the most probable one")
	f.Float64Var(&v.hysteresis.least, "min-probability", 0, "readings: how probable another class must be")
	f.StringSliceVar(&v.without, "without", nil, "readings and streams of sound: labels whose answers are not written")
	v.addSound(f)
	f.BoolVar(&v.changes, "changes", false, "readings: write only answers that differ from the last one")
}

// ofReadings are the flags for models that read numbers.
var ofReadings = append([]string{"strict", "header", "columns", "keep", "group", "time", "gap", "max-groups", "raw", "rate", "resample"}, ofStreams...)

// ofStreams are the flags for streams, whose answers change.
var ofStreams = []string{"window", "stride", "hold", "min-probability", "changes", "without"}

// check refuses invalid combinations of flags.
func (k *classification) check(c *cobra.Command, _ []string) error {
	if err := checkMaxTokens(c, k.maxTokens); err != nil {
		return err
	}
	if err := k.numbers.hysteresis.check(); err != nil {
		return err
	}
	if err := k.numbers.pad.check(); err != nil {
		return err
	}
	if err := k.numbers.groups.check(c.Flags().Changed); err != nil {
		return err
	}
	if err := k.numbers.checkSound(); err != nil {
		return err
	}
	return k.numbers.window.check(c.Flags().Changed)
}

func (k *classification) run(c *cobra.Command, args []string) error {
	n, err := cli.OpenNetwork(k.numbers.model, k.numbers.threads.Option())
	if err != nil {
		return err
	}
	defer n.Close()
	if m, ok := n.(*rnn.Model); ok && ports.HasClasses(m) && m.Description().TokenWidth() == 0 {
		return k.readings(c, m, args)
	}
	m, err := modelFor[*rnn.Model](n, k.numbers.model, format.TaskClassify, "classify")
	if err != nil {
		return err
	}
	for _, flag := range ofReadings {
		if c.Flags().Changed(flag) {
			return cli.Usagef("--%s is for models that read numbers, but %s reads texts", flag, k.numbers.model)
		}
	}
	s := m.NewSession()
	tokens := tokenReader{model: m, shrink: s.Shrink, most: k.maxTokens, answer: tokenBytes, pad: k.numbers.pad}
	return respond(c, m.Description(), &classifier{session: s, tokens: tokens, asJSON: k.numbers.json}, args)
}

// readings answers for a stream of readings.
func (k *classification) readings(c *cobra.Command, m *rnn.Model, args []string) error {
	v := &k.numbers
	for _, label := range v.without {
		if !slices.Contains(m.Labels(), label) {
			return cli.Usagef("--without: %s is not one of the model's labels (%s)", message.Quote(label), message.List(m.Labels()))
		}
	}
	if areSounds(args) {
		if err := readsSound(m, args[0]); err != nil {
			return err
		}
	}
	if m.Pooled() && areSounds(args) && !slices.ContainsFunc(ofStreams, c.Flags().Changed) {
		return k.sounds(c, m, args)
	}
	switch {
	case c.Flags().Changed("max-tokens"):
		return cli.Usagef("--max-tokens is for texts, but %s reads numbers", v.model)
	case len(args) > 1:
		return cli.Usagef("%s reads numbers: give one file of readings, or none for the standard input", v.model)
	case len(args) == 0:
		args = []string{"-"}
	}
	v.inputFlags, v.outputFlags = args, []string{"-"}
	v.label, v.classifies, v.stepsOfGroups = !v.json, true, true
	if err := v.connect(m); err != nil {
		return err
	}
	if err := v.claim(); err != nil {
		return err
	}
	defer v.outputs.Release()
	return v.convert(m.NewSession(), c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
}

// openFor opens a model as an M. It returns an error if the model is for another task.
func openFor[M cli.Network](name string, threads cli.Threads, task format.Task, command string) (m M, err error) {
	n, err := cli.OpenNetwork(name, threads.Option())
	if err != nil {
		return m, err
	}
	if m, err = modelFor[M](n, name, task, command); err != nil {
		n.Close()
	}
	return m, err
}

// modelFor returns an open model as an M. It returns an error if the model is for
// another task.
func modelFor[M cli.Network](n cli.Network, name string, task format.Task, command string) (m M, err error) {
	if got := n.Description().Task; got != task {
		return m, fmt.Errorf("%s needs a model for the task %v, but %s is for %v; see 'rnnrun inspect %s'",
			command, task, name, got, name)
	}
	return n.(M), nil
}

// A classifier answers with the classes of texts.
type classifier struct {
	session *rnn.Session
	tokens  tokenReader
	asJSON  bool
	many    *ahead // nil: texts are run one by one
}

func (k *classifier) ahead(texts []string) {
	if k.many == nil {
		if !k.session.Model().GainsFromBatch() {
			return
		}
		k.many = newAhead(k.session.Model(), k.tokens.read)
	}
	k.many.take(texts, false, k.many.batch.ClassifyTokens)
}

func (k *classifier) respond(w io.Writer, text string) error {
	if class := k.many.classesOf(text); class != nil {
		return k.write(w, &class[0], text)
	}
	tokens, err := k.tokens.read(text)
	if err != nil {
		return err
	}
	defer k.tokens.forget()
	class, err := k.session.ClassifyTokens(tokens)
	if err != nil {
		return err
	}
	return k.write(w, &class, text)
}

func (k *classifier) pass(w io.Writer, text string) error { return k.write(w, nil, text) }

// write writes a line. class is nil if there is no answer.
func (k *classifier) write(w io.Writer, class *rnn.Class, text string) error {
	if k.asJSON {
		var label, probability any
		if class != nil {
			label, probability = labelOf(class), class.Probability
		}
		return cli.WriteJSON(w, cli.Object{"label", label, "probability", probability, "text", text})
	}
	answer := "\t"
	if class != nil {
		answer = fmt.Sprintf("%s\t%.4f", cli.Printable(labelOf(class)), class.Probability)
	}
	_, err := fmt.Fprintf(w, "%s\t%s\n", answer, oneLine(text))
	return err
}

// labelOf returns the class's name, or its index in a model without labels.
func labelOf(class *rnn.Class) string {
	if class.Label == "" {
		return fmt.Sprint(class.Index)
	}
	return class.Label
}
