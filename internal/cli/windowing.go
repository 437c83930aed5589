package cli

import (
	"strconv"

	"github.com/rnnrun/rnnrun/format"
)

// StrideProperty is the key of the provenance that says how many steps after a window
// the next one begins, of a model that was trained on windows of readings.
const StrideProperty = "stride"

// Windowing returns how many steps the windows have that a model of sequences was
// trained on, and from the begin of one to that of the next; 0, 0: it does not say.
func Windowing(m *format.Model) (length, stride int) {
	if m.Data == nil || m.Data.Window == 0 || m.Graph == nil && m.Pool == format.PoolNone {
		return 0, 0
	}
	for _, p := range m.Provenance {
		if p.Key == StrideProperty {
			if stride, err := strconv.Atoi(p.Value); err == nil && stride > 0 {
				return m.Data.Window, stride
			}
		}
	}
	return m.Data.Window, max(1, m.Data.Window/2)
}
