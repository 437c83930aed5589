package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
)

// missingFlag says what becomes of missing values of series: "" refuses them.
type missingFlag string

func (f *missingFlag) add(c *cobra.Command) {
	c.Flags().StringVar((*string)(f), "missing", "", "values of series that are missing, such as ? or NA: drop leaves their rows out, fill takes the value before; usual: they are refused")
	complete(c, "missing", "drop", "fill")
}

func (f missingFlag) policy() (dataset.Missing, error) {
	return choose("missing", string(f), map[string]dataset.Missing{
		"": dataset.MissingRefused, "drop": dataset.MissingDropped, "fill": dataset.MissingFilled,
	}, "drop", "fill")
}

// open opens a file of series, of which these columns are read, and the one of the groups;
// "": there is none.
func (f missingFlag) open(path string, columns []string, group string) (*dataset.SeriesFile, error) {
	missing, err := f.policy()
	if err != nil {
		return nil, err
	}
	return dataset.OpenSeries(path, dataset.SeriesOptions{Columns: columns, Missing: missing, Group: group})
}

// printMissing prints what was done of missing values when a file was last read.
func printMissing(w io.Writer, file *dataset.SeriesFile) {
	if file.Filled > 0 {
		fmt.Fprintf(w, "%s: %d missing values are those before them\n", file.Path, file.Filled)
	}
	if file.Dropped > 0 {
		fmt.Fprintf(w, "%s: %d rows with missing values are left out\n", file.Path, file.Dropped)
	}
}
