package table_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/table"
)

// Numbers are those that tables have, not every one of Go's source code.
func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float32{"1": 1, "-2.5": -2.5, "+3e2": 300, ".5": 0.5, "1e39": float32(math.Inf(1)), "-inf": float32(math.Inf(-1))} {
		v, ok := table.ParseNumber[float32]([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, v, text)
	}
	for _, text := range []string{"", "1_000", "2024_01", "0x10", "0X1p-2", "1,5", "1 2", "one"} {
		_, ok := table.ParseNumber[float32]([]byte(text))
		require.False(t, ok, text)
	}
}
