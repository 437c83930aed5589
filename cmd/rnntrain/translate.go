package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

func newTranslateCommand(args []string) *cobra.Command {
	network := networkFlags{cell: "gru", hidden: 128, layers: 1, embedding: 64, bidirectional: true}
	fit := fitFlags{epochs: 20, batch: 32, rate: 2e-3, clip: 1, dropout: 0.3}
	source := side{text: textFlags{tokens: "char", minCount: 2}}
	target := side{text: textFlags{tokens: "char", minCount: 2}}
	var pairs pairSet
	var output outputFlags
	var search searchFlags
	var tie bool
	var longest int
	c := &cobra.Command{
		Use:   "translate PAIRS… -o MODEL",
		Short: "Train a translator, which turns a text into another",
		Long: `translate trains an encoder, which reads the source to its end, and a decoder,
which writes the target from the state that is left: translation, question and
answer, spelling and sound. While it trains, the decoder reads the right tokens
and not those it would have written (teacher forcing).

PAIRS are tables, with columns separated by tabs, or by commas in a .csv file; or
lines of JSON objects in a .jsonl file. The columns are given by name, where the
first line is a header, or by number, where it is not. Where neither is given
the usual names are looked for in a header; without one the first two columns
are the pair, as in the files of Tatoeba.

Part of the sources, chosen by --seed, is held back with all of their targets to
validate on. After the training they are translated, by greedy search and by
beam search, and compared.`,
		Example: `  rnntrain translate kor.txt -o en-ko.rnn
  rnntrain translate kor.txt -o ko-en.rnn --source 1 --target 0 --source-tokens jamo --target-tokens word
  rnntrain translate questions.csv -o chat.rnn --cell lstm --layers 2
  rnntrain translate a.jsonl b.jsonl --valid c.jsonl -o model.rnn --source en --target fr`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			a, err := network.architecture()
			if err != nil {
				return err
			}
			from, err := network.origin(format.TaskTranslate)
			if err != nil {
				return err
			}
			options, err := fit.options()
			if err != nil {
				return err
			}
			if pairs.fraction < 0 || pairs.fraction >= 1 {
				return cli.Usagef("--valid-fraction %g is not between 0 and 1", pairs.fraction)
			}
			if err := search.check(); err != nil {
				return err
			}
			pairs.paths, pairs.seed = paths, fit.seed
			if from != nil {
				err = errors.Join(source.keep(c, from, from.model), target.keep(c, from, from.model.Decoder))
			} else {
				err = pairs.learn(&source, &target)
			}
			if err != nil {
				return err
			}
			store := dataset.NewSequenceStore(fit.memoryLimit())
			defer store.Close()
			train, valid, leftOut, err := pairs.examples(&source, &target, longest, store)
			if err != nil {
				return err
			}
			if leftOut > 0 {
				fmt.Fprintf(c.ErrOrStderr(), "left out %d pairs with an empty side, or a longer one than --max-tokens\n", leftOut)
			}
			task, err := trainer.NewSequenceTask(train, valid, fit.batch)
			if err != nil {
				return err
			}
			a.Task, a.Tokens, a.TargetTokens, a.TieWeights = format.TaskTranslate, source.tokens(), target.tokens(), tie
			net, err := from.newNetwork(a, fit.seed)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.ErrOrStderr(), "%d pairs to train on, %d held back; %d source tokens, %d target tokens\n",
				train.Len(), valid.Len(), source.tokens(), target.tokens())
			j := &job{
				command: c, args: args, data: pairs.files(), output: output, fit: &fit, origin: from,
				network: net, task: task, options: options,
				describe: func(m *format.Model) {
					m.Tokenizer, m.Vocabulary = source.tokenizer, source.vocabulary
					m.Decoder.Tokenizer, m.Decoder.Vocabulary = target.tokenizer, target.vocabulary
				},
				measure: func() (*translations, error) {
					t, err := search.measureFile(output.output, pairs.heldBack())
					if errors.Is(err, errNoPairs) {
						return nil, nil // nothing is held back
					}
					return t, err
				},
			}
			for i := range min(3, train.Len()) {
				s, err := train.At(i)
				if err != nil {
					return err
				}
				j.goldens = append(j.goldens, s.Source)
			}
			return j.run(c.Context())
		},
	}
	output.add(c)
	network.add(c)
	pairs.columns.add(c)
	source.text.addSide(c, "source")
	target.text.addSide(c, "target")
	fit.add(c)
	search.add(c)
	c.Flags().BoolVar(&tie, "tie", false, "use the decoder's embedding as the weights of its head, too; it is as wide as the decoder")
	c.Flags().IntVar(&longest, "max-tokens", 0, "leave out pairs with more tokens on a side; 0: none")
	c.Flags().StringVar(&pairs.validation, "valid", "", "pairs to validate on, instead of part of PAIRS")
	c.Flags().Float64Var(&pairs.fraction, "valid-fraction", 0.05, "how much of PAIRS to hold back")
	return c
}
