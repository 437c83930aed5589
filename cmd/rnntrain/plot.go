package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func newPlotCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "plot LOG... -o FILE",
		Short: "Draw the loss and the learning rate of trainings",
		Long: `plot draws, over the steps, the losses of training and validation and the
learning rate, from the log that every training writes to MODEL.jsonl. It may be
run while a training is: the log has a line as soon as something is known.
Several logs are drawn together. The file is a .png or an .svg.

A line of a log is a JSON object with step, epoch, loss, learning_rate,
gradient_norm and seconds. The line of an epoch has epoch_ended and, where
there is validation, its loss, targets and correct, the share of classes named.`,
		Example: `  rnntrain plot model.rnn.jsonl -o curves.svg
  rnntrain plot lstm.rnn.jsonl gru.rnn.jsonl -o both.png`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, paths []string) error {
			outputs, err := cli.ClaimOutputs(paths, cli.Output{Flag: "-o", Path: output})
			if err != nil {
				return err
			}
			defer outputs.Release()
			return plotLogs(output, paths...)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "the .png or .svg file to write (required)")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag exists
	}
	return c
}

// plotLogs draws the trainings of these logs to a file.
func plotLogs(output string, paths ...string) error {
	if err := checkChart(output); err != nil {
		return err
	}
	loss := chart.Chart{X: "step", Y: "loss"}
	rate := chart.Chart{X: "step", Y: "learning rate"}
	for i, path := range paths {
		records, err := readLog(path)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return fmt.Errorf("%s: there is nothing to draw yet: not one record", path)
		}
		name := ""
		if len(paths) > 1 {
			name = cli.Printable(filepath.Base(path)) + ", "
		}
		t := newTrainingCurves(records, name, i)
		if len(paths) == 1 {
			t.epochs.Color, t.epochs.Dashed = 1, false
		}
		loss.Curves = append(loss.Curves, t.steps, t.epochs)
		loss.MaxY = max(loss.MaxY, 1.1*mostAfterTheBegin(t.steps.Y))
		rate.Curves = append(rate.Curves, t.rates)
	}
	return chart.Draw(output, loss, rate)
}

// trainingCurves are what is drawn of a training.
type trainingCurves struct {
	steps  chart.Curve // the loss of training
	epochs chart.Curve // the loss of validation
	rates  chart.Curve // the learning rate
}

// newTrainingCurves returns the curves of a log, whose names begin with name.
func newTrainingCurves(records []record, name string, color int) trainingCurves {
	t := trainingCurves{
		steps:  chart.Curve{Name: name + "training", Color: color},
		rates:  chart.Curve{Name: name + "learning rate", Color: color},
		epochs: chart.Curve{Name: name + "validation", Color: color, Dashed: true},
	}
	for _, r := range records {
		switch x := float64(r.Step); {
		case !r.EpochEnded:
			t.steps.X, t.steps.Y = append(t.steps.X, x), append(t.steps.Y, r.Loss)
			t.rates.X, t.rates.Y = append(t.rates.X, x), append(t.rates.Y, r.LearningRate)
		case r.Validation != nil:
			t.epochs.X, t.epochs.Y = append(t.epochs.X, x), append(t.epochs.Y, r.Validation.Loss)
		}
	}
	return t
}

// mostAfterTheBegin returns the greatest loss after the first twentieth of a
// training. The losses before it are so great that nothing could be told apart
// if all of them were drawn.
func mostAfterTheBegin(losses []float64) float64 {
	most := 0.0
	for _, v := range losses[len(losses)/20:] {
		most = max(most, v)
	}
	return most
}
