package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/trainer"
)

func newTranslateCommand(args []string) *cobra.Command {
	t := translationTraining{
		training: training{
			args:    args,
			network: networkFlags{cell: "gru", hidden: 128, layers: 1, embedding: 64, bidirectional: true},
			fit:     fitFlags{epochs: 20, batch: 32, rate: 2e-3, clip: 1, dropout: 0.3},
		},
		source: side{text: textFlags{tokens: "char", minCount: 2}},
		target: side{text: textFlags{tokens: "char", minCount: 2}},
	}
	c := &cobra.Command{
		Use:   "translate PAIRS… -o MODEL",
		Short: "Train a translation model (encoder–decoder), which turns a text into another",
		Long: `translate trains an encoder, which reads the source to its end, and a decoder,
which writes the target from the encoder's final state: translation, question and
answer, spelling and sound. During training, the decoder reads the correct tokens instead
of its own (teacher forcing).

PAIRS are tables, with columns separated by tabs, or by commas in a .csv file; or lines
of JSON objects in a .jsonl file. Give the columns by name if the first line is a header,
and otherwise by number. By default, the command looks for the usual names in a header;
without a header the first two columns are the pair, as in Tatoeba's files.

A part of the sources, chosen by --seed, is held back with all of their targets to
validate on. After training they are translated by greedy search and by beam search, and
compared with their targets.`,
		Example: `  rnntrain translate kor.txt -o en-ko.rnn
  rnntrain translate kor.txt -o ko-en.rnn --source 1 --target 0 --source-tokens jamo --target-tokens word
  rnntrain translate questions.csv -o chat.rnn --cell lstm --layers 2
  rnntrain translate a.jsonl b.jsonl --valid c.jsonl -o model.rnn --source en --target fr`,
		Args: cobra.MinimumNArgs(1),
		RunE: t.run,
	}
	t.add(c)
	return c
}

// A translationTraining has the flags and the state of the command translate.
type translationTraining struct {
	training
	columns        pairFlags
	source, target side
	search         searchFlags
	tie            bool
	longest        int

	pairs pairSet
}

func (t *translationTraining) add(c *cobra.Command) {
	t.output.add(c)
	t.network.add(c)
	t.columns.add(c)
	t.source.text.addSide(c, "source")
	t.target.text.addSide(c, "target")
	t.fit.add(c)
	t.search.add(c)
	c.Flags().BoolVar(&t.tie, "tie", false, "also use the decoder's embedding as the weights of its head; its width is that of the decoder")
	c.Flags().IntVar(&t.longest, "max-tokens", 0, "leave out pairs with more tokens than this in the source or the target; 0: no limit")
	t.addValidation(c, 0.05, "pairs to validate on, instead of part of PAIRS", "fraction of PAIRS to hold back")
}

// run trains a translation model on the pairs of these files.
func (t *translationTraining) run(c *cobra.Command, paths []string) error {
	if err := t.prepare(c, format.TaskTranslate, paths...); err != nil {
		return err
	}
	defer t.outputs.Release()
	if err := t.search.check(); err != nil {
		return err
	}
	if err := within(limit{"max-tokens", float64(t.longest), 0, math.MaxInt}); err != nil {
		return err
	}
	for _, side := range []*textFlags{&t.source.text, &t.target.text} {
		if err := side.refuseIdle(c); err != nil {
			return err
		}
	}
	t.pairs = pairSet{columns: t.columns, paths: paths, validation: t.validation, fraction: t.fraction, seed: t.fit.seed}
	for _, path := range t.pairs.files() {
		if err := printTable(c.ErrOrStderr(), t.columns.options(), path); err != nil {
			return err
		}
	}
	if err := t.learn(c); err != nil {
		return err
	}
	store := dataset.NewSequenceStore(t.fit.memoryLimit())
	defer store.Close()
	train, valid, leftOut, err := t.pairs.examples(&t.source, &t.target, t.longest, store)
	if err != nil {
		return err
	}
	t.announceValidation(valid.Len())
	t.pairs.forms.print(c.ErrOrStderr(), t.source.tokenizer, "texts")
	if leftOut > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "left out %s with an empty side, or a side longer than --max-tokens\n", message.Count(leftOut, "pair"))
	}
	j, err := t.job(train, valid)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s to train on, %d held back; %d source tokens, %d target tokens\n",
		message.Count(train.Len(), "pair"), valid.Len(), t.source.tokens(), t.target.tokens())
	return j.run(c.Context())
}

// learn finds the vocabularies, or keeps those of the model of --from.
func (t *translationTraining) learn(c *cobra.Command) error {
	if t.origin == nil {
		return t.pairs.learn(&t.source, &t.target)
	}
	m := t.origin.model
	return errors.Join(t.source.keep(c, t.origin, m), t.target.keep(c, t.origin, m.Decoder))
}

// job returns the job that trains on the pairs.
func (t *translationTraining) job(train, valid dataset.Examples) (*job, error) {
	task, err := trainer.NewSequenceTask(train, valid, t.fit.batch)
	if err != nil {
		return nil, err
	}
	a := &t.architecture
	a.Tokens, a.TargetTokens, a.TieWeights = t.source.tokens(), t.target.tokens(), t.tie
	j, err := t.newJob(task, t.pairs.files())
	if err != nil {
		return nil, err
	}
	j.describe = func(m *format.Model) {
		m.Tokenizer, m.Vocabulary = t.source.tokenizer, t.source.vocabulary
		m.Decoder.Tokenizer, m.Decoder.Vocabulary = t.target.tokenizer, t.target.vocabulary
	}
	j.measure = t.measure
	for i := range min(3, train.Len()) {
		s, err := train.At(i)
		if err != nil {
			return nil, err
		}
		j.goldens = append(j.goldens, dataset.Sequence{Tokens: s.Source})
	}
	return j, nil
}

// measure measures the written model on the held-back pairs; the result is nil if there
// are none.
func (t *translationTraining) measure() (measurement, error) {
	measured, err := t.search.measureFile(t.output.output, t.pairs.heldBack())
	if errors.Is(err, errNoPairs) {
		return nil, nil
	}
	return measured, err
}
