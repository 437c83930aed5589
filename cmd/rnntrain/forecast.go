package main

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/trainer"
)

func newForecastCommand(args []string) *cobra.Command {
	f := forecastTraining{training: training{
		args:    args,
		network: networkFlags{cell: "lstm", hidden: 32, layers: 1},
		fit:     fitFlags{epochs: 60, batch: 8, rate: 5e-3, clip: 1},
	}}
	c := &cobra.Command{
		Use:   "forecast DATA -o MODEL",
		Short: "Train a forecaster of numbers",
		Long: `forecast trains a network to predict, at every step of a series, the values of
the next --horizon steps. DATA is a table with one step per line, columns separated by
tabs, or by commas in a .csv file, whose first line may name them; an empty line
separates series. Columns may also be separated by semicolons, and then numbers may have
decimal commas. The command prints which columns are read, and why others are left out.
Missing values are refused, unless --missing says what to do with their rows. DATA may
also be an array [T], [T, columns] or [N, T, columns] in a .npy file, or a .jsonl file
with one object per step, with one list of steps per series, as [[1,2],[3,4]] or
{"inputs":[[1,2],[3,4]]}, or with one list per step, [1,2], if --columns 0,1 chooses its
columns. The last part of every series is held back to validate on.

With --group, a change of that column begins another series, as an empty line does: the
rows of a machine or a person must be consecutive, and the last part of each is held
back. rnnrun run then keeps states for each group.

The model's file has the mean and the standard deviation of every column, so it reads
and writes numbers in the units of the data. Its outputs are the targets one step ahead,
then two steps, and so on. With --binary all values are 0 or 1, and the outputs are the
probabilities of 1; losses printed during training are per value, those of rnntrain eval
per step. For other numbers, eval compares the forecaster with the naive forecast and
with an autoregression.

--anomaly stores the distribution of the prediction errors on the validation data, or on
all data with --valid-fraction 0. rnnrun run --anomaly then scores how unexpected every
step is, and marks steps with higher scores than all but a fraction --false-alarms of the
validation steps. The thresholds adapt to the stream over --adapt steps, and an alarm
ends after --hold steps without a high score.`,
		Example: `  rnntrain forecast sunspots.csv -o sunspots.rnn --horizon 12
  rnntrain forecast weather.csv -o rain.rnn --columns temperature,pressure,rain --targets rain
  rnntrain forecast chorales.jsonl --valid valid.jsonl --binary -o chorales.rnn
  rnntrain forecast sunspots.csv --from sunspots.rnn -o sunspots-8.rnn --dtype int8 --epochs 10 --lr 5e-4
  rnntrain eval sunspots.rnn sunspots.csv --last 0.2
  rnntrain forecast pump.csv -o pump.rnn --anomaly
  rnntrain forecast pumps.csv -o pumps.rnn --group pump --anomaly
  rnnrun run -m sunspots.rnn -i numbers.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return f.run(c, paths[0]) },
	}
	f.add(c)
	return c
}

// A forecastTraining has the flags and the state of the command forecast.
type forecastTraining struct {
	training
	columns, targets []string
	group            string
	horizon, window  int
	other            *dataset.SeriesFile // validation data; nil: the end of the series
	binary           bool
	missing          missingFlag
	anomaly          anomalyFlags
}

func (f *forecastTraining) add(c *cobra.Command) {
	f.output.add(c)
	f.network.addRecurrent(c)
	f.fit.add(c)
	c.Flags().StringSliceVar(&f.columns, "columns", nil, "columns to read, by name or number from 0 (default: all numeric columns)")
	c.Flags().StringSliceVar(&f.targets, "targets", nil, "columns to predict (default: all that are read)")
	c.Flags().StringVar(&f.group, "group", "", "column that identifies the source of a row, such as the machine: no window crosses a change of it")
	c.Flags().IntVar(&f.horizon, "horizon", 1, "steps to predict")
	c.Flags().IntVar(&f.window, "window", 50, "steps of truncated back-propagation through time")
	c.Flags().BoolVar(&f.binary, "binary", false, "values are 0 or 1: predict the probabilities of 1")
	f.missing.add(c)
	f.anomaly.add(c)
	hide(c, "bidirectional") // it is refused, with the reason
	f.addValidation(c, 0.2, "series to validate on, instead of the end of the series in DATA", "fraction of every series, at its end, to hold back")
}

// run trains a forecaster on the series of a file.
func (f *forecastTraining) run(c *cobra.Command, path string) error {
	if f.network.bidirectional {
		return cli.Usagef("--bidirectional: a forecaster must not read the steps that it predicts: leave it out")
	}
	if err := within(limit{"horizon", float64(f.horizon), 1, math.MaxInt32}, limit{"window", float64(f.window), 1, math.MaxInt32}); err != nil {
		return err
	}
	if err := f.anomaly.check(c.Flags().Changed, f.binary); err != nil {
		return err
	}
	if err := f.prepare(c, format.TaskRegress, path); err != nil {
		return err
	}
	defer f.outputs.Release()
	if f.origin != nil {
		if err := f.origin.forecaster(c, &f.columns, &f.targets, &f.horizon, &f.binary); err != nil {
			return err
		}
	}
	if f.origin != nil && !c.Flags().Changed("group") {
		f.group = cli.Property(f.origin.model, cli.GroupProperty)
	}
	file, err := f.missing.open(path, f.columns, f.group)
	if err != nil {
		return err
	}
	printColumns(c.ErrOrStderr(), file)
	if file.Alone {
		return fmt.Errorf("%s: every series has only one step, since an empty line follows every row; remove the empty lines inside a series", path)
	}
	noteLists(c.ErrOrStderr(), file)
	f.columns = file.Columns
	task, err := f.task(file)
	if err != nil {
		return err
	}
	defer task.Close()
	printMissing(c.ErrOrStderr(), file)
	f.announceValidation(task.HeldBack())
	j, err := f.job(file, task)
	if err != nil {
		return err
	}
	if measured, held := f.heldBack(file); f.anomaly.wanted {
		if err := f.anomaly.enough(measured, held); err != nil {
			return err
		}
	}
	if err := j.run(c.Context()); err != nil || !f.anomaly.wanted {
		return err
	}
	return f.storeAnomaly(file)
}

// task returns the task of predicting the targets of a file.
func (f *forecastTraining) task(file *dataset.SeriesFile) (*trainer.Forecast, error) {
	if len(f.targets) == 0 {
		f.targets = f.columns
	}
	for i, name := range f.targets {
		if slices.Contains(f.targets[:i], name) {
			return nil, fmt.Errorf("%s: two columns to predict are named %s: rename one, or choose --targets", file.Path, message.Quote(name))
		}
	}
	for i, name := range f.columns {
		if slices.Contains(f.columns[:i], name) {
			return nil, fmt.Errorf("%s: two columns to read are named %s: rename one, or choose --columns", file.Path, message.Quote(name))
		}
	}
	numbers, err := numbersOf(f.targets, f.columns)
	if err != nil {
		return nil, cli.Usagef("--targets: %w", err)
	}
	o := trainer.ForecastOptions{
		Horizon: f.horizon, Window: f.window, Targets: numbers, Held: f.fraction, Binary: f.binary,
		BatchSize: f.fit.batch, Memory: f.fit.memoryLimit(),
	}
	if f.origin != nil {
		o.Normalization = f.origin.model.Normalization
	}
	if f.validation != "" {
		o.Held = 0
		if o.Validation, err = f.missing.open(f.validation, f.columns, f.group); err != nil {
			return nil, err
		}
		f.other = o.Validation
		printColumns(f.command.ErrOrStderr(), o.Validation)
	}
	for _, file := range []*dataset.SeriesFile{file, o.Validation} {
		if f.binary && file != nil {
			if err := refuseNumbers(file, numbers); err != nil {
				return nil, err
			}
		}
	}
	task, err := trainer.NewForecast(file, o)
	if bad := (*dataset.Error)(nil); f.group != "" && errors.As(err, &bad) && bad.Line == 0 {
		err = fmt.Errorf("%w; a series ends at each change of the column %s: the rows of a group must be consecutive", err, message.Quote(f.group))
	}
	if err == nil && o.Validation != nil {
		printMissing(f.command.ErrOrStderr(), o.Validation)
	}
	return task, err
}

// job returns the job of training on a file.
func (f *forecastTraining) job(file *dataset.SeriesFile, task *trainer.Forecast) (*job, error) {
	a := &f.architecture
	a.InputSize, a.Outputs = len(f.columns), task.Outputs()
	if f.binary {
		a.Output = format.OutputSigmoid
	}
	files := []string{file.Path}
	if f.validation != "" {
		files = append(files, f.validation)
	}
	j, err := f.newJob(task, files)
	if err != nil {
		return nil, err
	}
	j.describe = func(m *format.Model) {
		m.Normalization = task.Normalization
		m.Labels = forecastLabels(f.targets, f.horizon)
		m.Anomaly = nil // those of --from no longer apply
		m.Data = &format.Data{Columns: f.columns, Targets: f.targets, Horizon: f.horizon, Window: f.window}
		if f.group != "" {
			m.Provenance = append(m.Provenance, format.Property{Key: cli.GroupProperty, Value: f.group})
		}
	}
	numbers, err := firstSteps(file, 200)
	j.goldens = []dataset.Sequence{{Inputs: numbers}}
	return j, err
}

// heldBack returns the file with the validation data, and the fraction of each series, at
// its end, that is validation data. If nothing is held back, it is all data.
func (f *forecastTraining) heldBack(file *dataset.SeriesFile) (*dataset.SeriesFile, float64) {
	switch {
	case f.other != nil:
		return f.other, 1
	case f.fraction == 0:
		return file, 1
	}
	return file, f.fraction
}

// storeAnomaly adds anomaly thresholds to the trained model.
func (f *forecastTraining) storeAnomaly(file *dataset.SeriesFile) error {
	columns, err := numbersOf(f.targets, f.columns)
	if err != nil {
		return err
	}
	file, held := f.heldBack(file)
	steps, err := f.anomaly.store(f.output.output, file, columns, f.targets, held)
	if err != nil {
		return err
	}
	fmt.Fprintf(f.command.ErrOrStderr(), "anomaly thresholds computed from the errors of %s\n", message.Count(steps, "step"))
	return nil
}

// numbersOf returns the indexes of names among the columns.
func numbersOf(names, columns []string) ([]int, error) {
	var list []int
	for _, name := range names {
		i := slices.Index(columns, name)
		if i < 0 {
			return nil, fmt.Errorf("%s is not one of the columns that are read (%s)%s", message.List([]string{name}), message.List(columns), message.Suggestion(name, columns))
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
