package runtime

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// An adaptation is the part of a detector's state that adapts its scores to the
// stream, as [format.Adaptation] defines. Each float64 operation is rounded
// separately, so the bits are the same everywhere.
type adaptation struct {
	*format.Adaptation
	columns []int

	carried []float64 // all of the following
	inputs  []float64 // mean, variance and level of each column
	errors  []float64 // quantile and mean excess of the errors' tail
	levels  []float64
	alarm   *float64 // 0: none; otherwise 1 + the steps since the last high score
}

func newAdaptation(a *format.Anomaly) *adaptation {
	if a.Adaptation == nil {
		return nil
	}
	n := 3 * len(a.Columns)
	carried := make([]float64, n+5)
	d := &adaptation{
		Adaptation: a.Adaptation, columns: a.Columns, carried: carried,
		inputs: carried[:n], errors: carried[n : n+2], levels: carried[n+2 : n+4], alarm: &carried[n+4],
	}
	d.reset()
	return d
}

func (a *adaptation) reset() {
	clear(a.carried)
	for i := range a.columns {
		deviation := float64(a.Deviation[i])
		a.inputs[3*i], a.inputs[3*i+1] = float64(a.Mean[i]), deviation*deviation
	}
	a.errors[0], a.errors[1] = float64(a.Error.Quantile), float64(a.Error.Excess)
	a.levels[0], a.levels[1] = float64(a.Level.Quantile), float64(a.Level.Excess)
}

// most returns the cap on the measure of the error.
func (a *adaptation) most() float64 {
	return a.errors[0] + float64(2*float64(a.Threshold)*a.errors[1])
}

// score returns the score of a step, counted from 1, and adapts to it. Step 1 has no
// prediction, so its score is measure, which is NaN.
func (a *adaptation) score(x []float32, measure float32, step uint64) float32 {
	rate := 1 / float64(min(uint64(a.Steps)+step, uint64(a.Memory)))
	level := a.follow(x, rate, step == 1)
	if step == 1 {
		return measure
	}
	score := max(a.excess(level, a.levels), a.excess(float64(measure), a.errors))
	if float64(step)*float64(a.LevelWeight) > 2 { // before that, neither the level nor the network's state has settled
		if *a.alarm > 0 {
			rate *= 1 - float64(a.Restraint)
		}
		a.followTail(level, a.levels, a.Level, rate)
		a.followTail(float64(measure), a.errors, a.Error, rate)
		a.ring(score)
	}
	return float32(score)
}

// follow returns the measure of the inputs' levels, and updates their means and
// deviations. It skips inputs that are NaN or infinite.
func (a *adaptation) follow(x []float32, rate float64, first bool) float64 {
	const most = 4 // cap on an input's distance from its mean, in deviations
	measure := 0.0
	for i, column := range a.columns {
		v, in := float64(x[column]), a.inputs[3*i:3*i+3]
		if v-v != 0 {
			continue
		}
		if first {
			in[2] = v
		}
		in[2] += float64(float64(a.LevelWeight) * (v - in[2]))
		deviation := math.Sqrt(in[1])
		measure = max(measure, math.Abs(in[2]-in[0])/deviation)
		off := min(max(v-in[0], -most*deviation), most*deviation)
		in[0] += float64(off * rate)
		in[1] += float64((float64(off*off) - in[1]) * rate)
		least := float64(a.Deviation[i]) / 1e6 // for an input that does not change
		in[1] = max(in[1], float64(least*least))
	}
	return measure
}

// excess returns by how many mean excesses a measure exceeds the quantile of its
// tail, at most twice the threshold.
func (a *adaptation) excess(measure float64, tail []float64) float64 {
	return min((measure-tail[0])/tail[1], 2*float64(a.Threshold))
}

// followTail updates a tail with a measure: the quantile, so that the fraction Share of
// the measures stays above it, and the mean excess of those measures.
func (a *adaptation) followTail(measure float64, tail []float64, least format.Tail, rate float64) {
	score, share := a.excess(measure, tail), float64(a.Share)
	step := float64(tail[1] * rate)
	if score > 0 {
		tail[0] += float64(step * ((1 - share) / share))
		tail[1] += float64(float64((score-1)*tail[1]) * min(1, rate/share))
	} else {
		tail[0] -= step
	}
	tail[0], tail[1] = max(tail[0], float64(least.Quantile)), max(tail[1], float64(least.Excess))
}

// ring starts, continues or ends an alarm.
func (a *adaptation) ring(score float64) {
	threshold := float64(a.Threshold)
	switch calm := *a.alarm; {
	case score > threshold:
		*a.alarm = 1
	case calm == 0:
	case score > threshold/2:
		*a.alarm = 1
	case calm > float64(a.Hold):
		*a.alarm = 0
	default:
		*a.alarm = calm + 1
	}
}
