package table_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/table"
)

func TestTimes(t *testing.T) {
	for text, seconds := range map[string]float64{
		"1.5": 1.5, "1970-01-02T00:00:00.5Z": 86400.5, "1970-01-01 01:00:00": 3600, "1970-01-01T00:00:01": 1, "1970-01-01T02:00:00+02:00": 0,
	} {
		got, ok := table.ParseTime(text)
		require.True(t, ok, text)
		require.InDelta(t, seconds, got, 1e-9, text)
	}
	for _, text := range []string{"", "noon", "10:07", "2024-05-31", "NaN", "Inf"} {
		_, ok := table.ParseTime(text)
		require.False(t, ok, text)
	}
}
