package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
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
  rnntrain lm sonnets.txt --from builtin:shakespeare -o sonnets.rnn --dtype int8 --epochs 3 --lr 5e-4
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
			from, err := network.origin(format.TaskLanguage)
			if err != nil {
				return err
			}
			if err := from.agree(c); err != nil {
				return err
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
			texts, err := openCorpus(paths[0], validation, fraction)
			if err != nil {
				return err
			}
			var vocabulary []string
			if from != nil {
				z, vocabulary = from.model.Tokenizer, from.model.Vocabulary
			} else if vocabulary, err = text.languageVocabulary(z, texts); err != nil {
				return err
			}
			tokens, err := texts.encode(z, vocabulary, fit.memoryLimit())
			if err != nil {
				return err
			}
			defer tokens[0].Close()
			defer tokens[1].Close()
			task, err := trainer.NewLanguageModel(tokens[0], tokens[1], fit.batch, window)
			if err != nil {
				return err
			}
			a.Task, a.Output = format.TaskLanguage, format.OutputSoftmax
			if a.Tokens = len(vocabulary); z.Kind == format.TokenizerBytes {
				a.Tokens = 256
			}
			a.Outputs, a.TieWeights = a.Tokens, tie
			net, err := from.newNetwork(a, fit.seed)
			if err != nil {
				return err
			}
			golden := make([]int32, min(200, tokens[0].Len()))
			if err := tokens[0].Read(golden, 0); err != nil {
				return err
			}
			j := &job{
				command: c, args: args, data: texts.data, output: output, fit: &fit, origin: from,
				network: net, task: task, options: options,
				describe: func(m *format.Model) {
					m.Tokenizer, m.Vocabulary = z, vocabulary
				},
				goldens: [][]int32{golden},
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
