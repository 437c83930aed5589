package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/internal/cli"
	"rnnrun/trainer"
)

func newClassifyCommand(args []string) *cobra.Command {
	network := networkFlags{cell: "gru", hidden: 64, layers: 1, embedding: 32}
	fit := fitFlags{epochs: 5, batch: 128, rate: 2e-3, clip: 1, dropout: 0.3}
	text := textFlags{tokens: "char", vocabulary: 2000, minCount: 2, maxLength: 100, maxRun: 3}
	var output outputFlags
	var columns columnFlags
	var validation, pool, names string
	var fraction float64
	c := &cobra.Command{
		Use:   "classify DATA -o MODEL",
		Short: "Train a classifier of texts",
		Long: `classify trains a network to name the class of a text: many to one. DATA is a
table with a header line, columns separated by tabs, or by commas in a .csv file;
or lines of JSON objects in a .jsonl file. Part of its rows, chosen by --seed, is held back to validate on.`,
		Example: `  rnntrain classify reviews.tsv -o reviews.rnn
  rnntrain classify train.csv --valid valid.csv -o model.rnn --text title --label topic
  rnntrain classify ratings_train.txt -o sentiment.rnn --bidirectional --pool max --labels 0=negative,1=positive`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			a, err := network.architecture()
			if err != nil {
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
			if a.Pool, err = choose("pool", pool, map[string]format.Pool{
				"last": format.PoolLast, "max": format.PoolMax, "mean": format.PoolMean,
			}, "last", "max", "mean"); err != nil {
				return err
			}
			if fraction < 0 || fraction >= 1 {
				return cli.Usagef("--valid-fraction %g is not between 0 and 1", fraction)
			}
			rows, err := openTable(paths[0], validation, fraction, columns, fit.seed)
			if err != nil {
				return err
			}
			labels := rows.labels
			if len(labels) < 2 {
				return fmt.Errorf("%s: every row has the label %q; a classifier needs at least two", paths[0], labels)
			}
			shown, err := rename(labels, names)
			if err != nil {
				return err
			}
			vocabulary, err := rows.vocabulary(z, &text)
			if err != nil {
				return err
			}
			train, valid, empty, err := rows.examples(z, vocabulary, fit.memoryLimit())
			if err != nil {
				return err
			}
			if empty > 0 {
				fmt.Fprintf(c.ErrOrStderr(), "left out %d rows whose text is empty\n", empty)
			}
			task, err := trainer.NewClassification(train, valid, fit.batch)
			if err != nil {
				return err
			}
			a.Task, a.Output, a.Outputs = format.Classify, format.Softmax, len(labels)
			if a.Tokens = len(vocabulary); z.Kind == format.Bytes {
				a.Tokens = 256
			}
			net, err := trainer.NewNetwork(a, fit.seed)
			if err != nil {
				return err
			}
			j := &job{
				command: c, args: args, data: rows.paths, output: output, fit: &fit,
				network: net, task: task, options: options,
				describe: func(m *format.Model) {
					m.Tokenizer, m.Vocabulary, m.Labels = z, vocabulary, shown
					m.Provenance = []format.Property{{Key: dataLabels, Value: strings.Join(labels, ",")}}
				},
			}
			for i := range min(3, train.Len()) {
				s, err := train.At(i)
				if err != nil {
					return err
				}
				j.goldens = append(j.goldens, s.Tokens)
			}
			return j.run(c.Context())
		},
	}
	output.add(c)
	network.add(c)
	text.add(c)
	c.Flags().IntVar(&text.maxLength, "max-length", text.maxLength, "cut longer texts to this many tokens; 0: no limit")
	columns.add(c)
	fit.add(c)
	c.Flags().StringVar(&validation, "valid", "", "a table to validate on, instead of part of DATA")
	c.Flags().Float64Var(&fraction, "valid-fraction", 0.05, "how much of DATA to hold back")
	c.Flags().StringVar(&pool, "pool", "last", "how steps become one: last, max, mean")
	c.Flags().StringVar(&names, "labels", "", "names to show for the labels: LABEL=NAME,…")
	complete(c, "pool", "last", "max", "mean")
	return c
}

// dataLabels is the key of the property that holds the labels of the classes in
// the data trained on, separated by commas.
const dataLabels = "data labels"

// rename replaces labels by the names that LABEL=NAME,… gives.
func rename(labels []string, names string) ([]string, error) {
	shown := slices.Clone(labels)
	if names == "" {
		return shown, nil
	}
	for pair := range strings.SplitSeq(names, ",") {
		label, name, ok := strings.Cut(pair, "=")
		i := slices.Index(labels, label)
		if !ok || i < 0 || name == "" {
			return nil, cli.Usagef("--labels: %q is not LABEL=NAME with a label of the data (%s)", pair, strings.Join(labels, ", "))
		}
		shown[i] = name
	}
	return shown, nil
}
