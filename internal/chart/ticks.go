package chart

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// ticks marks an axis at multiples of 1, 2 or 5 times a power of ten, and an axis of
// whole numbers only at whole numbers.
type ticks struct{ whole bool }

// mostTicks is the greatest number of marks on an axis.
const mostTicks = 7

func (t ticks) Ticks(least, most float64) []plot.Tick {
	step := tickStep(most - least)
	if t.whole {
		step = max(step, 1)
	}
	var list []plot.Tick
	for i := math.Ceil(least/step - 1e-9); i*step <= most+1e-9*step; i++ {
		v := i * step
		list = append(list, plot.Tick{Value: v, Label: number(v, -exponent(step))})
	}
	return list
}

// exponent returns the power of ten of the first digit of a number above 0.
func exponent(v float64) int { return int(math.Floor(math.Log10(v)*(1+1e-12) + 1e-9)) }

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
		return scientific(v, max(0, exponent(math.Abs(v))+decimals))
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', max(0, decimals), 64)
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

// scientific writes a number as a digit with decimals, and a power of ten.
func scientific(v float64, decimals int) string {
	digits, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', decimals, 64), "e")
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	sign := strings.TrimLeft(power[:1], "+")
	return strings.ReplaceAll(digits, "-", "−") + "e" + sign + cmp.Or(strings.TrimLeft(power[1:], "0"), "0")
}
