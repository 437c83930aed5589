package series_test

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/series"
)

// Every sequence has as many steps as it is said: zeros before or behind its own, or the
// last of them. A bad step is none.
func TestLevel(t *testing.T) {
	const in = "1\n2\n\n1\n2\n3\n\n4\n5\n6\n7\n8\n9\n10\n11\n12\n\n1\nx\n2\n"
	for _, c := range []struct {
		behind bool
		want   [][]float32
	}{
		{false, [][]float32{{0, 1, 2}, {1, 2, 3}, {10, 11, 12}, {0, 1, 2}}},
		{true, [][]float32{{1, 2, 0}, {1, 2, 3}, {10, 11, 12}, {1, 2, 0}}},
	} {
		r, err := series.NewReader[float32](bufio.NewReader(strings.NewReader(in)), series.Options{Name: "in", Kind: series.KindCSV, Width: 1})
		require.NoError(t, err)
		r = series.Level(r, 3, 1, c.behind)
		require.Equal(t, 3, r.Layout().Steps)
		var all [][]float32
		bad := 0
		for r.Next() == nil {
			var sequence []float32
			buf := make([]float32, 2)
			for end := false; !end; {
				n, err := r.Read(buf)
				sequence = append(sequence, buf[:n]...)
				var step *series.BadStep
				if errors.As(err, &step) {
					bad++
					continue
				}
				end = errors.Is(err, io.EOF)
				require.True(t, end || err == nil, err)
			}
			all = append(all, sequence)
		}
		require.Equal(t, c.want, all)
		require.Equal(t, 1, bad)
	}
}
