package main

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// A labelling is what the commands have in common that train on labelled
// texts or numbers.
type labelling struct {
	network    networkFlags
	fit        fitFlags
	text       textFlags
	output     outputFlags
	validation string
	fraction   float64
	names      string
}

func (l *labelling) add(c *cobra.Command) {
	l.output.add(c)
	l.network.add(c)
	l.text.add(c)
	l.fit.add(c)
	c.Flags().StringVar(&l.validation, "valid", "", "data to validate on, instead of part of DATA")
	c.Flags().Float64Var(&l.fraction, "valid-fraction", 0.05, "how much of DATA to hold back")
	c.Flags().StringVar(&l.names, "labels", "", "names to show for the labels: LABEL=NAME,…")
}

// train trains a network on the entries that read reads. Of a tagger every
// token has a label.
func (l *labelling) train(c *cobra.Command, args []string, path string, read func(string) iter.Seq2[entry, error],
	task format.Task, pool format.Pool) error {
	a, err := l.network.architecture()
	if err != nil {
		return err
	}
	from, err := l.network.origin(task)
	if err != nil {
		return err
	}
	if err := from.agree(c); err != nil {
		return err
	}
	options, err := l.fit.options()
	if err != nil {
		return err
	}
	z, err := l.text.tokenizer()
	if err != nil {
		return err
	}
	if l.fraction < 0 || l.fraction >= 1 {
		return cli.Usagef("--valid-fraction %g is not between 0 and 1", l.fraction)
	}
	entries, err := openTable(read, path, l.validation, l.fraction, l.fit.seed)
	if err != nil {
		return err
	}
	defer entries.Close()
	entries.aligned = task == format.TaskTag
	vocabulary, err := entries.learn(z, &l.text)
	if err != nil {
		return err
	}
	var shown []string
	if from != nil {
		if err := from.keep(entries); err != nil {
			return err
		}
		z, vocabulary, shown = from.model.Tokenizer, from.model.Vocabulary, from.model.Labels
	} else if shown, err = rename(entries.labels, l.names); err != nil {
		return err
	}
	labels := entries.labels
	if len(labels) < 2 {
		return fmt.Errorf("%s: every label is %q; learning needs at least two", path, labels)
	}
	train, valid, empty, err := entries.examples(z, vocabulary, l.fit.memoryLimit())
	if err != nil {
		return err
	}
	if empty > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "left out %d rows whose text is empty\n", empty)
	}
	examples, err := trainer.NewSequenceTask(train, valid, l.fit.batch)
	if err != nil {
		return err
	}
	a.Task, a.Pool, a.Output, a.Outputs = task, pool, format.OutputSoftmax, len(labels)
	switch {
	case entries.width > 0:
		a.InputSize, z, vocabulary = entries.width, nil, nil
	case z.Kind == format.TokenizerBytes:
		a.Tokens = 256
	default:
		a.Tokens = len(vocabulary)
	}
	net, err := from.newNetwork(a, l.fit.seed)
	if err != nil {
		return err
	}
	j := &job{
		command: c, args: args, data: entries.paths, output: l.output, fit: &l.fit, origin: from,
		network: net, task: examples, options: options,
		describe: func(m *format.Model) {
			m.Tokenizer, m.Vocabulary, m.Labels = z, vocabulary, shown
			if entries.width > 0 {
				m.Normalization = entries.normalization
			}
			m.Data = &format.Data{Labels: labels}
		},
	}
	for i := range min(3, train.Len()) {
		s, err := train.At(i)
		if err != nil {
			return err
		}
		if s.Inputs != nil {
			j.goldenNumbers = s.Inputs
			break
		}
		j.goldens = append(j.goldens, s.Tokens)
	}
	return j.run(c.Context())
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
