package cli

import (
	"strconv"

	"github.com/rnnrun/rnnrun/format"
)

// StrideProperty is the provenance key for the number of steps between the starts of two
// windows, in a model that was trained on windows of readings.
const StrideProperty = "stride"

// The provenance keys for the columns of the group and of the time of readings, and for
// the greatest time between two readings of a window.
const (
	GroupProperty = "group column"
	TimeProperty  = "time column"
	GapProperty   = "time gap"
)

// Property returns a value from the provenance of a model; "": none.
func Property(m *format.Model, key string) string {
	for _, p := range m.Provenance {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

// Windowing returns the length of the windows that a model was trained on, and the steps
// between the starts of two; 0, 0: not recorded.
func Windowing(m *format.Model) (length, stride int) {
	if m.Data == nil || m.Data.Window == 0 || m.Graph == nil && m.Pool == format.PoolNone {
		return 0, 0
	}
	if stride, err := strconv.Atoi(Property(m, StrideProperty)); err == nil && stride > 0 {
		return m.Data.Window, stride
	}
	return m.Data.Window, max(1, m.Data.Window/2)
}
