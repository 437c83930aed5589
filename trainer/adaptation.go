package trainer

import (
	"math"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/metrics"
)

// AdaptationOptions say how anomaly thresholds adapt to a stream.
type AdaptationOptions struct {
	FalseAlarms float64 // fraction of the steps that may have scores above the threshold, below 0.5
	Memory      int     // steps over which the thresholds adapt
	Hold        int     // steps without a high score that end an alarm
}

// NewAdaptation returns how thresholds adapt to a stream that begins like the given
// steps. scores are the scores by [format.Anomaly] of all steps but the first of each
// series, and series the values that are predicted, [steps][predictions] for each
// series.
func NewAdaptation(scores []float64, series [][][]float32, o AdaptationOptions) *format.Adaptation {
	const (
		share  = 0.02
		steps  = 24 // over which a level is roughly the mean
		weight = 2.0 / (steps + 1)

		restraint = 0.7 // without it, a failure of a few dozen steps hides the failures after it
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

// levels returns the distance of the levels of series from the means, in
// deviations, at each step.
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
	const least = 1e-6 // least excess, for measures that are all the same
	quantile, excess := metrics.Tail(append([]float64(nil), measures...), float64(share))
	return format.Tail{Quantile: float32(quantile), Excess: float32(max(excess, least))}
}
