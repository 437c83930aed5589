package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// outputFlags define where the model is written.
type outputFlags struct {
	output string
	log    string
	plot   string
	json   bool
	golden goldenFlags
}

// add adds the flags of a training, which has a log.
func (f *outputFlags) add(c *cobra.Command) {
	f.addModel(c)
	f.golden.add(c)
	c.Flags().StringVar(&f.log, "log", "", "JSON lines file for the training log (default: MODEL.jsonl)")
	c.Flags().StringVar(&f.plot, "plot", "", "plot the losses after every epoch to a .png or .svg file")
}

func (f *outputFlags) addModel(c *cobra.Command) {
	c.Flags().StringVarP(&f.output, "output", "o", "", "the .rnn file to write (required)")
	c.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
}

// complete sets the default of --log, and refuses a plot that cannot be drawn.
func (f *outputFlags) complete() error {
	if f.log == "" {
		f.log = f.output + ".jsonl"
	}
	if f.plot == "" {
		return nil
	}
	if info, err := os.Stat(f.log); err == nil && !info.Mode().IsRegular() {
		return cli.Usagef("--plot draws the log, but --log %s cannot be read back: give a file", f.log)
	}
	return checkChart(f.plot)
}
