package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/trainer"
)

// A job is one training run of the command.
type job struct {
	command *cobra.Command
	args    []string // the command line, for the model's provenance
	data    []string // training files
	output  outputFlags
	outputs *cli.Outputs // files of the output flags
	fit     *fitFlags

	origin  *origin // nil: the network is new
	network *trainer.Network
	written *format.Model // written model; nil: none yet
	task    trainer.Task
	options trainer.FitOptions
	// describe completes the model's description: labels, tokenizer, …
	describe func(m *format.Model)
	// deploy, if not nil, returns the model to write for the trained model.
	deploy func(m *format.Model) (*format.Model, error)
	// goldens are examples whose inputs the file stores, unless it stores synthetic ones.
	goldens []dataset.Sequence
	// measure, if not nil, measures the written model; it may return nil.
	measure func() (measurement, error)
}

// A measurement has the measures of a trained model.
type measurement interface {
	object() cli.Object // members of the result's JSON object
	print(w io.Writer, asJSON bool) error
}

// run trains. At the end of every epoch that improves the model, it writes it. At the
// end, it reports.
func (j *job) run(ctx context.Context) error {
	j.outputs.Unwatch()
	ctx, stop := cli.UntilInterrupted(ctx)
	defer stop()
	stderr := j.command.ErrOrStderr()
	m := j.network.Model()
	m.Provenance = nil
	j.describe(m)
	if err := j.network.SetDType(dtypes[j.fit.dtype]); err != nil {
		return err
	}
	if err := j.addOrigin(m); err != nil {
		return err
	}
	fixed := len(m.Provenance)
	var err error
	if j.options.Checkpoints, err = j.fit.checkpoint.checkpoints(j.output.output, m.Provenance); err != nil {
		return err
	}
	checkpoint := j.options.Checkpoints.Path
	switch info, err := os.Stat(checkpoint); {
	case err != nil || !info.Mode().IsRegular(): // there is no checkpoint to resume from
	case j.options.Checkpoints.Resume:
		fmt.Fprintf(stderr, "resuming from %s\n", checkpoint)
	default:
		fmt.Fprintf(stderr, "%s of an unfinished training will be replaced; --resume would continue from it\n", checkpoint)
	}

	fmt.Fprintf(stderr, "%s, %s per epoch, %s\n", message.Count(m.Parameters(), "parameter"), message.Count(j.task.Minibatches(), "step"), message.Count(j.options.Epochs, "epoch"))
	unit := "steps" // of numbers
	if m.TokenWidth() > 0 {
		unit = "tokens"
	}
	show := newDisplay(stderr, unit)
	follow := j.newFollower(show)
	j.options.Progress = follow.progress
	j.options.Improved = func(r trainer.FitResult) error {
		m.Provenance = append(m.Provenance[:fixed:fixed], result(r, namesClasses(m))...)
		return j.write()
	}
	r, err := trainer.Fit(ctx, j.network, j.task, j.options)
	follow.finish()
	if err != nil {
		return j.explain(r, err)
	}
	// The file may have been removed since it was written.
	if err := j.options.Improved(r); err != nil {
		return err
	}
	if err := j.report(r); err != nil {
		return err
	}
	announceBest(stderr, r)
	j.announceGoldens()
	return errors.Join(atomicfile.Remove(checkpoint), follow.failed)
}

// explain describes what remains of a training that ended with an error, and what to do.
func (j *job) explain(r trainer.FitResult, err error) error {
	switch {
	case errors.Is(err, context.Canceled) && r.Epoch > 0:
		return fmt.Errorf("interrupted at step %d; %s holds epoch %d, the best so far; the same command with --resume continues",
			r.Steps, j.output.output, r.Epoch)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("interrupted at step %d, before the first epoch ended; the same command with --resume continues", r.Steps)
	case errors.Is(err, trainer.ErrNotFinite):
		return fmt.Errorf("%w; see --lr, --clip 1, --warmup and --seed", err)
	}
	return err
}

// write adds the goldens and writes the file.
func (j *job) write() error {
	m, err := j.network.Export()
	if err != nil {
		return err
	}
	if j.deploy != nil {
		if m, err = j.deploy(m); err != nil {
			return err
		}
	}
	j.written = m
	if err := j.addGoldens(m); err != nil {
		return err
	}
	return format.WriteFile(j.output.output, m)
}
