package main

import (
	"iter"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
)

// seriesFlags define where labelled sequences of numbers are.
type seriesFlags struct {
	inputs              string
	labels, validLabels string
}

func (f *seriesFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.inputs, "inputs", "", "field with a sequence of numbers (default: inputs, values or sequence)")
	c.Flags().StringVar(&f.labels, "label-file", "", "file with the labels of an array")
}

// read reads the sequences of a file. Their labels are in a field or in a separate file.
func (f *seriesFlags) read(path string, columns columnFlags, labels string) iter.Seq2[dataset.LabelledSeries, error] {
	o := f.options(columns)
	o.LabelPath = labels
	return dataset.ReadLabelledSeries(path, o)
}

func (f *seriesFlags) options(columns columnFlags) dataset.LabelledSeriesOptions {
	return dataset.LabelledSeriesOptions{InputField: f.inputs, LabelField: columns.label, GroupField: columns.group}
}

// entries returns a function that reads the sequences of a file. The file of --valid has
// its own labels.
func (f *seriesFlags) entries(columns columnFlags, path, validation string) func(path string) iter.Seq2[entry, error] {
	labels := map[string]string{validation: f.validLabels, path: f.labels}
	return func(path string) iter.Seq2[entry, error] {
		return entriesOf(f.read(path, columns, labels[path]), func(s dataset.LabelledSeries) entry {
			return entry{labels: []string{s.Label}, lines: []int{s.Line}, path: path, inputs: s.Inputs, width: s.Width, group: s.Group}
		})
	}
}

// entriesOf yields of(example) for each example.
func entriesOf[T any](examples iter.Seq2[T, error], of func(T) entry) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for example, err := range examples {
			if !yield(of(example), err) {
				return
			}
		}
	}
}

// columnFlags name a table's columns.
type columnFlags struct{ text, label, group string }

func (f *columnFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.text, "text", "", "column or field with the text (default: text, document, sentence or review); its number, from 0, if there is no header")
	c.Flags().StringVar(&f.label, "label", "", "column or field with the label (default: label, class or sentiment), or its number")
}

// read reads the rows of a file.
func (f columnFlags) read(path string) iter.Seq2[dataset.LabelledText, error] {
	return dataset.ReadLabelledTexts(path, f.options())
}

func (f columnFlags) options() dataset.LabelledTextOptions {
	return dataset.LabelledTextOptions{TextColumn: f.text, LabelColumn: f.label, GroupColumn: f.group}
}

// rows reads entries, each a text with its label.
func (f columnFlags) rows(path string) iter.Seq2[entry, error] {
	return entriesOf(f.read(path), func(row dataset.LabelledText) entry {
		return entry{texts: []string{row.Text}, labels: []string{row.Label}, lines: []int{row.Line}, path: path, group: row.Group}
	})
}

// taggedFlags name the columns of tagged sequences.
type taggedFlags struct{ token, tag, group string }

func (f *taggedFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.token, "token", "", "column or field with the tokens (default: token, word or form)")
	c.Flags().StringVar(&f.tag, "tag", "", "column or field with the tags (default: tag, pos, upos or label)")
}

// read reads the tagged sequences of a file.
func (f *taggedFlags) read(path string) iter.Seq2[dataset.TaggedSequence, error] {
	return dataset.ReadTaggedSequences(path, f.options())
}

func (f *taggedFlags) options() dataset.TaggedSequenceOptions {
	return dataset.TaggedSequenceOptions{TokenColumn: f.token, TagColumn: f.tag, GroupColumn: f.group}
}

// entries reads tagged sequences.
func (f *taggedFlags) entries(path string) iter.Seq2[entry, error] {
	return entriesOf(f.read(path), func(s dataset.TaggedSequence) entry {
		return entry{texts: s.Tokens, labels: s.Tags, lines: s.Lines, path: path, group: s.Group}
	})
}

// pairFlags name the columns of pairs.
type pairFlags struct{ source, target string }

func (f *pairFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.source, "source", "", "pairs: column or field with the source, or its number, from 0, if there is no header (default: source, src, input, question or Q; 0)")
	c.Flags().StringVar(&f.target, "target", "", "pairs: column or field with the target (default: target, tgt, output, answer or A; 1)")
}

// read reads the pairs of a file.
func (f pairFlags) read(path string) iter.Seq2[dataset.TextPair, error] {
	return dataset.ReadTextPairs(path, f.options())
}

func (f pairFlags) options() dataset.TextPairOptions {
	return dataset.TextPairOptions{SourceColumn: f.source, TargetColumn: f.target}
}
