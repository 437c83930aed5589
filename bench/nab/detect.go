package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rnnrun/rnnrun/internal/metrics"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// detectors are what is compared.
var detectors = [...]string{"value", "autoregression", "LSTM"}

const (
	held   = 0.4 // of the steps to learn from
	orders = 36  // the greatest of the autoregression
)

// detect returns the steps that each detector flags.
func (s *series) detect(rnntrain string, rate float64, options []string) (flags [len(detectors)][]bool, err error) {
	value := make([]float64, len(s.values))
	flags[0] = s.flag(value, 0, rate)
	flags[1] = s.flag(s.autoregression(), int(float64(s.learn)*(1-held)), rate)
	flags[2], err = s.forecaster(rnntrain, rate, options)
	return flags, err
}

// flag flags the values that deviate from predictions more than those of the steps to
// learn from, from the given one on: with the measures of rnntrain forecast --anomaly.
func (s *series) flag(predicted []float64, from int, rate float64) []bool {
	errors := make([]float64, len(s.values))
	for i, v := range s.values {
		errors[i] = v - predicted[i]
	}
	median := metrics.Median(append([]float64(nil), errors[from:s.learn]...))
	for i := range errors {
		errors[i] = math.Abs(errors[i] - median)
	}
	threshold := metrics.TailThreshold(append([]float64(nil), errors[from:s.learn]...), rate)
	flags := make([]bool, len(errors))
	for i, e := range errors {
		flags[i] = i >= s.learn && e > threshold
	}
	return flags
}

// autoregression predicts each step from those before it, by the autoregression that
// fits the steps to learn from.
func (s *series) autoregression() []float64 {
	fit := metrics.NewAutoregressionFit(orders)
	for _, v := range s.values[:int(float64(s.learn)*(1-held))] {
		fit.Add(v)
	}
	a := fit.Best()
	predicted := make([]float64, len(s.values))
	var past []float64
	for i, v := range s.values {
		if p := a.Predict(past, 1); p != nil {
			predicted[i] = p[0]
		}
		past = metrics.Remember(past, v, orders)
	}
	return predicted
}

// forecaster flags what a model says that rnntrain trains on the steps to learn from.
func (s *series) forecaster(rnntrain string, rate float64, options []string) ([]bool, error) {
	folder, err := os.MkdirTemp("", "nab")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	table, model := filepath.Join(folder, "start.csv"), filepath.Join(folder, "model.rnn")
	text := "value\n"
	for _, v := range s.values[:s.learn] {
		text += fmt.Sprintln(v)
	}
	if err := os.WriteFile(table, []byte(text), 0o600); err != nil {
		return nil, err
	}
	c := exec.Command(rnntrain, append([]string{"forecast", table, "-o", model, "--anomaly",
		"--false-alarms", fmt.Sprint(rate), "--valid-fraction", fmt.Sprint(held), "--hidden", "16"}, options...)...)
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", s.path, err, out)
	}
	m, err := rnn.Open(model)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	d, err := m.NewDetector()
	if err != nil {
		return nil, err
	}
	session := m.NewSession()
	flags := make([]bool, len(s.values))
	for i, v := range s.values {
		x := []float32{float32(v)}
		y, err := session.Step(x)
		if err != nil {
			return nil, err
		}
		flags[i] = d.Anomalous(d.Score(x, y)) && i >= s.learn
	}
	return flags, nil
}
