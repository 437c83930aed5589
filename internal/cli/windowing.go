package cli

import (
	"strconv"

	"github.com/rnnrun/rnnrun/format"
)

// StrideProperty is the key of the provenance that says how many steps after a window
// the next one begins, of a model that was trained on windows of readings.
const StrideProperty = "stride"

// The keys of the provenance that say which columns of readings tell whose they are and
// when they were, and how far apart readings of a window may be.
const (
	GroupProperty = "group column"
	TimeProperty  = "time column"
	GapProperty   = "time gap"
)

// Property returns what the provenance of a model says; "": nothing.
func Property(m *format.Model, key string) string {
	for _, p := range m.Provenance {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

// Windowing returns how many steps the windows have that a model of sequences was
// trained on, and from the begin of one to that of the next; 0, 0: it does not say.
func Windowing(m *format.Model) (length, stride int) {
	if m.Data == nil || m.Data.Window == 0 || m.Graph == nil && m.Pool == format.PoolNone {
		return 0, 0
	}
	if stride, err := strconv.Atoi(Property(m, StrideProperty)); err == nil && stride > 0 {
		return m.Data.Window, stride
	}
	return m.Data.Window, max(1, m.Data.Window/2)
}
