package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// A training has the flags and the state that the training commands have in common.
type training struct {
	args       []string // the command line, for the model's provenance
	network    networkFlags
	fit        fitFlags
	output     outputFlags
	validation string             // a file; "": part of the data is held back
	fraction   float64            // fraction of the data to hold back
	beside     []string           // other files to read, such as labels
	drawings   []cli.Output       // drawings other than the plot of the log
	front      *frontend.FrontEnd // front end for sounds, which may be in folders; nil: data are not sounds

	command      *cobra.Command
	architecture trainer.Architecture
	options      trainer.FitOptions
	origin       *origin // nil: the network is new
	outputs      *cli.Outputs
}

// addValidation adds the flags for validation data. what is the usage of --valid, and
// held that of --valid-fraction.
func (t *training) addValidation(c *cobra.Command, fraction float64, what, held string) {
	c.Flags().StringVar(&t.validation, "valid", "", what)
	c.Flags().Float64Var(&t.fraction, "valid-fraction", fraction, held)
}

// prepare checks the flags, opens the model of --from, and claims the files that the
// training writes. The caller must release them.
func (t *training) prepare(c *cobra.Command, task format.Task, data ...string) (err error) {
	t.command = c
	if err := t.refuseFolders(append(slices.Clip(data), t.validation)); err != nil {
		return err
	}
	if t.architecture, err = t.network.architecture(); err != nil {
		return err
	}
	t.architecture.Task = task
	if t.origin, err = t.network.origin(task, t.front); err != nil {
		return err
	}
	if t.options, err = t.fit.options(); err != nil {
		return err
	}
	if err := t.fit.checkpoint.check(); err != nil {
		return err
	}
	if err := t.output.golden.check(); err != nil {
		return err
	}
	if err := checkShare("valid-fraction", t.fraction); err != nil {
		return err
	}
	if err := t.refuseIdle(c); err != nil {
		return err
	}
	return t.claim(data)
}

// refuseFolders refuses a folder as data, unless it has training sounds.
func (t *training) refuseFolders(data []string) error {
	for _, path := range data {
		if t.front == nil && isFolder(path) {
			return cli.Usagef("%s is a folder: give a file; only rnntrain classify --front-end trains on folders, of sounds", path)
		}
	}
	return nil
}

// claim claims the files that the training writes. The model may replace the model of
// --from.
func (t *training) claim(data []string) (err error) {
	if err := t.output.complete(); err != nil {
		return err
	}
	checkpoint, err := t.fit.checkpoint.file(t.output.output)
	if err != nil {
		return err
	}
	t.outputs, err = cli.ClaimOutputs(slices.Concat(data, []string{t.validation, t.network.from}, t.beside),
		append([]cli.Output{
			{Flag: "-o", Path: t.output.output, Replaces: t.network.from},
			{Flag: "--log", Path: t.output.log},
			{Flag: "--plot", Path: t.output.plot},
			{Flag: "--checkpoint", Path: checkpoint},
		}, t.drawings...)...)
	return err
}

// announceValidation prints a note if there are no validation data although flags ask for
// them.
func (t *training) announceValidation(size int) {
	switch {
	case size > 0:
	case t.validation != "":
		fmt.Fprintf(t.command.ErrOrStderr(), "nothing to validate on: %s has no usable data\n", t.validation)
	case t.fraction > 0:
		fmt.Fprintf(t.command.ErrOrStderr(), "nothing to validate on: too little data for --valid-fraction %g\n", t.fraction)
	}
}

// newJob returns the job that trains a network of the architecture for a task on the data
// of these files.
func (t *training) newJob(task trainer.Task, data []string) (*job, error) {
	network, err := t.origin.newNetwork(t.architecture, t.fit.seed)
	if err != nil {
		return nil, err
	}
	return &job{
		command: t.command, args: t.args, data: data, output: t.output, outputs: t.outputs, fit: &t.fit, origin: t.origin,
		network: network, task: task, options: t.options,
	}, nil
}
