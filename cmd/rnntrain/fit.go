package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/runtime"
	"github.com/rnnrun/rnnrun/trainer"
)

// A job is one training run of the command.
type job struct {
	command *cobra.Command
	args    []string // the command line, for the model's provenance
	data    []string // the files trained on
	output  outputFlags
	fit     *fitFlags

	origin  *origin // nil: the network is new
	network *trainer.Network
	task    trainer.Task
	options trainer.FitOptions
	// describe completes the model's description: labels, tokenizer, …
	describe func(m *format.Model)
	// goldens are the inputs that go into the file as its proof.
	goldens       [][]int32
	goldenNumbers []float32
	// measure, where not nil, measures the model that was written; it may return
	// nil.
	measure func() (*translations, error)
}

// run trains, writing the best model so far at the end of every epoch that
// improves it, and reports.
func (j *job) run(ctx context.Context) error {
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
	if _, err := os.Stat(checkpoint); err == nil && j.options.Checkpoints.Resume {
		fmt.Fprintf(stderr, "resuming from %s\n", checkpoint)
	} else if err == nil {
		fmt.Fprintf(stderr, "%s of an unfinished training will be replaced; --resume would go on from it\n", checkpoint)
	}

	fmt.Fprintf(stderr, "%d parameters, %d steps an epoch, %d epochs\n", m.Parameters(), j.task.Minibatches(), j.options.Epochs)
	show := newDisplay(stderr)
	follow, err := j.newFollower(show)
	if err != nil {
		return err
	}
	j.options.Progress = follow.progress
	j.options.Improved = func(r trainer.FitResult) error {
		m.Provenance = append(m.Provenance[:fixed:fixed], result(r, namesClasses(m))...)
		return j.write()
	}
	r, err := trainer.Fit(ctx, j.network, j.task, j.options)
	follow.finish()
	switch {
	case errors.Is(err, context.Canceled) && r.Epoch > 0:
		return fmt.Errorf("interrupted at step %d; %s holds epoch %d, the best so far; the same command with --resume goes on",
			r.Steps, j.output.output, r.Epoch)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("interrupted at step %d, before the first epoch ended; the same command with --resume goes on", r.Steps)
	case errors.Is(err, trainer.ErrNotFinite):
		return fmt.Errorf("%w; see --lr, --clip 1, --warmup and --seed", err)
	case err != nil:
		return err
	}
	// The file may have been lost since the epoch that wrote it.
	if err := j.options.Improved(r); err != nil {
		return err
	}
	if err := j.report(r); err != nil {
		return err
	}
	return os.Remove(checkpoint)
}

// addOrigin says how the model came to be, and from what.
func (j *job) addOrigin(m *format.Model) error {
	if j.origin != nil {
		m.Provenance = append(m.Provenance, j.origin.property())
	}
	m.Provenance = append(m.Provenance, format.Property{Key: "made by", Value: "rnntrain " + strings.Join(portable(lasting(j.args)), " ")})
	for i, path := range j.data {
		sum, err := hashFile(path)
		if err != nil {
			return err
		}
		key := "data " + filepath.Base(path)
		if i > 0 && filepath.Base(path) == filepath.Base(j.data[0]) {
			key = "validation " + key // in another folder; keys are unique
		}
		for slices.ContainsFunc(m.Provenance, func(p format.Property) bool { return p.Key == key }) {
			key = "further " + key
		}
		m.Provenance = append(m.Provenance, format.Property{Key: key, Value: "sha256 " + sum})
	}
	return nil
}

// write adds the goldens and writes the file.
func (j *job) write() error {
	m, err := j.network.Export()
	if err != nil {
		return err
	}
	model, err := runtime.New(m)
	if err != nil {
		return err
	}
	for _, tokens := range j.goldens {
		g, err := model.Golden(tokens, nil)
		if err != nil {
			return fmt.Errorf("golden: %w", err)
		}
		m.Goldens = append(m.Goldens, g)
	}
	if j.goldenNumbers != nil {
		g, err := model.Golden(nil, j.goldenNumbers)
		if err != nil {
			return fmt.Errorf("golden: %w", err)
		}
		m.Goldens = append(m.Goldens, g)
	}
	return format.WriteFile(j.output.output, m)
}

// namesClasses reports whether the outputs are probabilities of classes.
func namesClasses(m *format.Model) bool {
	if m.Decoder != nil {
		m = m.Decoder
	}
	return m.Output == format.OutputSoftmax
}

// result tells what came of a training, and of classes how many are right.
func result(r trainer.FitResult, classes bool) []format.Property {
	list := []format.Property{
		{Key: "epoch", Value: fmt.Sprint(r.Epoch)},
		{Key: "training loss", Value: fmt.Sprintf("%.4f", r.Loss)},
	}
	if v := r.Validation; v.Targets > 0 {
		list = append(list, format.Property{Key: "validation loss", Value: fmt.Sprintf("%.4f", v.Loss)})
		if classes {
			list = append(list, format.Property{Key: "validation accuracy", Value: percent(v.Correct)})
		}
	}
	return list
}

func (j *job) report(r trainer.FitResult) error {
	info, err := os.Stat(j.output.output)
	if err != nil {
		return err
	}
	out := j.command.OutOrStdout()
	var measured *translations
	if j.measure != nil {
		if measured, err = j.measure(); err != nil {
			return err
		}
	}
	if j.output.json {
		o := cli.Object{
			"model", j.output.output,
			"bytes", info.Size(),
			"parameters", j.network.Model().Parameters(),
			"epoch", r.Epoch,
			"epochs", r.Epochs,
			"steps", r.Steps,
			"seconds", r.Elapsed.Seconds(),
			"training_loss", r.Loss,
		}
		if v := r.Validation; v.Targets > 0 {
			o = append(o, "validation_loss", v.Loss)
			if namesClasses(j.network.Model()) {
				o = append(o, "validation_accuracy", v.Correct)
			}
		}
		if measured != nil {
			o = append(o, measured.object()...)
		}
		return cli.WriteJSON(out, o)
	}
	_, err = fmt.Fprintf(out, "%s: %d bytes, epoch %d of %d, training loss %.4f", j.output.output, info.Size(), r.Epoch, r.Epochs, r.Loss)
	if v := r.Validation; err == nil && v.Targets > 0 {
		_, err = fmt.Fprintf(out, ", validation loss %.4f", v.Loss)
		if err == nil && namesClasses(j.network.Model()) {
			_, err = fmt.Fprintf(out, ", accuracy %s", percent(v.Correct))
		}
	}
	if err == nil {
		_, err = fmt.Fprintln(out)
	}
	if err == nil && measured != nil {
		err = measured.print(out, false)
	}
	return err
}

// lasting leaves out the flags that say how a training runs and not what comes
// of it, so that a resumed training gives the same file.
func lasting(args []string) []string {
	var list []string
	for i := 0; i < len(args); i++ {
		flag, _, hasValue := strings.Cut(args[i], "=")
		switch flag {
		case "--resume", "--json":
		case "--checkpoint", "--every", "--log", "--plot", "--memory":
			if !hasValue {
				i++
			}
		default:
			list = append(list, args[i])
		}
	}
	return list
}

// portable strips folders from the arguments that are paths, so that the same
// command gives the same file wherever the data lie.
func portable(args []string) []string {
	list := make([]string, len(args))
	for i, a := range args {
		flag, value, found := strings.Cut(a, "=")
		switch {
		case found && (strings.HasPrefix(flag, "-") || strings.ContainsRune(value, filepath.Separator)):
			list[i] = flag + "=" + filepath.Base(value)
		case strings.ContainsRune(a, filepath.Separator):
			list[i] = filepath.Base(a)
		default:
			list[i] = a
		}
	}
	return list
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
