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
var detectors = [...]string{"value", "autoregression", "autoregression that adapts", "LSTM"}

const (
	held   = 0.4 // of the steps to learn from
	orders = 36  // the greatest of the autoregression
)

// detect returns the steps that each detector flags.
func (s *series) detect(rnntrain string, rate float64, options []string) (flags [len(detectors)][]bool, err error) {
	value := make([]float64, len(s.values))
	flags[0] = s.flag(value, 0, rate)
	predicted := s.autoregression()
	flags[1] = s.flag(predicted, s.held(), rate)
	if flags[2], err = s.adapt(predicted, rate); err != nil {
		return flags, err
	}
	flags[3], err = s.forecaster(rnntrain, rate, options)
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

// held returns the first of the steps to learn from that detectors hold back.
func (s *series) held() int { return int(float64(s.learn) * (1 - held)) }

// autoregression predicts each step from those before it, by the autoregression that
// fits the steps to learn from.
func (s *series) autoregression() []float64 {
	fit := metrics.NewAutoregressionFit(orders)
	for _, v := range s.values[:s.held()] {
		fit.Add(v)
	}
	a := fit.Best()
	predicted := make([]float64, len(s.values))
	copy(predicted[1:], s.values) // as long as there is no past to predict from
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
	session := m.NewSession()
	return s.score(m, func(i int) (float32, error) {
		y, err := session.Step([]float32{float32(s.values[i])})
		if err != nil {
			return 0, err
		}
		return y[0], nil
	})
}

// score flags what a model's detector says of the values and of predictions of the next.
func (s *series) score(m *rnn.Model, next func(i int) (float32, error)) ([]bool, error) {
	d, err := m.NewDetector()
	if err != nil {
		return nil, err
	}
	flags := make([]bool, len(s.values))
	for i, v := range s.values {
		y, err := next(i)
		if err != nil {
			return nil, err
		}
		flags[i] = d.Anomalous(d.Score([]float32{float32(v)}, []float32{y})) && i >= s.learn
	}
	return flags, nil
}
