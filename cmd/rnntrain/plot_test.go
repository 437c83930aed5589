package main

import (
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/trainer"
)

// requireDrawing reads a .png or .svg file whole.
func requireDrawing(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	if filepath.Ext(path) == ".png" {
		image, err := png.Decode(f)
		require.NoError(t, err)
		require.Greater(t, image.Bounds().Dx(), 500)
		return
	}
	d := xml.NewDecoder(f)
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

// Every training writes a log, of which plot draws the curves; also while the
// last line is being written.
func TestPlotOfATraining(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	folder := t.TempDir()
	model := filepath.Join(folder, "model.rnn")
	during := filepath.Join(folder, "during.svg")
	code, _, stderr := invoke(t, small(text, model, "--plot", during)...)
	require.Zero(t, code, stderr)
	requireDrawing(t, during)

	records, err := readLog(model + ".jsonl")
	require.NoError(t, err)
	var steps, epochs int
	for _, r := range records {
		require.Positive(t, r.Loss)
		require.Positive(t, r.GradientNorm)
		if r.EpochEnded {
			epochs++
			require.Equal(t, epochs, r.Epoch)
			require.Positive(t, r.Validation.Loss)
			continue
		}
		steps++
		require.Equal(t, steps, r.Step)
	}
	require.Equal(t, 4, epochs)
	require.Equal(t, 4, records[len(records)-1].Epoch)

	log, err := os.OpenFile(model+".jsonl", os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = log.WriteString(`{"step":9`)
	require.NoError(t, err)
	require.NoError(t, log.Close())
	for _, name := range []string{"one.png", "both.svg"} {
		drawing := filepath.Join(folder, name)
		args := []string{"plot", model + ".jsonl", "-o", drawing}
		if name == "both.svg" {
			args = append(args, model+".jsonl")
		}
		code, _, stderr = invoke(t, args...)
		require.Zero(t, code, stderr)
		requireDrawing(t, drawing)
	}
	drawn, err := os.ReadFile(during)
	require.NoError(t, err)
	require.Regexp(t, `(?s)>Loss of model<.*>validation<.*>best epoch: \d, loss .*>Accuracy on .*>validation<.*>best epoch: \d, \d+\.\d\d %<`, string(drawn))
}

// The axis of losses is logarithmic if they fall by a factor of ten, and the best epoch is
// marked on the curve of validation.
func TestCurvesOfATraining(t *testing.T) {
	log := []record{
		{Step: 1, Epoch: 1, Loss: 2, LearningRate: 0.1},
		{Step: 2, Epoch: 1, EpochEnded: true, Best: true, Validation: &trainer.Evaluation{Loss: 1.5, Correct: 0.25}},
		{Step: 3, Epoch: 2, EpochEnded: true, Best: true, Validation: &trainer.Evaluation{Loss: 0.5, Correct: 0.75}},
		{Step: 4, Epoch: 3, EpochEnded: true, Validation: &trainer.Evaluation{Loss: 0.6, Correct: 0.7}},
	}
	got := newTrainingCurves(log, "a, ", 1)
	require.Equal(t, &chart.Mark{Name: "a, best epoch: 2, loss 0.5", X: 3, Y: 0.5}, got.best)
	require.Equal(t, []float64{25, 75, 70}, got.accuracy.Y)
	require.Equal(t, &chart.Mark{Name: "a, best epoch: 2, 75.00 %", X: 3, Y: 75, Color: 1}, got.bestAccuracy)
	require.Equal(t, []float64{1.5, 0.5, 0.6}, got.epochs.Y)
	require.Equal(t, []float64{0.1}, got.rates.Y)

	for _, c := range []struct {
		losses []float64
		want   chart.Chart
	}{
		{[]float64{10, 3, 1}, chart.Chart{Logarithmic: true}},
		{[]float64{9, 3, 1}, chart.Chart{MaxY: 1.1 * 9}},
		{[]float64{9, -3, 0}, chart.Chart{MaxY: 1.1 * 9}},
	} {
		c.want.Curves = []chart.Curve{{Y: c.losses}}
		loss := chart.Chart{Curves: c.want.Curves}
		scaleLosses(&loss)
		require.Equal(t, c.want, loss)
	}
}

// A log that is resumed has every step once.
func TestLogOfAResumedTraining(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	run := func(resume bool, reports ...trainer.Progress) (steps []int) {
		l := trainingLog{path: path, resume: resume}
		for _, p := range reports {
			p.Steps, p.StepLoss, p.Loss = 6, 1, 1
			require.NoError(t, l.progress(p))
		}
		require.NoError(t, l.close())
		records, err := readLog(path)
		require.NoError(t, err)
		for _, r := range records {
			steps = append(steps, r.Step)
			if r.EpochEnded {
				steps[len(steps)-1] = -r.Epoch
			}
		}
		return steps
	}
	step := func(n int) trainer.Progress { return trainer.Progress{Step: n, Epoch: (n + 2) / 3} }
	epoch := func(n int) trainer.Progress { return trainer.Progress{Step: 3 * n, Epoch: n, EpochEnded: true} }
	require.Equal(t, []int{1, 2, 3, -1, 4}, run(false, step(1), step(2), step(3), epoch(1), step(4)))
	require.Equal(t, []int{1, 2, 3, 4}, run(true, step(3), step(4)), "it went back into the first epoch")
	require.Equal(t, []int{1, 2, 3, -1, 4}, run(true, epoch(1), step(4)), "it went back to the end of the first epoch")
	require.Equal(t, []int{1, 2, 3, -1, 4, 5}, run(true, step(4), step(5)))
	require.Equal(t, []int{1}, run(false, step(1)), "a new training has a new log")
}

func TestPlotRefusals(t *testing.T) {
	log := write(t, "log.jsonl", "{\"step\":1,\"epoch\":1,\"loss\":1}\nno json\n")
	empty := write(t, "empty.jsonl", "")
	text := write(t, "text.txt", strings.Repeat("to be\n", 200))
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"plot", log, "-o", "curves.pdf"}, 2, "curves.pdf ends in neither .png nor .svg"},
		{[]string{"plot", log, "-o", "curves.svg"}, 1, "log.jsonl, line 2: not a record of a training"},
		{[]string{"plot", empty, "-o", "curves.svg"}, 1, "the log has no records"},
		{[]string{"plot", "none.jsonl", "-o", "curves.svg"}, 1, "none.jsonl"},
		{[]string{"plot", "-o", "curves.svg"}, 2, "wrong number of arguments, 0; the usage is: rnntrain plot LOG"},
		{[]string{"lm", text, "-o", filepath.Join(t.TempDir(), "m.rnn"), "--plot", "x.gif", "--batch", "4"}, 2, "x.gif ends in neither"},
		{[]string{"gradflow", text, "-o", "flow.svg", "--steps", "1"}, 2, "--steps 1 must be at least 2"},
		{[]string{"gradflow", text, "-o", "flow.svg", "--cells", "qrnn"}, 2, `"qrnn" is not one of rnn`},
		{[]string{"gradflow", text, "-o", "flow.svg", "--batch", "2", "--steps", "200"}, 1, "held back"},
	} {
		code, _, stderr := invoke(t, c.args...)
		require.Equal(t, c.code, code, stderr)
		require.Contains(t, stderr, c.want)
		require.NoFileExists(t, c.args[len(c.args)-1])
	}
}

func TestGradflow(t *testing.T) {
	text := write(t, "text.txt", strings.Repeat("to be, or not to be\n", 200))
	drawing := filepath.Join(t.TempDir(), "flow.png")
	args := []string{"gradflow", text, "-o", drawing, "--epochs", "1", "--hidden", "8", "--steps", "20", "--batch", "8"}
	code, stdout, stderr := invoke(t, append(args, "--json")...)
	require.Zero(t, code, stderr)
	requireDrawing(t, drawing)
	var flows []flow
	require.NoError(t, json.Unmarshal([]byte(stdout), &flows))
	require.Len(t, flows, 3)
	for i, cell := range []string{"rnn", "lstm", "gru"} {
		f := flows[i]
		require.Equal(t, cell, f.Cell)
		require.Len(t, f.Before, 21)
		require.Len(t, f.After, 21)
		require.Equal(t, 1.0, f.After[0])
		require.Less(t, f.Before[20], 0.1, "before training, gradients vanish")
		require.Positive(t, f.After[20])
		require.NotEqual(t, f.Before, f.After)
	}
	code, stdout, stderr = invoke(t, append(args, "--cells", "gru")...)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "20 back")
}
