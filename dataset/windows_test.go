package dataset

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// counting is a series 0, 1, 2, … of two columns, the second ten times the first.
func counting(steps int) string {
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range steps {
		fmt.Fprintf(&b, "%d,%d\n", i, 10*i)
	}
	return b.String()
}

// Every window's targets are the values of the steps after; every step to
// train on is a target, none that is held back is; and every one held back is
// measured exactly once for each distance.
func TestWindows(t *testing.T) {
	for _, c := range []struct{ steps, window, horizon int }{
		{100, 10, 1}, {100, 10, 3}, {57, 7, 2}, {30, 50, 4}, {12, 1, 1}, {10, 3, 9},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			file, err := OpenSeries(write(t, "s.csv", counting(c.steps)), SeriesOptions{})
			require.NoError(t, err)
			w := Windows{
				Length: c.window, Horizon: c.horizon, Targets: []int{1}, Held: 0.2,
				Train: NewSequenceStore(1 << 20), Validation: NewSequenceStore(0),
			}
			lengths, err := file.Lengths()
			require.NoError(t, err)
			require.Equal(t, []int{c.steps}, lengths)
			require.NoError(t, w.Cut(file, lengths))
			n := SplitSeries(c.steps, 0.2)
			for i, store := range []*SequenceStore{w.Train, w.Validation} {
				seen := map[[2]int]int{} // how often a step is the target of a distance
				for e := range store.Len() {
					s, err := store.At(e)
					require.NoError(t, err)
					steps := len(s.Inputs) / 2
					require.LessOrEqual(t, steps, 2*c.window)
					for k := range steps {
						at := int(s.Inputs[2*k])
						require.Equal(t, float32(10*at), s.Inputs[2*k+1])
						require.Equal(t, int(s.Inputs[0])+k, at, "steps follow one another")
						for h := range c.horizon {
							if v := s.Values[k*c.horizon+h]; !math.IsNaN(float64(v)) {
								require.Equal(t, float32(10*(at+h+1)), v)
								seen[[2]int{at + h + 1, h}]++
							}
						}
					}
				}
				from, to := 1, n
				if i == 1 {
					from, to = n, c.steps
				}
				for step := range c.steps {
					for h := range c.horizon {
						count := seen[[2]int{step, h}]
						switch reached := step-h-1 >= 0 && (i == 0 || step-h-1 >= n-1); {
						case step < from || step >= to || !reached:
							require.Zero(t, count, "step %d by %d", step, h)
						case i == 1:
							require.Equal(t, 1, count, "step %d by %d", step, h)
						default:
							require.Positive(t, count, "step %d by %d", step, h)
						}
					}
				}
			}
			require.NoError(t, w.Train.Close())
			require.NoError(t, w.Validation.Close())
		})
	}
}
