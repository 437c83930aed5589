package chart

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
)

// decades marks a logarithmic axis at the powers of ten, and at 2 and 5 times them if
// there are few. If there are many, only some have labels.
type decades struct{}

func (decades) Ticks(least, most float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))
	digits := []float64{1}
	if math.Log10(most/least) <= 2 {
		digits = []float64{1, 2, 5}
	}
	every := 1 + (last-first)/8
	var list []plot.Tick
	for e := first; e <= last; e++ {
		for _, digit := range digits {
			t := plot.Tick{Value: digit * math.Pow(10, float64(e))}
			if (last-e)%every == 0 {
				t.Label = power(digit, e, first < -3 || last > 4)
			}
			if t.Value >= least*(1-1e-9) && t.Value <= most*(1+1e-9) {
				list = append(list, t)
			}
		}
	}
	return list
}

// power writes a digit times a power of ten.
func power(digit float64, exponent int, scientific bool) string {
	if scientific {
		return fmt.Sprintf("%ge%d", digit, exponent)
	}
	return number(digit*math.Pow(10, float64(exponent)), max(0, -exponent))
}
