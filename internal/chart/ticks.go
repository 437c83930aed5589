package chart

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// ticks marks an axis at multiples of 1, 2 or 5 times a power of ten.
type ticks struct{}

// mostTicks is the greatest number of marks on an axis.
const mostTicks = 7

func (ticks) Ticks(least, most float64) []plot.Tick {
	step := tickStep(most - least)
	decimals := max(0, -int(math.Floor(math.Log10(step)*(1+1e-12)+1e-9)))
	var list []plot.Tick
	for i := math.Ceil(least/step - 1e-9); i*step <= most+1e-9*step; i++ {
		v := i * step
		list = append(list, plot.Tick{Value: v, Label: number(v, decimals)})
	}
	return list
}

// tickStep returns the least distance between marks at which an axis of the
// given length has at most mostTicks of them.
func tickStep(length float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(length/mostTicks)))
	for _, digit := range []float64{1, 2, 5} {
		if length/(digit*power) < mostTicks {
			return digit * power
		}
	}
	return 10 * power
}

// number formats a number, with commas between thousands, or with an exponent if there
// are more than 4 decimals or 9 digits before them.
func number(v float64, decimals int) string {
	switch {
	case v == 0:
		return "0"
	case decimals > 4 || math.Abs(v) >= 1e9:
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if v < 0 {
		return "−" + whole
	}
	return whole
}
