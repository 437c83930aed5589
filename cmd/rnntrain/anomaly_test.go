package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// pump is a table of a wave with noise. From each of the faults on, it stands still for
// ten steps.
func pump(steps int, seed uint64, faults ...int) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("flow\n")
	for i := range steps {
		v := 50 + 10*math.Sin(float64(i)/3) + 0.3*rng.NormFloat64()
		for _, f := range faults {
			if i >= f && i < f+10 {
				v = 50
			}
		}
		fmt.Fprintf(&b, "%.3f\n", v)
	}
	return b.String()
}

// flags returns the steps of a table of numbers that a model takes for anomalies.
func flags(t *testing.T, model, table string) (steps []int) {
	m, err := rnn.Open(model)
	require.NoError(t, err)
	require.NoError(t, m.Verify())
	d, err := m.NewDetector()
	require.NoError(t, err)
	s := m.NewSession()
	for i, line := range strings.Fields(table)[1:] {
		var x float32
		_, err := fmt.Sscan(line, &x)
		require.NoError(t, err)
		y, err := s.Step([]float32{x})
		require.NoError(t, err)
		if d.Anomalous(d.Score([]float32{x}, y)) {
			steps = append(steps, i)
		}
	}
	return steps
}

// A forecaster finds that a wave stands still, at values that are not unusual, and gives
// as few false alarms as it was told.
func TestTrainADetectorOfAnomalies(t *testing.T) {
	data := write(t, "pump.csv", pump(1500, 1))
	for _, c := range []struct {
		name   string
		args   []string
		alarms int // at most, of 4000 steps
		errors int // that the thresholds are from
		weight float32
	}{
		{"usual", []string{"--hold", "0"}, 4 * 5, 300, 1},
		{"thresholds that stay as they are", []string{"--adapt", "0"}, 4 * 5, 300, 1},
		{"frequent alarms", []string{"--hold", "0", "--false-alarms", "0.05"}, 200 * 2, 300, 1},
		{"frequent alarms that stay as they are", []string{"--adapt", "0", "--false-alarms", "0.05"}, 200 * 2, 300, 1},
		{"a smooth score", []string{"--adapt", "0", "--smooth", "3"}, 4 * 5, 300, 0.5},
		{"a smooth score that adapts", []string{"--hold", "0", "--smooth", "3"}, 4 * 5, 300, 0.5},
		{"other series", []string{"--hold", "0", "--valid", write(t, "other.csv", pump(600, 2))}, 4 * 5, 599, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := filepath.Join(t.TempDir(), "model.rnn")
			code, _, stderr := invoke(t, append([]string{"forecast", data, "-o", model, "--anomaly", "--hidden", "8", "--epochs", "15", "--lr", "0.02"}, c.args...)...)
			require.Zero(t, code, stderr)
			require.Contains(t, stderr, fmt.Sprintf("anomaly thresholds computed from the errors of %d steps\n", c.errors))
			m, err := rnn.Open(model)
			require.NoError(t, err)
			require.Equal(t, c.weight, m.Description().Anomaly.Weight)
			alarms := len(flags(t, model, pump(4000, 3)))
			require.LessOrEqual(t, alarms, c.alarms)
			if strings.HasPrefix(c.name, "frequent alarms") {
				require.GreaterOrEqual(t, alarms, 200/2)
			}
			for _, fault := range []int{203, 411} {
				found := false
				for _, step := range flags(t, model, pump(600, 4, fault)) {
					found = found || step >= fault && step < fault+10
				}
				require.True(t, found, "the fault at %d", fault)
			}
		})
	}
}

// A fault is one alarm, which lasts as long as the fault and then --hold steps, or longer
// if another score is high.
func TestAnAlarmIsHeld(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "forecast", write(t, "pump.csv", pump(1500, 1)), "-o", model, "--anomaly", "--hidden", "8", "--epochs", "15", "--lr", "0.02", "--hold", "50")
	require.Zero(t, code, stderr)
	m, err := rnn.Open(model)
	require.NoError(t, err)
	a := m.Description().Anomaly.Adaptation
	require.Equal(t, []int{300, 50000, 50}, []int{a.Steps, a.Memory, a.Hold})
	require.InDelta(t, math.Log(0.02/0.001), a.Threshold, 1e-6)
	require.InDelta(t, 50, a.Mean[0], 1)
	require.InDelta(t, 10/math.Sqrt2, a.Deviation[0], 1)
	steps := flags(t, model, pump(600, 4, 203))
	require.NotEmpty(t, steps)
	require.GreaterOrEqual(t, steps[0], 203)
	require.Less(t, steps[0], 213)
	require.GreaterOrEqual(t, len(steps), 50)
	for i, step := range steps {
		require.Equal(t, steps[0]+i, step, "one alarm")
	}
}

// Thresholds are those of the training that wrote the file.
func TestATrainingWithoutAnomaliesKeepsNoThresholds(t *testing.T) {
	data := write(t, "pump.csv", pump(400, 1))
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.rnn"), filepath.Join(dir, "second.rnn")
	code, _, stderr := invoke(t, "forecast", data, "-o", first, "--anomaly", "--hidden", "4", "--epochs", "1")
	require.Zero(t, code, stderr)
	code, _, stderr = invoke(t, "forecast", data, "-o", second, "--from", first, "--epochs", "1")
	require.Zero(t, code, stderr)
	m, err := rnn.Open(second)
	require.NoError(t, err)
	_, err = m.NewDetector()
	require.ErrorIs(t, err, rnn.ErrNoAnomaly)
}

func TestAnomalyRefusals(t *testing.T) {
	data, short := write(t, "pump.csv", pump(400, 1)), write(t, "short.csv", pump(100, 1))
	out := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{data, "--false-alarms", "0.01"}, 2, "are for --anomaly"},
		{[]string{data, "--smooth", "3"}, 2, "are for --anomaly"},
		{[]string{data, "--adapt", "3"}, 2, "are for --anomaly"},
		{[]string{data, "--hold", "3"}, 2, "are for --anomaly"},
		{[]string{data, "--anomaly", "--adapt", "-1"}, 2, "--adapt -1"},
		{[]string{data, "--anomaly", "--hold", "-1"}, 2, "--hold -1"},
		{[]string{data, "--anomaly", "--adapt", "0", "--hold", "3"}, 2, "leave out --adapt 0"},
		{[]string{data, "--anomaly", "--false-alarms", "0"}, 2, "--false-alarms 0"},
		{[]string{data, "--anomaly", "--false-alarms", "NaN"}, 2, "--false-alarms NaN"},
		{[]string{data, "--anomaly", "--smooth", "0"}, 2, "--smooth 0"},
		{[]string{data, "--anomaly", "--binary"}, 2, "probabilities"},
		{[]string{short, "--anomaly"}, 1, "needs 50 validation steps, but there are 20"},
	} {
		code, _, stderr := invoke(t, append([]string{"forecast", "-o", out, "--hidden", "4"}, c.args...)...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, out, "it is said before the training")
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name          string
		errors        []float64
		median, scale float64
	}{
		{"the median deviation", []float64{1, 2, 3, 4, 100}, 3, 1.4826},
		{"the mean, if most are the same", []float64{1, 1, 1, 1, 6}, 1, 1},
		{"all the same", []float64{2, 2, 2}, 2, 0},
	} {
		median, scale := spread(c.errors)
		require.Equal(t, c.median, median, c.name)
		require.InDelta(t, c.scale, scale, 1e-12, c.name)
	}
}

// A picture shows what a forecaster with thresholds predicts, and its scores; without them
// there is none.
func TestEvalDrawsScores(t *testing.T) {
	dir := t.TempDir()
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 4, Outputs: 1, Task: format.TaskRegress, Seed: 1}.Model()
	m.Data = &format.Data{Columns: []string{"flow"}, Targets: []string{"flow"}, Horizon: 1}
	m.Goldens = nil
	plain := filepath.Join(dir, "plain.rnn")
	require.NoError(t, format.WriteFile(plain, m))
	m.Anomaly = &format.Anomaly{Columns: []int{0}, Median: []float32{0}, Scale: []float32{1}, Weight: 1, Threshold: 4}
	model := filepath.Join(dir, "model.rnn")
	require.NoError(t, format.WriteFile(model, m))
	text := "flow\n"
	for i := range 60 {
		text += fmt.Sprintln(i % 5)
	}
	data, picture := write(t, "flow.csv", text), filepath.Join(dir, "scores.svg")
	code, _, stderr := invoke(t, "eval", model, data, "--plot", picture)
	require.Zero(t, code, stderr)
	svg, err := os.ReadFile(picture)
	require.NoError(t, err)
	for _, want := range []string{"flow", "predicted", "value", "score", "threshold"} {
		require.Contains(t, string(svg), ">"+want)
	}
	code, _, stderr = invoke(t, "eval", plain, data, "--plot", picture)
	require.NotZero(t, code)
	require.Contains(t, stderr, "--plot: the model has no anomaly thresholds")
	require.Equal(t, 1, strings.Count(stderr, "rnntrain forecast --anomaly"), "it says once what to do")
	code, _, stderr = invoke(t, "eval", model, data, "--plot", "x.pdf")
	require.Equal(t, 2, code, stderr)
}
