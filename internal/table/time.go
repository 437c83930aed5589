package table

import (
	"strconv"
	"time"
)

// ParseTime returns a time as a number, or in seconds if it is a date with a time of
// day, and whether it is one.
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
