package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/chart"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// mostDrawn is the greatest number of targets that are drawn.
const mostDrawn = 4

// A scoreChart has the data for charts of a forecaster's predictions and anomaly scores.
type scoreChart struct {
	steps             []float64   // steps with a score
	values, predicted [][]float64 // by target
	scores            []float64
	alarms            []chart.Band
	threshold         float64
}

// drawScores draws the last part of the series of a file, one after the other, to the .png
// or .svg file of --plot.
func (e *forecastEvaluation) drawScores(f *evalFlags, data string) error {
	file, err := f.openSeries(e.model.Description(), data, e.columns)
	if err != nil {
		return err
	}
	d, err := e.model.NewDetector()
	if err != nil {
		return fmt.Errorf("--plot: %w", err)
	}
	s, err := e.scores(d, file, f.last)
	if err != nil {
		return err
	}
	if len(s.steps) == 0 {
		return fmt.Errorf("%s: there is nothing to draw: every series has only one step", data)
	}
	return chart.Draw(f.plot, s.charts(e.targets)...)
}

// scores runs a model and its detector on the series of a file.
func (e *forecastEvaluation) scores(d *rnn.Detector, file *dataset.SeriesFile, last float64) (*scoreChart, error) {
	n := min(len(e.at), mostDrawn)
	s := &scoreChart{values: make([][]float64, n), predicted: make([][]float64, n), threshold: float64(d.Threshold())}
	next := make([]float32, n)
	step, alarm := 0, false
	err := eachForecast(e.model, file, last, func(x, y []float32, first, drawn bool) {
		step++
		if first {
			d.Reset()
			alarm = false
		}
		score := d.Score(x, y)
		at, on := float64(step), d.Anomalous(score)
		if drawn && !first {
			s.steps = append(s.steps, at)
			for i := range n {
				s.values[i] = append(s.values[i], float64(x[e.at[i]]))
				s.predicted[i] = append(s.predicted[i], float64(next[i]))
			}
			s.scores = append(s.scores, max(0, float64(score))) // all scores below 0 are normal
			if on && !alarm {
				s.alarms = append(s.alarms, chart.Band{From: at})
			}
			if alarm = on; on {
				s.alarms[len(s.alarms)-1].To = at
			}
		}
		copy(next, y)
	})
	return s, err
}

// charts returns a chart for each target, and one of the scores.
func (s *scoreChart) charts(targets []string) (list []chart.Chart) {
	for i, values := range s.values {
		list = append(list, chart.Chart{
			Y: shortened(targets[i], widestName), Bands: s.alarms, Band: "alarm",
			Curves: []chart.Curve{
				{Name: "predicted", X: s.steps, Y: s.predicted[i], Color: 1, Spikes: true},
				{Name: "value", X: s.steps, Y: values, Spikes: true},
			},
		})
	}
	ends := []float64{s.steps[0], s.steps[len(s.steps)-1]}
	return append(list, chart.Chart{
		X: "step", Y: "score", Bands: s.alarms, Band: "alarm",
		Curves: []chart.Curve{
			{Name: "score", X: s.steps, Y: s.scores, Spikes: true},
			{Name: "threshold", X: ends, Y: []float64{s.threshold, s.threshold}, Color: 1, Dashed: true},
		},
	})
}
