package format

import (
	"encoding/binary"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Anomaly describes a forecaster's errors on normal data, so that a program can recognize abnormal steps. Output i of a
// step predicts input Columns[i] of the next one. Its error, the input less the prediction, deviates by
//
//	|error - Median[i]| / Scale[i]
//
// and the deviation of a step is the largest of all i, but at most 2 Threshold / Weight, so that a single outlier is
// soon forgotten. The score is an exponential mean of the deviations: the first one, and then score += Weight
// (deviation - score). A step whose score is above Threshold is an anomaly. None of this changes the outputs of a
// model.
type Anomaly struct {
	Columns           []int     // inputs that the first outputs predict
	Median, Scale     []float32 // of each: the errors' median, in the units of the input, and their spread
	Weight, Threshold float32   // of the last deviation, above 0 and up to 1; above 0

	Adaptation *Adaptation // how the thresholds follow a stream; nil: they are fixed
}

const anomalySize = 16 // bytes of the section ANOM before its lists

func (m *Model) readAnomaly(s *sections) error {
	b := s.body(tagAnomaly)
	if len(b) == 0 {
		return nil
	}
	if len(b) < anomalySize {
		return fail(ErrCorrupt, tagAnomaly, 0, "%s, want at least %d", message.Count(len(b), "byte"), anomalySize)
	}
	n := binary.LittleEndian.Uint32(b)
	if want := anomalySize + 12*uint64(n); uint64(len(b)) != want {
		return fail(ErrCorrupt, tagAnomaly, 0, "%s, want %d for %s", message.Count(len(b), "byte"), want, message.Count(n, "prediction"))
	}
	if !allZero(b[12:anomalySize]) {
		return fail(ErrCorrupt, tagAnomaly, 12, "reserved bytes are not zero")
	}
	number := func(at int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b[at:])) }
	a := &Anomaly{Weight: number(4), Threshold: number(8)}
	for i := range int(n) {
		at := anomalySize + 12*i
		column := binary.LittleEndian.Uint32(b[at:])
		if column >= MaxSize {
			return fail(ErrInvalid, tagAnomaly, int64(at), "a prediction of input %d, want at most %d", column, MaxSize)
		}
		a.Columns = append(a.Columns, int(column))
		a.Median = append(a.Median, number(at+4))
		a.Scale = append(a.Scale, number(at+8))
	}
	m.Anomaly = a
	return m.validateAnomaly()
}

func (m *Model) appendAnomaly(b []byte) []byte {
	a := m.Anomaly
	b = binary.LittleEndian.AppendUint32(b, uint32(len(a.Columns)))
	for _, v := range []float32{a.Weight, a.Threshold, 0} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	for i, column := range a.Columns {
		b = binary.LittleEndian.AppendUint32(b, uint32(column))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(a.Median[i]))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(a.Scale[i]))
	}
	return b
}

func (m *Model) validateAnomaly() error {
	a := m.Anomaly
	if a == nil {
		return nil
	}
	invalid := func(at int, format string, args ...any) error {
		return fail(ErrInvalid, tagAnomaly, int64(at), format, args...)
	}
	n := len(a.Columns)
	switch {
	case m.Task != TaskRegress || m.Pool != PoolNone || m.TokenCount() > 0 || m.severalOutputs():
		return invalid(0, "thresholds of anomalies in a model that does not predict numbers at every step")
	case n == 0 || n > m.OutputSize():
		return invalid(0, "%s, want 1 to %d", message.Count(n, "prediction"), m.OutputSize())
	case len(a.Median) != n || len(a.Scale) != n:
		return invalid(0, "%s and %s of %s", message.Count(len(a.Median), "median"), message.Count(len(a.Scale), "scale"), message.Count(n, "prediction"))
	case !(a.Weight > 0 && a.Weight <= 1):
		return invalid(4, "a weight of %v, which is not above 0 and up to 1", a.Weight)
	case !positive(a.Threshold):
		return invalid(8, "a threshold of %v, which is not a number above 0", a.Threshold)
	}
	for i, column := range a.Columns {
		at := anomalySize + 12*i
		switch {
		case column < 0 || column >= m.NumberWidth():
			return invalid(at, "a prediction of input %d of %d", column, m.NumberWidth())
		case !finite(a.Median[i]):
			return invalid(at+4, "a median of %v", a.Median[i])
		case !positive(a.Scale[i]):
			return invalid(at+8, "a scale of %v, which is not a number above 0", a.Scale[i])
		}
	}
	return nil
}

// positive reports whether v is a number above 0.
func positive(v float32) bool { return v > 0 && finite(v) }
