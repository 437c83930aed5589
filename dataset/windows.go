package dataset

import "math"

// Windows cut series into examples that predict, at every step, the values of
// the next Horizon steps. The end of every series may be held back for
// validation.
//
// Windows to train on overlap by half. A window to validate on is preceded by as
// many steps, which are read but have no target.
type Windows struct {
	Length  int     // steps of a window
	Horizon int     // how many steps ahead
	Targets []int   // the columns to predict
	Held    float64 // the fraction of the end of every series that is held back

	Train, Validation *SequenceStore // where the examples go
}

// noValue is NaN: the value of a target that is not known.
var noValue = float32(math.NaN())

// Cut cuts the series of a file, which have these lengths. Only the steps of a
// series that some window still needs are in memory. The error is that of the
// file, or of a store.
func (w *Windows) Cut(file *SeriesFile, lengths []int) error {
	c := cutter{Windows: w}
	series := -1
	for step, err := range file.Steps() {
		if err != nil {
			return err
		}
		if step.Series != series {
			series = step.Series
			c.begin(lengths[series])
		}
		c.steps = append(c.steps, append([]float32(nil), step.Values...))
		if end := c.first + len(c.steps); end == c.length || len(c.steps)%w.Length == 0 {
			if err := c.flush(end); err != nil {
				return err
			}
		}
	}
	return nil
}

// A window is a part of a series: its steps, which have no target before
// measured, and the end of the values that may be predicted.
type window struct {
	from, measured, to, limit int
	store                     *SequenceStore
}

// list lists the starts and ends of the windows of a series, in order: those to
// train on, and those to validate on.
func (w *Windows) list(length int) (lists [2][]window) {
	n := SplitSeries(length, w.Held)
	for from := 0; from < n-1; from += max(1, w.Length/2) {
		to := min(from+w.Length, n-1)
		lists[0] = append(lists[0], window{from, from, to, n, w.Train})
		if to == n-1 {
			break
		}
	}
	for from := max(1, n) - 1; from < length-1 && n < length; from += w.Length {
		lists[1] = append(lists[1], window{max(0, from-w.Length), from, min(from+w.Length, length-1), length, w.Validation})
	}
	return lists
}

// A cutter cuts one series after the other.
type cutter struct {
	*Windows
	length int         // of the series
	ahead  [2][]window // those that have not been cut: to train, and to validate on
	steps  [][]float32 // of the series, from number first on
	first  int
}

// begin starts a series.
func (c *cutter) begin(length int) {
	c.length, c.first, c.steps = length, 0, nil
	c.ahead = c.list(length)
}

// flush adds the windows that end, with their targets, before a step, and
// releases the steps that no other window needs.
func (c *cutter) flush(end int) error {
	keep := c.first + len(c.steps)
	for i := range c.ahead {
		for len(c.ahead[i]) > 0 && min(c.ahead[i][0].to+c.Horizon, c.length) <= end {
			w := c.ahead[i][0]
			if err := w.store.Add(c.example(w)); err != nil {
				return err
			}
			c.ahead[i] = c.ahead[i][1:]
		}
		if len(c.ahead[i]) > 0 {
			keep = min(keep, c.ahead[i][0].from)
		}
	}
	if keep > c.first {
		c.steps, c.first = append([][]float32(nil), c.steps[keep-c.first:]...), keep
	}
	return nil
}

// example makes the sequence of a window.
func (c *cutter) example(w window) Sequence {
	var s Sequence
	for t := w.from; t < w.to; t++ {
		s.Inputs = append(s.Inputs, c.steps[t-c.first]...)
		for h := 1; h <= c.Horizon; h++ {
			for _, i := range c.Targets {
				v := noValue
				if t >= w.measured && t+h < w.limit {
					v = c.steps[t+h-c.first][i]
				}
				s.Values = append(s.Values, v)
			}
		}
	}
	return s
}
