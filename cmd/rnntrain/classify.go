package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rnnrun/format"
	"rnnrun/internal/cli"
	"rnnrun/tokenizer"
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
table with a header line, columns separated by tabs, or by commas in a .csv file.
Part of its rows, chosen by --seed, is held back to validate on.`,
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
			train, valid, data, err := readTables(paths[0], validation, fraction, columns, fit.seed)
			if err != nil {
				return err
			}
			labels := trainer.Labels(train)
			if len(labels) < 2 {
				return fmt.Errorf("%s: every row has the label %q; a classifier needs at least two", paths[0], labels)
			}
			shown, err := rename(labels, names)
			if err != nil {
				return err
			}
			var vocabulary []string
			if z.Kind != format.Bytes {
				z.Unknown = 0
				vocabulary = tokenizer.Vocabulary(z, texts(train), text.vocabulary, text.minCount, unknown)
			}
			encoder, err := newExamples(z, vocabulary, labels)
			if err != nil {
				return err
			}
			trainSet, err := encoder.encode(paths[0], train)
			if err != nil {
				return err
			}
			validSet, err := encoder.encode(cmp.Or(validation, paths[0]), valid)
			if err != nil {
				return err
			}
			if encoder.empty > 0 {
				fmt.Fprintf(c.ErrOrStderr(), "left out %d rows whose text is empty\n", encoder.empty)
			}
			task, err := trainer.NewClassification(trainSet, validSet, fit.batch)
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
				command: c, args: args, data: data, output: output, fit: &fit,
				network: net, task: task, options: options,
				describe: func(m *format.Model) {
					m.Tokenizer, m.Vocabulary, m.Labels = z, vocabulary, shown
					m.Provenance = []format.Property{{Key: dataLabels, Value: strings.Join(labels, ",")}}
				},
			}
			for _, s := range trainSet[:min(3, len(trainSet))] {
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

// columnFlags name a table's columns.
type columnFlags struct{ text, label string }

func (f *columnFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.text, "text", "", "column of the text (usual: text, document, sentence, review)")
	c.Flags().StringVar(&f.label, "label", "", "column of the label (usual: label, class, sentiment)")
}

// readTables returns the rows to train on and those to validate on.
func readTables(path, validation string, fraction float64, columns columnFlags, seed uint64) (train, valid []trainer.Row, data []string, err error) {
	if train, err = trainer.ReadTable(path, columns.text, columns.label); err != nil {
		return nil, nil, nil, err
	}
	data = []string{path}
	if validation != "" {
		valid, err = trainer.ReadTable(validation, columns.text, columns.label)
		return train, valid, append(data, validation), err
	}
	rng := rand.New(rand.NewPCG(seed, 0x5917))
	rng.Shuffle(len(train), func(i, j int) { train[i], train[j] = train[j], train[i] })
	at := len(train) - int(fraction*float64(len(train)))
	return train[:at], train[at:], data, nil
}

func texts(rows []trainer.Row) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, r := range rows {
			if !yield(r.Text) {
				return
			}
		}
	}
}

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

// examples turns rows into sequences.
type examples struct {
	tokenizer *tokenizer.Tokenizer
	labels    []string
	empty     int // rows left out since their text has no token
}

func newExamples(z *format.Tokenizer, vocabulary, labels []string) (*examples, error) {
	t, err := tokenizer.New(z, vocabulary)
	return &examples{tokenizer: t, labels: labels}, err
}

func (e *examples) encode(path string, rows []trainer.Row) ([]trainer.Sequence, error) {
	var list []trainer.Sequence
	for _, r := range rows {
		class := slices.Index(e.labels, r.Label)
		if class < 0 {
			return nil, fmt.Errorf("%s: line %d: the label %q is none of %s", path, r.Line, r.Label, strings.Join(e.labels, ", "))
		}
		tokens, err := e.tokenizer.Encode(nil, r.Text)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, r.Line, err)
		}
		if len(tokens) == 0 {
			e.empty++
			continue
		}
		list = append(list, trainer.Sequence{Tokens: tokens, Classes: []int32{int32(class)}})
	}
	return list, nil
}
