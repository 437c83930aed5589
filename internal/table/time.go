package table

import (
	"strconv"
	"time"
)

// ParseTime returns a time: a number as it is, or a date with a time of day in seconds. It
// also returns whether the field is one of them.
func ParseTime(text string) (float64, bool) {
	if v, err := strconv.ParseFloat(text, 64); err == nil && v-v == 0 {
		return v, true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return float64(t.Unix()) + float64(t.Nanosecond())/1e9, true
		}
	}
	return 0, false
}
