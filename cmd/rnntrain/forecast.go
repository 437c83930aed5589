package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

func newForecastCommand(args []string) *cobra.Command {
	network := networkFlags{cell: "lstm", hidden: 32, layers: 1}
	fit := fitFlags{epochs: 60, batch: 8, rate: 5e-3, clip: 1}
	var output outputFlags
	var columns, targets []string
	var validation string
	var binary bool
	var horizon, window int
	var fraction float64
	c := &cobra.Command{
		Use:   "forecast DATA -o MODEL",
		Short: "Train a forecaster of numbers",
		Long: `forecast trains a network to predict, at every step of a series, the values of
the next --horizon steps. DATA is a table with a step on every line, columns
separated by tabs, or by commas in a .csv file, whose first line may name them; an
empty line separates series. Or it is an array [T], [T, columns] or
[N, T, columns] in a .npy file, or has a list for every series, a line each, in
a .jsonl file. The last part of every series is held back to validate on.

The model's file has the mean and the deviation of every column, so that it
reads and writes numbers in the units of the data. Its outputs are the targets
one step ahead, then two, and on. With --binary all values are 0 or 1, and the
outputs are the probabilities of 1; the losses printed while it trains are of one
value, those of rnntrain eval of all values of a step. eval compares a forecaster
of other numbers with the naive forecast and with an autoregression.`,
		Example: `  rnntrain forecast sunspots.csv -o sunspots.rnn --horizon 12
  rnntrain forecast weather.csv -o rain.rnn --columns temperature,pressure,rain --targets rain
  rnntrain forecast chorales.jsonl --valid valid.jsonl --binary -o chorales.rnn
  rnntrain forecast sunspots.csv --from sunspots.rnn -o sunspots-8.rnn --dtype int8 --epochs 10 --lr 5e-4
  rnntrain eval sunspots.rnn sunspots.csv --last 0.2
  rnnrun run -m sunspots.rnn -i numbers.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			a, err := network.architecture()
			if err != nil {
				return err
			}
			if a.Bidirectional {
				return cli.Usagef("--bidirectional: a forecaster that reads the steps to come has nothing to predict")
			}
			from, err := network.origin(format.TaskRegress)
			if err != nil {
				return err
			}
			if from != nil {
				if err := from.forecaster(c, &columns, &targets, &horizon, &binary); err != nil {
					return err
				}
			}
			options, err := fit.options()
			if err != nil {
				return err
			}
			if fraction < 0 || fraction >= 1 {
				return cli.Usagef("--valid-fraction %g is not between 0 and 1", fraction)
			}
			file, err := dataset.OpenSeries(paths[0], dataset.SeriesOptions{Columns: columns})
			if err != nil {
				return err
			}
			if len(targets) == 0 {
				targets = file.Columns
			}
			numbers, err := numbersOf(targets, file.Columns)
			if err != nil {
				return cli.Usagef("--targets: %w", err)
			}
			o := trainer.ForecastOptions{
				Horizon: horizon, Window: window, Targets: numbers, Held: fraction, Binary: binary,
				BatchSize: fit.batch, Memory: fit.memoryLimit(),
			}
			if from != nil {
				o.Normalization = from.model.Normalization
			}
			data := paths
			if validation != "" {
				data, o.Held = append(data, validation), 0
				if o.Validation, err = dataset.OpenSeries(validation, dataset.SeriesOptions{Columns: file.Columns}); err != nil {
					return err
				}
			}
			task, err := trainer.NewForecast(file, o)
			if err != nil {
				return err
			}
			defer task.Close()
			a.Task, a.InputSize, a.Outputs = format.TaskRegress, len(file.Columns), task.Outputs()
			if binary {
				a.Output = format.OutputSigmoid
			}
			net, err := from.newNetwork(a, fit.seed)
			if err != nil {
				return err
			}
			golden, err := firstSteps(file, 200)
			if err != nil {
				return err
			}
			j := &job{
				command: c, args: args, data: data, output: output, fit: &fit, origin: from,
				network: net, task: task, options: options,
				describe: func(m *format.Model) {
					m.Normalization = task.Normalization
					m.Labels = forecastLabels(targets, horizon)
					m.Data = &format.Data{Columns: file.Columns, Targets: targets, Horizon: horizon, Window: window}
				},
				goldenNumbers: golden,
			}
			return j.run(c.Context())
		},
	}
	output.add(c)
	network.addRecurrent(c)
	fit.add(c)
	c.Flags().StringSliceVar(&columns, "columns", nil, "columns to read, by name or, without names, from 0; usual: all of numbers")
	c.Flags().StringSliceVar(&targets, "targets", nil, "columns to predict; usual: all that are read")
	c.Flags().IntVar(&horizon, "horizon", 1, "steps to predict")
	c.Flags().IntVar(&window, "window", 50, "steps that gradients reach back")
	c.Flags().BoolVar(&binary, "binary", false, "values are 0 or 1: predict the probabilities of 1")
	c.Flags().StringVar(&validation, "valid", "", "series to validate on, instead of the end of those of DATA")
	c.Flags().Float64Var(&fraction, "valid-fraction", 0.2, "how much of the end of every series to hold back")
	return c
}

// numbersOf returns where names stand among the columns.
func numbersOf(names, columns []string) ([]int, error) {
	var list []int
	for _, name := range names {
		i := slices.Index(columns, name)
		if i < 0 {
			return nil, fmt.Errorf("%s is none of the columns that are read (%s)", name, strings.Join(columns, ", "))
		}
		list = append(list, i)
	}
	return list, nil
}

// forecastLabels names the outputs: NAME+1 is NAME one step ahead.
func forecastLabels(targets []string, horizon int) []string {
	var labels []string
	for h := range horizon {
		for _, name := range targets {
			labels = append(labels, fmt.Sprintf("%s+%d", name, h+1))
		}
	}
	return labels
}

// firstSteps returns up to n steps of the first series.
func firstSteps(file *dataset.SeriesFile, n int) ([]float32, error) {
	var numbers []float32
	for step, err := range file.Steps() {
		if err != nil {
			return nil, err
		}
		if step.Series > 0 || len(numbers) == n*len(step.Values) {
			break
		}
		numbers = append(numbers, step.Values...)
	}
	return numbers, nil
}
