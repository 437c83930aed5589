package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/message"
)

// missingFlag defines how missing values of series are handled; "": they are refused.
type missingFlag string

func (f *missingFlag) add(c *cobra.Command) {
	c.Flags().StringVar((*string)(f), "missing", "", "missing values in series, such as ? or NA: drop their rows, or fill in the previous value (default: refuse them)")
	complete(c, "missing", "drop", "fill")
}

func (f missingFlag) policy() (dataset.Missing, error) {
	return choose("missing", string(f), map[string]dataset.Missing{
		"": dataset.MissingRefused, "drop": dataset.MissingDropped, "fill": dataset.MissingFilled,
	}, "drop", "fill")
}

// open opens a file of series to read these columns and the column of groups; "": none.
func (f missingFlag) open(path string, columns []string, group string) (*dataset.SeriesFile, error) {
	missing, err := f.policy()
	if err != nil {
		return nil, err
	}
	return dataset.OpenSeries(path, dataset.SeriesOptions{Columns: columns, Missing: missing, Group: group})
}

// printMissing prints what was done with missing values in the last reading of a file.
func printMissing(w io.Writer, file *dataset.SeriesFile) {
	if file.Filled > 0 {
		fmt.Fprintf(w, "%s: filled %s with the previous value\n", file.Path, message.Count(file.Filled, "missing value"))
	}
	if file.Dropped > 0 {
		fmt.Fprintf(w, "%s: left out %s with missing values\n", file.Path, message.Count(file.Dropped, "row"))
	}
}
