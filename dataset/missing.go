package dataset

import "math"

// Missing says what to do with missing values of series: empty fields or fields
// such as NA or ?, null in JSON, and NaN.
type Missing int

const (
	// MissingRefused: they are an error.
	MissingRefused Missing = iota
	// MissingDropped: a step with one is left out, and another series begins after it,
	// so that steps before and after a gap do not seem to follow each other.
	MissingDropped
	// MissingFilled: a value is the one before it in its series. Steps at the
	// beginning without a value before them are left out.
	MissingFilled
)

const missingHint = "--missing drop leaves such rows out, --missing fill takes the value before"

// A mender mends the steps of a file, one after the other, as its option says.
type mender struct {
	file   *SeriesFile
	series int       // of the file
	last   []float32 // step of the series that was whole or filled; nil: none
	gap    bool      // steps have been left out after last
	added  int       // series, by gaps
}

// mend fills the missing values of a step, and sets the number of its series. It
// returns false if the step is left out.
func (m *mender) mend(values []float32, series *int) bool {
	if *series != m.series {
		m.series, m.last, m.gap = *series, nil, false
	}
	missing := 0
	for _, v := range values {
		if math.IsNaN(float64(v)) {
			missing++
		}
	}
	if missing > 0 && (m.file.missing == MissingDropped || m.last == nil) {
		m.file.Dropped++
		m.gap = m.last != nil
		return false
	}
	for i, v := range values {
		if math.IsNaN(float64(v)) {
			values[i] = m.last[i]
		}
	}
	m.file.Filled += missing
	if m.gap {
		m.added++
	}
	m.gap = false
	m.last = append(m.last[:0], values...)
	*series += m.added
	return true
}
