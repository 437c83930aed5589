package trainer

import (
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
)

// AdaptationOptions say how the thresholds of anomalies follow a stream.
type AdaptationOptions struct {
	FalseAlarms float64 // share of the steps that may have scores above the threshold, below 0.5
	Memory      int     // steps
	Hold        int     // steps that end an alarm
}

// NewAdaptation returns how thresholds follow a stream that begins like these steps: the
// scores by [format.Anomaly] of all but the first steps of series, and the values of the
// series that are predicted, [steps][predictions].
func NewAdaptation(scores []float64, series [][][]float32, o AdaptationOptions) *format.Adaptation {
	const (
		share  = 0.02
		steps  = 24 // that a level is about a mean of
		weight = 2.0 / (steps + 1)

		restraint = 0.7 // with none, a failure of some dozen steps hides those after it
	)
	a := &format.Adaptation{
		Steps: max(1, len(scores)), Hold: o.Hold, LevelWeight: weight, Restraint: restraint,
		Share: float32(max(share, min(2*o.FalseAlarms, (1+o.FalseAlarms)/2))),
	}
	a.Steps = min(a.Steps, format.MaxSize)
	a.Memory = max(a.Steps, o.Memory)
	a.Threshold = float32(math.Log(float64(a.Share) / o.FalseAlarms))
	var moments dataset.Moments
	for _, values := range series {
		for _, v := range values {
			moments.Add(v)
		}
	}
	for i := range series[0][0] {
		a.Mean = append(a.Mean, float32(moments.Mean(i)))
		a.Deviation = append(a.Deviation, float32(moments.Deviation(i)))
	}
	a.Error = tailOf(scores, a.Share)
	a.Level = tailOf(levels(series, a), a.Share)
	return a
}

// levels returns how far the levels of series are from the means.
func levels(series [][][]float32, a *format.Adaptation) (list []float64) {
	for _, values := range series {
		var level []float32
		for _, v := range values {
			if level == nil {
				level = append(level, v...)
			}
			measure := 0.0
			for i := range v {
				level[i] += a.LevelWeight * (v[i] - level[i])
				measure = max(measure, math.Abs(float64(level[i]-a.Mean[i]))/float64(a.Deviation[i]))
			}
			list = append(list, measure)
		}
	}
	return list
}

func tailOf(measures []float64, share float32) format.Tail {
	const least = 1e-6 // of an excess, if all measures are the same
	quantile, excess := metrics.Tail(append([]float64(nil), measures...), float64(share))
	return format.Tail{Quantile: float32(quantile), Excess: float32(max(excess, least))}
}
