package main

import (
	"io"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/series"
)

// printColumns prints which columns of a table are read, and sets asExamples. For
// examples of numbers it prints nothing.
func (f *quantizeFlags) printColumns(d *format.Model, stderr io.Writer) (err error) {
	switch {
	case f.data == "":
		return nil
	case d.Decoder != nil:
		return printTable(stderr, f.pairs.options(), f.data)
	case d.Task == format.TaskClassify && d.TokenWidth() > 0:
		return printTable(stderr, f.columns.options(), f.data)
	}
	if f.asExamples, err = f.examples(d); err != nil || f.asExamples {
		return err
	}
	if file := f.named(d); file != nil {
		printColumns(stderr, file)
	}
	return nil
}

// named returns the data as a series with the model's columns: a table that has their
// names, or an array that has their numbers among others. It returns nil for other data,
// whose columns are read in order.
func (f *quantizeFlags) named(d *format.Model) *dataset.SeriesFile {
	columns := dataOf(d).Columns
	kind := series.KindOf(f.data)
	if d.TokenWidth() > 0 || len(columns) == 0 || kind == series.KindRaw {
		return nil
	}
	if kind == series.KindNPY {
		all, err := dataset.OpenSeries(f.data, dataset.SeriesOptions{})
		if err != nil || len(all.Columns) == d.InputSize || !areNumbers(columns) {
			return nil
		}
	}
	file, err := dataset.OpenSeries(f.data, dataset.SeriesOptions{Columns: columns})
	if err != nil {
		return nil
	}
	return file
}
