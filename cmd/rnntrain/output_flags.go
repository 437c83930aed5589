package main

import "github.com/spf13/cobra"

// outputFlags say where the model goes.
type outputFlags struct {
	output string
	log    string
	plot   string
	json   bool
}

// add adds the flags of a training, which has a log.
func (f *outputFlags) add(c *cobra.Command) {
	f.addModel(c)
	c.Flags().StringVar(&f.log, "log", "", "file of the training's log, JSON lines (default: MODEL.jsonl)")
	c.Flags().StringVar(&f.plot, "plot", "", "draw the log after every epoch, to a .png or .svg file")
}

func (f *outputFlags) addModel(c *cobra.Command) {
	c.Flags().StringVarP(&f.output, "output", "o", "", "the .rnn file to write (required)")
	c.Flags().BoolVar(&f.json, "json", false, "print the result as JSON")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
}
