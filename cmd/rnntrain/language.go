package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/trainer"
)

func newLanguageCommand(args []string) *cobra.Command {
	l := languageTraining{
		training: training{
			args:    args,
			network: networkFlags{cell: "gru", hidden: 128, layers: 2, embedding: 64},
			fit:     fitFlags{epochs: 10, batch: 50, rate: 2e-3, clip: 5},
		},
		text: textFlags{tokens: "char"},
	}
	c := &cobra.Command{
		Use:   "lm TEXT -o MODEL",
		Short: "Train a language model, which generates text",
		Long: `lm trains a network to predict the next token at every step of a text, by
truncated back-propagation through time: gradients reach back --window steps, and the
state is carried from window to window. The end of the text is held back to validate on.

A language model generates: it feeds its outputs back as inputs, so it cannot be
bidirectional.`,
		Example: `  rnntrain lm shakespeare.txt -o shakespeare.rnn
  rnntrain lm sonnets.txt --from builtin:shakespeare -o sonnets.rnn --dtype int8 --epochs 3 --lr 5e-4
  rnntrain lm train.txt --valid valid.txt -o model.rnn --cell lstm --hidden 256 --dropout 0.2`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return l.run(c, paths[0]) },
	}
	l.add(c)
	return c
}

// A languageTraining has the flags and the state of the command lm.
type languageTraining struct {
	training
	text   textFlags
	window int
	tie    bool

	tokenizer  *format.Tokenizer
	vocabulary []string
}

func (l *languageTraining) add(c *cobra.Command) {
	l.output.add(c)
	l.network.add(c)
	l.text.add(c)
	l.fit.add(c)
	c.Flags().BoolVar(&l.tie, "tie", false, "also use the embedding as the weights of the head; its width is --hidden")
	c.Flags().IntVar(&l.window, "window", 50, "steps of truncated back-propagation through time")
	hide(c, "bidirectional") // it is refused, with the reason
	l.addValidation(c, 0.1, "a text to validate on, instead of the end of TEXT", "fraction of TEXT, at its end, to hold back")
}

// run trains a model of the text.
func (l *languageTraining) run(c *cobra.Command, path string) error {
	if err := l.check(c, path); err != nil {
		return err
	}
	defer l.outputs.Release()
	if err := l.origin.agree(c); err != nil {
		return err
	}
	texts, err := openCorpus(path, l.validation, l.fraction)
	if err != nil {
		return err
	}
	if err := l.learn(texts); err != nil {
		return err
	}
	tokens, err := texts.encode(l.tokenizer, l.vocabulary, l.fit.memoryLimit())
	if err != nil {
		return err
	}
	defer tokens[0].Close()
	defer tokens[1].Close()
	l.announceValidation(tokens[1].Len())
	texts.forms.print(c.ErrOrStderr(), l.tokenizer, "lines")
	j, err := l.job(tokens, texts.data)
	if err != nil {
		return err
	}
	return j.run(c.Context())
}

// check refuses invalid flags.
func (l *languageTraining) check(c *cobra.Command, path string) error {
	if l.network.bidirectional {
		return trainer.ErrBidirectional
	}
	if err := within(limit{"window", float64(l.window), 1, math.MaxInt32}); err != nil {
		return err
	}
	if err := l.text.refuseIdle(c); err != nil {
		return err
	}
	return l.prepare(c, format.TaskLanguage, path)
}

// learn finds the vocabulary of the texts, or keeps that of the model of --from.
func (l *languageTraining) learn(texts corpus) (err error) {
	if l.tokenizer, err = l.text.tokenizer(); err != nil {
		return err
	}
	if l.origin != nil {
		l.tokenizer, l.vocabulary = l.origin.model.Tokenizer, l.origin.model.Vocabulary
	}
	switch err := texts.check(); {
	case errors.Is(err, dataset.ErrText) && l.tokenizer.Kind == format.TokenizerBytes:
		if l.origin == nil {
			l.tokenizer.NFC = false // bytes that are not text have no normal form
		}
	case err != nil:
		return err
	}
	if l.origin != nil {
		return nil
	}
	l.vocabulary, err = l.text.languageVocabulary(l.tokenizer, texts)
	return err
}

// job returns the job of training on the tokens of the files.
func (l *languageTraining) job(tokens [2]*dataset.TokenStore, files []string) (*job, error) {
	task, err := trainer.NewLanguageModel(tokens[0], tokens[1], l.fit.batch, l.window)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", files[0], err)
	}
	a := &l.architecture
	if a.Tokens = len(l.vocabulary); l.tokenizer.Kind == format.TokenizerBytes {
		a.Tokens = 256
	}
	a.Output, a.Outputs, a.TieWeights = format.OutputSoftmax, a.Tokens, l.tie
	j, err := l.newJob(task, files)
	if err != nil {
		return nil, err
	}
	j.describe = func(m *format.Model) {
		m.Tokenizer, m.Vocabulary = l.tokenizer, l.vocabulary
		m.Data = &format.Data{Window: l.window}
	}
	golden := make([]int32, min(200, tokens[0].Len()))
	j.goldens = []dataset.Sequence{{Tokens: golden}}
	return j, tokens[0].Read(golden, 0)
}
