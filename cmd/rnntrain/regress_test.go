package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// engines is a table of so many runs of an engine: the torque follows the throttle.
func engines(runs, steps int) string {
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("time;run;torque;throttle;noise\n")
	for run := range runs {
		torque, throttle := 125.0, 0.5
		for i := range steps {
			if i%10 == 0 {
				throttle = rng.Float64()
			}
			torque = 0.7*torque + 0.3*(100+50*throttle)
			b.WriteString(strings.ReplaceAll(fmt.Sprintf("%d;r%d;%.3f;%.3f;%.3f\n", i, run, torque, throttle, rng.Float64()), ".", ","))
		}
	}
	return b.String()
}

// A regressionReport is what a regression prints as JSON.
type regressionReport struct {
	Groups  []string
	Answers int
	Targets []struct {
		Target   string
		RMSE     float64
		MAE      float64
		R2       float64
		MeanRMSE float64 `json:"mean_rmse"`
	}
}

func TestRegressReadings(t *testing.T) {
	data := write(t, "engine.csv", engines(8, 120))
	for _, c := range []struct {
		name   string
		args   []string
		pool   format.Pool
		data   format.Data
		answer int // of a run
	}{
		{"at every step", []string{"--pool", "none", "--window", "40"}, format.PoolNone, format.Data{Columns: []string{"throttle"}, Targets: []string{"torque"}, Window: 40}, 120},
		{"of a window", []string{"--window", "20", "--stride", "10"}, format.PoolLast, format.Data{Columns: []string{"throttle"}, Targets: []string{"torque"}, Window: 20}, 11},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "torque.rnn")
			code, stdout, stderr := invoke(t, append([]string{"regress", data, "--columns", "throttle", "--targets", "torque", "--group", "run", "--test-fraction", "0.2",
				"--hidden", "12", "--epochs", "40", "--batch", "8", "--lr", "0.02", "-o", model, "--json"}, c.args...)...)
			require.Zero(t, code, stderr)
			require.Contains(t, stderr, `columns read: "throttle", "torque" (to predict), "run" (group)`)
			var report struct{ Test regressionReport }
			require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout)
			got := report.Test.Targets[0]
			require.Greater(t, got.R2, 0.9)
			require.Less(t, got.RMSE, got.MeanRMSE/3)
			require.Equal(t, c.answer*len(report.Test.Groups), report.Test.Answers)

			m, err := rnn.Open(model)
			require.NoError(t, err)
			require.NoError(t, m.Verify())
			require.Equal(t, &c.data, m.Description().Data)
			require.Equal(t, c.pool, m.Description().Pool)
			require.InDelta(t, 120, m.Description().Normalization.OutputMean[0], 15, "in the units of the data")

			code, stdout, stderr = invoke(t, "eval", model, data, "--groups", strings.Join(report.Test.Groups, ","), "--json")
			require.Zero(t, code, stderr)
			var again regressionReport
			require.NoError(t, json.Unmarshal([]byte(stdout), &again))
			require.Equal(t, report.Test.Targets, again.Targets)

			code, stdout, stderr = invoke(t, "eval", model, data)
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "RMSE, MAE of the training mean\ntorque")

			better := filepath.Join(t.TempDir(), "better.rnn")
			code, _, stderr = invoke(t, append([]string{"regress", data, "--targets", "torque", "--from", model, "-o", better, "--epochs", "1", "--pool", fmt.Sprint(c.pool)}, c.args...)...)
			require.Zero(t, code, stderr)
		})
	}
}

// The mean of the training is the baseline, and a constant answer is as good as it is.
func TestRegressionFigures(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.rnn")
	data := write(t, "a.jsonl", strings.Repeat(`{"inputs":[1,2],"speed":10}`+"\n"+`{"inputs":[[3],[4],[5]],"speed":"20"}`+"\n", 20))
	code, _, stderr := invoke(t, "regress", data, "--targets", "speed", "-o", model, "--hidden", "4", "--epochs", "60", "--lr", "0.03")
	require.Zero(t, code, stderr)
	code, stdout, stderr := invoke(t, "eval", model, write(t, "b.jsonl", `{"inputs":[1,2],"speed":10}`+"\n"+`{"inputs":[3,4,5],"speed":20}`+"\n"), "--json")
	require.Zero(t, code, stderr)
	var report regressionReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 2, report.Answers)
	require.InDelta(t, 5, report.Targets[0].MeanRMSE, 0.5)
	require.Less(t, report.Targets[0].RMSE, 0.5)
}

// The probability of a state that the readings tell.
func TestRegressBinary(t *testing.T) {
	var b strings.Builder
	b.WriteString("run,level,open,warm\n")
	rng := rand.New(rand.NewPCG(3, 5))
	for i := range 900 {
		level := rng.Float64()
		fmt.Fprintf(&b, "%d,%.3f,%d,%d\n", i/30, level, int(level+0.7), i/30%2)
	}
	data := write(t, "doors.csv", b.String())
	dir := t.TempDir()
	model, further := filepath.Join(dir, "door.rnn"), filepath.Join(dir, "further.rnn")
	code, stdout, stderr := invoke(t, "regress", data, "--columns", "level", "--targets", "open,warm", "--binary", "--pool", "none", "--window", "0", "--group", "run",
		"--cell", "gru", "--hidden", "8", "--epochs", "30", "--batch", "4", "--lr", "0.03", "-o", model)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "accuracy    loss   constant probability")

	m, err := rnn.Open(model)
	require.NoError(t, err)
	require.Equal(t, format.OutputSigmoid, m.Description().Output)
	require.Empty(t, m.Description().Normalization.OutputMean)
	ys, err := m.NewSession().Run([]float32{0.1, 0.9, 0.1})
	require.NoError(t, err)
	require.Less(t, ys[0], float32(0.1))
	require.Greater(t, ys[2], float32(0.9))
	require.InDelta(t, 0.5, ys[3], 0.3, "nothing tells what is warm")

	code, stdout, stderr = invoke(t, "eval", model, data, "--json")
	require.Zero(t, code, stderr)
	var report struct {
		Answers int
		Targets []struct {
			Target       string
			Accuracy     float64
			Loss         float64
			Constant     float64 `json:"constant_accuracy"`
			ConstantLoss float64 `json:"constant_loss"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, 900, report.Answers)
	require.Equal(t, "open", report.Targets[0].Target)
	require.Greater(t, report.Targets[0].Accuracy, 0.95)
	require.InDelta(t, 0.7, report.Targets[0].Constant, 0.05)
	require.Less(t, report.Targets[0].Loss, report.Targets[0].ConstantLoss/3)

	// It goes on as it began.
	again := []string{"regress", data, "--columns", "level", "--targets", "open,warm", "--pool", "none", "--window", "0", "--group", "run", "--epochs", "1", "--from", model, "-o", further}
	code, _, stderr = invoke(t, again...)
	require.Zero(t, code, stderr)
	m, err = rnn.Open(further)
	require.NoError(t, err)
	require.Equal(t, format.OutputSigmoid, m.Description().Output)
	code, _, stderr = invoke(t, append(again, "--binary=false")...)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "binary")
}

func TestRegressRefusals(t *testing.T) {
	data := write(t, "a.csv", engines(2, 30))
	out := filepath.Join(t.TempDir(), "m.rnn")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{data}, 2, "targets"},
		{[]string{data, "--targets", "torque"}, 2, "--window is missing: give the steps"},
		{[]string{data, "--targets", "power", "--window", "5"}, 1, "no column is named power"},
		{[]string{data, "--targets", "torque", "--columns", "torque,throttle", "--window", "5"}, 1, `"torque" is to be predicted`},
		{[]string{data, "--targets", "run", "--window", "5"}, 1, `"run" is to be predicted, and is not read: "r0" in line 2 is not a number`},
		{[]string{data, "--targets", "torque", "--window", "5", "--inputs", "x"}, 2, "--inputs has no effect here"},
		{[]string{data, "--targets", "torque", "--window", "5", "--binary"}, 1, `line 2: "torque" is`},
		{[]string{data, "--targets", "torque", "--window", "500"}, 1, "no stretch has the 500 readings"},
		{[]string{data, "--targets", "torque", "--window", "5", "--pool", "first"}, 2, `--pool "first"`},
		{[]string{write(t, "b.jsonl", `{"inputs":[1],"y":"fast"}`), "--targets", "y"}, 1, `line 1: the number to predict is "fast"`},
		{[]string{write(t, "c.jsonl", `{"inputs":[1],"y":1}`), "--targets", "y,z"}, 2, "one number each"},
	} {
		code, _, stderr := invoke(t, append([]string{"regress", "-o", out, "--epochs", "1"}, c.args...)...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, out)
	}
}
