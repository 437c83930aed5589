package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func newPlotCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "plot LOG... -o FILE",
		Short: "Draw the loss and the learning rate of trainings",
		Long: `plot draws the losses of training and validation over the steps, the accuracy of
a classifier on the validation data, and the learning rate, from the log that
every training writes to MODEL.jsonl. A dot marks the best epoch, whose weights
the model has. The axis of losses is logarithmic if they fall by a factor of ten.
You can run it during a training, since the log is written line by line. Several logs are
drawn together. The output is a .png or an .svg; an .svg has a variant for dark screens.

A line of a log is a JSON object with step, epoch, loss, learning_rate,
gradient_norm and seconds. The line of an epoch has epoch_ended and, if there are
validation data, their loss, targets and correct, the fraction of correct answers.`,
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

// widestModel is how many characters of a model's name are drawn at most.
const widestModel = 20

// plotLogs draws the trainings of these logs to a file.
func plotLogs(output string, paths ...string) error {
	if err := checkChart(output); err != nil {
		return err
	}
	loss := chart.Chart{Title: "Loss", X: "step"}
	accuracy := chart.Chart{Title: "Accuracy on the validation data, %", X: "step", MaxY: 100}
	rate := chart.Chart{Title: "Learning rate", X: "step", FromZero: true}
	for i, path := range paths {
		records, err := readLog(path)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return fmt.Errorf("%s: there is nothing to draw yet: the log has no records", path)
		}
		name := shortened(cli.Printable(strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".jsonl"), ".rnn")), widestModel)
		t := newTrainingCurves(records, name+", ", i)
		if len(paths) == 1 {
			loss.Title = "Loss of " + name
			t = newTrainingCurves(records, "", 0)
			t.epochs.Color, t.epochs.Dashed = 1, false
			t.accuracy.Name, t.accuracy.Color = "validation", 1
		}
		loss.Curves = append(loss.Curves, t.steps, t.epochs)
		if t.best != nil {
			t.best.Color = t.epochs.Color
			loss.Marks = append(loss.Marks, *t.best)
		}
		if len(t.accuracy.X) > 0 {
			accuracy.Curves = append(accuracy.Curves, t.accuracy)
			if t.bestAccuracy != nil {
				t.bestAccuracy.Color = t.accuracy.Color
				accuracy.Marks = append(accuracy.Marks, *t.bestAccuracy)
			}
		}
		rate.Curves = append(rate.Curves, t.rates)
	}
	scaleLosses(&loss)
	charts := []chart.Chart{loss, accuracy, rate}
	if len(accuracy.Curves) == 0 {
		charts = []chart.Chart{loss, rate}
	}
	return chart.Draw(output, charts...)
}

// trainingCurves are the curves of a training.
type trainingCurves struct {
	steps        chart.Curve // the loss of training
	epochs       chart.Curve // the loss of validation
	best         *chart.Mark // on this curve, the epoch whose weights the model has
	accuracy     chart.Curve // validation accuracy, in %
	bestAccuracy *chart.Mark // the same epoch on the curve of the accuracy
	rates        chart.Curve // the learning rate
}

// newTrainingCurves returns the curves of a log. Their names begin with name.
func newTrainingCurves(records []record, name string, color int) trainingCurves {
	t := trainingCurves{
		steps:    chart.Curve{Name: name + "training", Color: color},
		rates:    chart.Curve{Name: strings.TrimSuffix(name, ", "), Color: color},
		epochs:   chart.Curve{Name: name + "validation", Color: color, Dashed: true},
		accuracy: chart.Curve{Name: strings.TrimSuffix(name, ", "), Color: color},
	}
	for _, r := range records {
		switch x := float64(r.Step); {
		case !r.EpochEnded:
			t.steps.X, t.steps.Y = append(t.steps.X, x), append(t.steps.Y, r.Loss)
			t.rates.X, t.rates.Y = append(t.rates.X, x), append(t.rates.Y, r.LearningRate)
		case r.Validation != nil:
			v := r.Validation
			t.epochs.X, t.epochs.Y = append(t.epochs.X, x), append(t.epochs.Y, v.Loss)
			if r.Best {
				t.best = &chart.Mark{Name: fmt.Sprintf("%sbest epoch: %d, loss %.4g", name, r.Epoch, v.Loss), X: x, Y: v.Loss}
				t.bestAccuracy = nil
			}
			if v.Correct == 0 {
				break
			}
			t.accuracy.X, t.accuracy.Y = append(t.accuracy.X, x), append(t.accuracy.Y, 100*v.Correct)
			if r.Best {
				t.bestAccuracy = &chart.Mark{Name: fmt.Sprintf("%sbest epoch: %d, %s", name, r.Epoch, percent(v.Correct)), X: x, Y: 100 * v.Correct, Color: color}
			}
		}
	}
	return t
}

// scaleLosses makes the y axis of losses logarithmic if they fall by a factor of ten or
// more. Otherwise the axis ends at the greatest loss after the start of the training.
func scaleLosses(c *chart.Chart) {
	least, most := math.Inf(1), math.Inf(-1)
	for _, curve := range c.Curves {
		for _, y := range curve.Y {
			least, most = min(least, y), max(most, y)
		}
	}
	if least > 0 && most >= 10*least {
		c.Logarithmic = true
		return
	}
	for _, curve := range c.Curves {
		c.MaxY = max(c.MaxY, 1.1*mostAfterTheBegin(curve.Y))
	}
}

// mostAfterTheBegin returns the greatest loss after the first twentieth of a training.
// Earlier losses are so large that a chart with all of them would hide the differences
// between the others.
func mostAfterTheBegin(losses []float64) float64 {
	most := 0.0
	for _, v := range losses[len(losses)/20:] {
		most = max(most, v)
	}
	return most
}
