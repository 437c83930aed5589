package chart

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
)

// decades marks every power of ten, and labels some.
type decades struct{}

// Ticks implements [plot.Ticker].
func (decades) Ticks(least, most float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))
	every := 1 + (last-first)/8
	var ticks []plot.Tick
	for e := last; e >= first; e-- {
		t := plot.Tick{Value: math.Pow(10, float64(e))}
		if (last-e)%every == 0 {
			t.Label = fmt.Sprintf("1e%d", e)
		}
		if t.Value >= least*(1-1e-9) && t.Value <= most*(1+1e-9) {
			ticks = append(ticks, t)
		}
	}
	return ticks
}
