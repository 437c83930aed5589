package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
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
		RunE: func(_ *cobra.Command, paths []string) error { return plotLogs(output, paths...) },
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
	loss := chart{x: "step", y: "loss"}
	rate := chart{x: "step", y: "learning rate"}
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
			name = filepath.Base(path) + ", "
		}
		steps := curve{name: name + "training", color: i}
		rates := curve{name: name + "learning rate", color: i}
		epochs := curve{name: name + "validation", color: i, dashed: true}
		if len(paths) == 1 {
			epochs.color, epochs.dashed = 1, false
		}
		for _, r := range records {
			switch x := float64(r.Step); {
			case !r.EpochEnded:
				steps.xs, steps.ys = append(steps.xs, x), append(steps.ys, r.Loss)
				rates.xs, rates.ys = append(rates.xs, x), append(rates.ys, r.LearningRate)
			case r.Validation != nil:
				epochs.xs, epochs.ys = append(epochs.xs, x), append(epochs.ys, r.Validation.Loss)
			}
		}
		loss.curves = append(loss.curves, steps, epochs)
		loss.most = max(loss.most, 1.1*mostAfterTheBegin(steps.ys))
		rate.curves = append(rate.curves, rates)
	}
	return drawCharts(output, loss, rate)
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
