package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// waves are two columns of numbers with dates: y is what x will be two steps
// later.
func waves(steps int) string {
	var b strings.Builder
	b.WriteString("day,x,y\n")
	x := func(i int) float64 { return 50 + 10*math.Sin(float64(i)/4) + 3*math.Sin(float64(i)/1.7) }
	for i := range steps {
		fmt.Fprintf(&b, "2000-01-%02d,%.4f,%.4f\n", 1+i%31, x(i), x(i+2))
	}
	return b.String()
}

func TestTrainAForecasterAndMeasureIt(t *testing.T) {
	data := write(t, "waves.csv", waves(600))
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "forecast", data, "-o", model, "--targets", "x", "--horizon", "4", "--cell", "gru",
		"--hidden", "16", "--window", "20", "--epochs", "15", "--batch", "4", "--lr", "0.02")
	require.Zero(t, code, stderr)
	require.NotContains(t, stdout, "accuracy")

	code, stdout, stderr = invoke(t, "eval", model, data, "--last", "0.2", "--json")
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 120.0, report["steps"])
	require.Equal(t, 4.0, report["horizon"])
	require.Less(t, report["model_rmse"], 1.5, "of numbers that deviate by 7")
	require.Less(t, report["model_rmse"].(float64), report["naive_rmse"].(float64)/3)
	require.Less(t, report["autoregression_rmse"], 0.1, "sums of sines are autoregressions")
	code, stdout, stderr = invoke(t, "eval", model, data, "--last", "0.2")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "autoregression of order")

	m, err := rnn.Open(model)
	require.NoError(t, err)
	require.NoError(t, m.Verify())
	require.Equal(t, "x+1", m.Label(0))
	y, err := m.NewSession().Run([]float32{50, 55, 52, 56})
	require.NoError(t, err)
	require.Len(t, y, 2*4)
	require.InDelta(t, 52, y[0], 15, "in the units of the data")
}

func TestForecastRefusals(t *testing.T) {
	data := write(t, "waves.csv", waves(50))
	gap := write(t, "gap.csv", "x,y\n1,2\n,3\n")
	out := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{data, "--bidirectional"}, 2, "must not read the steps that it predicts"},
		{[]string{data, "--columns", "z"}, 1, "no column is named z; there are day, x, y"},
		{[]string{data, "--columns", "x", "--targets", "y"}, 2, "--targets: y is not one of the columns that are read (x)"},
		{[]string{data, "--horizon", "0"}, 2, "--horizon 0 must be at least 1"},
		{[]string{data, "--columns", "day"}, 1, `waves.csv: line 2: day is "2000-01-01", which is not a number`},
		{[]string{gap, "--columns", "x"}, 1, `gap.csv: line 3: x is "", which is not a number`},
		{[]string{"none.csv"}, 1, "none.csv"},
	} {
		code, _, stderr := invoke(t, append([]string{"forecast", "-o", out}, c.args...)...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, out)
	}
}

// Each of several series has its own start, and the naive forecast is the last
// value.
func TestEvalOfSeveralSeries(t *testing.T) {
	var b strings.Builder
	for series := range 3 {
		for i := range 30 {
			fmt.Fprintf(&b, "%d\n", 100*series+i)
		}
		b.WriteString("\n\n")
	}
	data := write(t, "series.csv", b.String())
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "forecast", data, "-o", model, "--horizon", "2", "--epochs", "1", "--hidden", "4")
	require.Zero(t, code, stderr)
	code, stdout, stderr := invoke(t, "eval", model, data, "--last", "0.5", "--json")
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 45.0, report["steps"])
	// 15 forecasts of one step are off by 1, and 14 of two steps by 2.
	require.InDelta(t, (15*1+14*2)/29.0, report["naive_mae"], 1e-9)

	other := write(t, "other.csv", "1,2\n3,4\n")
	code, _, stderr = invoke(t, "eval", model, other, "--last", "0.5")
	require.Zero(t, code, stderr)
	require.NoError(t, os.Remove(other))
	code, _, stderr = invoke(t, "eval", model, other)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "other.csv")
}

// Binary values have probabilities, which are measured in nats.
func TestForecastBinaryValues(t *testing.T) {
	var b strings.Builder
	for range 30 {
		b.WriteString("[[1,0],[0,0],[1,1],[0,0],[1,0],[0,0],[1,1],[0,0],[1,0]]\n")
	}
	data := write(t, "notes.jsonl", b.String())
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "forecast", data, "--valid", data, "-o", model, "--binary", "--hidden", "8", "--epochs", "30", "--lr", "0.03")
	require.Zero(t, code, stderr)
	code, stdout, stderr := invoke(t, "eval", model, data, "--json")
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 240.0, report["steps"])
	require.Less(t, report["nats_per_step"], 0.6)
	require.InDelta(t, math.Ln2+0.5623, report["nats_per_step_of_constants"], 1e-3)
	code, stdout, stderr = invoke(t, "eval", model, data)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "nats per step of 2 values, 240 steps")
}

// What breaks a training is said with the flags that may mend it.
func TestABrokenTrainingNamesFlags(t *testing.T) {
	data := write(t, "waves.csv", waves(60))
	code, _, stderr := invoke(t, "forecast", data, "-o", filepath.Join(t.TempDir(), "model.rnn"), "--hidden", "4",
		"--optimizer", "sgd", "--lr", "1e38", "--clip", "0", "--epochs", "3")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "try a lower learning rate")
	require.Contains(t, stderr, "see --lr, --clip 1, --warmup and --seed")
}

// Groups are series, as empty lines between them make them, and the file tells the column.
func TestForecastOfGroups(t *testing.T) {
	train := func(data string, flags ...string) (model, figures string) {
		model = filepath.Join(t.TempDir(), "model.rnn")
		code, stdout, stderr := invoke(t, append([]string{"forecast", data, "-o", model, "--columns", "x,y", "--hidden", "4", "--epochs", "2", "--window", "9"}, flags...)...)
		require.Zero(t, code, stderr)
		_, figures, _ = strings.Cut(stdout, ", epoch")
		return model, figures
	}
	rows := strings.SplitAfter(strings.TrimPrefix(waves(120), "day,x,y\n"), "\n")
	grouped, apart := "pump,day,x,y\n", "pump,day,x,y\n"
	for i, row := range rows[:120] {
		if i == 60 {
			apart += "\n"
		}
		row = fmt.Sprintf("p%d,", i/60) + row
		grouped, apart = grouped+row, apart+row
	}
	data := write(t, "grouped.csv", grouped)
	model, got := train(data, "--group", "pump")
	_, want := train(write(t, "apart.csv", apart))
	require.Equal(t, want, got)
	_, other := train(data)
	require.NotEqual(t, want, other)

	d, err := rnn.Open(model)
	require.NoError(t, err)
	require.Equal(t, "pump", cli.Property(d.Description(), cli.GroupProperty))
	measured := func(args ...string) string {
		code, stdout, stderr := invoke(t, append([]string{"eval", model}, args...)...)
		require.Zero(t, code, stderr)
		stdout, _, _ = strings.Cut(stdout, "time ")
		return stdout
	}
	require.Equal(t, measured(write(t, "apart.csv", apart), "--group", ""), measured(data))
	require.NotEqual(t, measured(data, "--group", ""), measured(data))
	code, _, stderr := invoke(t, "eval", model, write(t, "w.csv", waves(50)))
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "no column is named pump")
	require.Contains(t, stderr, "--group '' reads data without groups")

	alternate := "pump,x\n" + strings.Repeat("a,1\nb,2\n", 9)
	code, _, stderr = invoke(t, "forecast", write(t, "alternate.csv", alternate), "-o", model, "--group", "pump")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, `a series ends at each change of the column "pump": the rows of a group must be consecutive`)
}
