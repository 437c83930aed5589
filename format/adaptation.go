package format

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// An Adaptation says how the scores of an [Anomaly] follow a stream whose errors and
// values change slowly, and when an alarm ends. A detector has two measures of a step:
//
//   - the error: the score of [Anomaly];
//   - the level: the largest |s - mean| / deviation of all predicted inputs, in which s is an exponential mean of the
//     input x: the first x, and then s += LevelWeight (x - s).
//
// Each measure is compared with a [Tail]. The step's score is the greater of the two (measure - Quantile) / Excess, at
// most 2 Threshold. If the excesses of a tail are exponential, a share of Share exp(-s) of all steps has a score above
// s.
//
// The means and deviations follow the stream with the weight 1/min(Steps + t, Memory) at step t; an input counts as at
// most 4 deviations from its mean. In the first 2/LevelWeight steps the level and the state of the network settle.
// After them the tails follow with the same weight w, but never fall below the file's values:
//
//	Quantile += w Excess (1 - Share) / Share           if the measure is above it
//	Excess   += w (score - 1) Excess / Share
//	Quantile -= w Excess                               if not
//
// From then on a score above Threshold starts an alarm. The alarm ends after Hold consecutive steps without a score
// above Threshold / 2. From the step after the first of an alarm until its end the weight of the tails is w (1 -
// Restraint), so that the detector does not get used to a failure.
type Adaptation struct {
	Steps, Memory, Hold int     // at least 1, at least Steps, and at least 0
	Share, Threshold    float32 // of the steps that are above a quantile, between 0 and 1; above 0
	LevelWeight         float32 // above 0 and up to 1
	Restraint           float32 // from 0, as earlier files have it, to 1
	Error, Level        Tail

	Mean, Deviation []float32 // of the input that each prediction predicts, in its units
}

// A Tail describes the largest values of a measure: a share of the values exceeds Quantile, by Excess on average.
type Tail struct{ Quantile, Excess float32 }

const adaptationSize = 48 // bytes of the section ADPT before its lists

func (m *Model) readAdaptation(s *sections) error {
	b := s.body(tagAdaptation)
	switch {
	case len(b) == 0:
		return nil
	case m.Anomaly == nil:
		return fail(ErrCorrupt, tagAdaptation, 0, "an adaptation of thresholds, but the file has no thresholds")
	}
	n := len(m.Anomaly.Columns)
	if want := adaptationSize + 8*n; len(b) != want {
		return fail(ErrCorrupt, tagAdaptation, 0, "%s, want %d for %s", message.Count(len(b), "byte"), want, message.Count(n, "prediction"))
	}
	if !allZero(b[44:adaptationSize]) {
		return fail(ErrCorrupt, tagAdaptation, 44, "reserved bytes are not zero")
	}
	var counts [3]int
	for i := range counts {
		v := binary.LittleEndian.Uint32(b[4*i:])
		if v > MaxSize {
			return fail(ErrInvalid, tagAdaptation, int64(4*i), "%s, want at most %d", message.Count(v, "step"), MaxSize)
		}
		counts[i] = int(v)
	}
	number := func(at int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b[at:])) }
	a := &Adaptation{
		Steps: counts[0], Memory: counts[1], Hold: counts[2],
		Share: number(12), Threshold: number(16), LevelWeight: number(20),
		Error: Tail{number(24), number(28)}, Level: Tail{number(32), number(36)},
		Restraint: number(40),
	}
	for i := range n {
		a.Mean = append(a.Mean, number(adaptationSize+8*i))
		a.Deviation = append(a.Deviation, number(adaptationSize+8*i+4))
	}
	m.Anomaly.Adaptation = a
	return m.validateAdaptation()
}

func (m *Model) appendAdaptation(b []byte) []byte {
	a := m.Anomaly.Adaptation
	for _, v := range []int{a.Steps, a.Memory, a.Hold} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	numbers := []float32{a.Share, a.Threshold, a.LevelWeight, a.Error.Quantile, a.Error.Excess, a.Level.Quantile, a.Level.Excess, a.Restraint, 0}
	for i, mean := range a.Mean {
		numbers = append(numbers, mean, a.Deviation[i])
	}
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func (m *Model) validateAdaptation() error {
	if m.Anomaly == nil || m.Anomaly.Adaptation == nil {
		return nil
	}
	a, n := m.Anomaly.Adaptation, len(m.Anomaly.Columns)
	invalid := func(at int, format string, args ...any) error {
		return fail(ErrInvalid, tagAdaptation, int64(at), format, args...)
	}
	switch {
	case len(a.Mean) != n || len(a.Deviation) != n:
		return invalid(0, "%s and %s of %s", message.Count(len(a.Mean), "mean"), message.Count(len(a.Deviation), "deviation"), message.Count(n, "prediction"))
	case a.Steps < 1 || a.Memory < a.Steps || a.Memory > MaxSize:
		return invalid(0, "a memory of %s, want from %d, the steps that the figures are from, to %d", message.Count(a.Memory, "step"), a.Steps, MaxSize)
	case a.Hold < 0 || a.Hold > MaxSize:
		return invalid(8, "alarms end after %s, which is not from 0 to %d", message.Count(a.Hold, "step"), MaxSize)
	case !(a.Share > 0 && a.Share < 1):
		return invalid(12, "a share of %v, which is not between 0 and 1", a.Share)
	case !positive(a.Threshold):
		return invalid(16, "a threshold of %v, which is not a number above 0", a.Threshold)
	case !(a.LevelWeight > 0 && a.LevelWeight <= 1):
		return invalid(20, "a weight of %v, which is not above 0 and up to 1", a.LevelWeight)
	case !(a.Restraint >= 0 && a.Restraint <= 1):
		return invalid(40, "a restraint of %v, which is not from 0 to 1", a.Restraint)
	}
	for i, tail := range []Tail{a.Error, a.Level} {
		switch {
		case !finite(tail.Quantile):
			return invalid(24+8*i, "a quantile of %v", tail.Quantile)
		case !positive(tail.Excess):
			return invalid(28+8*i, "an excess of %v, which is not a number above 0", tail.Excess)
		}
	}
	for i := range a.Mean {
		at := adaptationSize + 8*i
		switch {
		case !finite(a.Mean[i]):
			return invalid(at, "a mean of %v", a.Mean[i])
		case !positive(a.Deviation[i]):
			return invalid(at+4, "a deviation of %v, which is not a number above 0", a.Deviation[i])
		}
	}
	return nil
}
