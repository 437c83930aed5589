package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/internal/cli"
	"rnnrun/tokenizer"
	"rnnrun/trainer"
)

func newLanguageCommand(args []string) *cobra.Command {
	network := networkFlags{cell: "gru", hidden: 128, layers: 2, embedding: 64}
	fit := fitFlags{epochs: 10, batch: 50, rate: 2e-3, clip: 5}
	text := textFlags{tokens: "char"}
	var output outputFlags
	var window int
	var validation string
	var fraction float64
	var tie bool
	c := &cobra.Command{
		Use:   "lm TEXT -o MODEL",
		Short: "Train a language model, which generates text",
		Long: `lm trains a network to predict the next token at every step of a text, by
truncated back-propagation through time: gradients reach back --window steps,
the state is carried on. Part of the text, its end, is held back to validate on.

A language model generates: it feeds its outputs back as inputs, so it cannot be
bidirectional.`,
		Example: `  rnntrain lm shakespeare.txt -o shakespeare.rnn
  rnntrain lm train.txt --valid valid.txt -o model.rnn --cell lstm --hidden 256 --dropout 0.2`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			a, err := network.architecture()
			if err != nil {
				return err
			}
			if a.Bidirectional {
				return trainer.ErrBidirectional
			}
			options, err := fit.options()
			if err != nil {
				return err
			}
			z, err := text.tokenizer()
			if err != nil {
				return err
			}
			if fraction < 0 || fraction >= 1 {
				return cli.Usagef("--valid-fraction %g is not between 0 and 1", fraction)
			}
			texts, data, err := readTexts(paths[0], validation, fraction)
			if err != nil {
				return err
			}
			z, vocabulary := text.languageVocabulary(z, texts)
			var tokens [2][]int32
			for i := range texts {
				if tokens[i], err = encode(z, vocabulary, texts[i]); err != nil {
					return err
				}
			}
			task, err := trainer.NewLanguageModel(tokens[0], tokens[1], fit.batch, window)
			if err != nil {
				return err
			}
			a.Task, a.Output = format.Language, format.Softmax
			if a.Tokens = len(vocabulary); z.Kind == format.Bytes {
				a.Tokens = 256
			}
			a.Outputs, a.TieWeights = a.Tokens, tie
			net, err := trainer.NewNetwork(a, fit.seed)
			if err != nil {
				return err
			}
			j := &job{
				command: c, args: args, data: data, output: output, fit: &fit,
				network: net, task: task, options: options,
				describe: func(m *format.Model) {
					m.Tokenizer, m.Vocabulary = z, vocabulary
				},
				goldens: [][]int32{tokens[0][:min(200, len(tokens[0]))]},
			}
			return j.run(c.Context())
		},
	}
	output.add(c)
	network.add(c)
	text.add(c)
	fit.add(c)
	c.Flags().BoolVar(&tie, "tie", false, "use the embedding as the weights of the head, too; it is as wide as --hidden")
	c.Flags().IntVar(&window, "window", 50, "steps that gradients reach back")
	c.Flags().StringVar(&validation, "valid", "", "a text to validate on, instead of the end of TEXT")
	c.Flags().Float64Var(&fraction, "valid-fraction", 0.1, "how much of the end of TEXT to hold back")
	return c
}

// readTexts returns the text to train on and the one to validate on.
func readTexts(path, validation string, fraction float64) (texts [2]string, data []string, err error) {
	train, err := os.ReadFile(path)
	if err != nil {
		return texts, nil, err
	}
	texts[0], data = string(train), []string{path}
	if validation != "" {
		valid, err := os.ReadFile(validation)
		if err != nil {
			return texts, nil, err
		}
		texts[1] = string(valid)
		return texts, append(data, validation), nil
	}
	texts[0], texts[1] = splitText(texts[0], fraction)
	return texts, data, nil
}

// splitText cuts a fraction of the characters off the end of a text.
func splitText(text string, fraction float64) (head, tail string) {
	runes := []rune(text)
	at := len(runes) - int(fraction*float64(len(runes)))
	return string(runes[:at]), string(runes[at:])
}

const unknown = "<unk>"

// languageVocabulary returns the vocabulary of the texts and the tokenizer
// with its special tokens. Only where the vocabulary is limited is there a
// token for what it lacks.
func (f *textFlags) languageVocabulary(z *format.Tokenizer, texts [2]string) (*format.Tokenizer, []string) {
	if z.Kind == format.Bytes {
		z.Start = '\n'
		return z, nil
	}
	var special []string
	if f.vocabulary > 0 || f.minCount > 1 {
		special = []string{unknown}
		z.Unknown = 0
	}
	vocabulary := tokenizer.Vocabulary(z, slices.Values(texts[:]), f.vocabulary, f.minCount, special...)
	if z.Start = slices.Index(vocabulary, "\n"); z.Start < 0 {
		z.Start = 0
	}
	return z, vocabulary
}

func encode(z *format.Tokenizer, vocabulary []string, text string) ([]int32, error) {
	t, err := tokenizer.New(z, vocabulary)
	if err != nil {
		return nil, err
	}
	tokens, err := t.Encode(nil, text)
	if err != nil {
		return nil, fmt.Errorf("%w (a smaller --vocabulary gives such tokens one of their own)", err)
	}
	return tokens, nil
}
