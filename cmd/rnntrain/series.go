package main

import (
	"iter"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
)

// seriesFlags say where labelled sequences of numbers are.
type seriesFlags struct {
	inputs              string
	labels, validLabels string
}

func (f *seriesFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.inputs, "inputs", "", "field of a sequence of numbers (usual: inputs, values, sequence)")
	c.Flags().StringVar(&f.labels, "label-file", "", "of an array: the file of its labels")
}

// entries returns a function that reads the sequences of a file; those of the
// one to validate on have labels of their own.
func (f *seriesFlags) entries(label, path, validation string) func(path string) iter.Seq2[entry, error] {
	labels := map[string]string{validation: f.validLabels, path: f.labels}
	return func(path string) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) {
			for s, err := range dataset.ReadLabelledSeries(path, dataset.LabelledSeriesOptions{LabelPath: labels[path], InputField: f.inputs, LabelField: label}) {
				if !yield(entry{labels: []string{s.Label}, lines: []int{s.Line}, path: path, inputs: s.Inputs, width: s.Width}, err) {
					return
				}
			}
		}
	}
}
