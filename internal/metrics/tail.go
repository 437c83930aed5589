package metrics

import (
	"math"
	"slices"
)

// TailThreshold returns the threshold that values like the given ones exceed at a
// rate, 0 < rate < 1. For rates below a tenth, it assumes that the excess of the
// greatest tenth of values over the least of that tenth is exponential, so that the
// values also tell about rates below one in their number:
//
//	threshold = least + mean excess * log(0.1/rate)
//
// The fraction of the values above the threshold is at most rate. TailThreshold sorts
// the values. There must be at least one.
func TailThreshold(values []float64, rate float64) float64 {
	const share = 0.1
	slices.Sort(values)
	n := float64(len(values))
	threshold := values[max(0, len(values)-1-int(rate*n))]
	if rate >= share {
		return threshold
	}
	tail := values[int((1-share)*n):]
	excess := 0.0
	for _, v := range tail {
		excess += v - tail[0]
	}
	return max(threshold, tail[0]+excess/float64(len(tail))*math.Log(share/rate))
}

// Median returns the median of values, the upper one of two in the middle. It sorts the
// values. There must be at least one.
func Median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// Tail returns the quantile that a share of the values exceeds. It also returns the mean
// excess of the greatest tenth of the values over the least of that tenth, which is the
// mean excess over any quantile if the excess is exponential. It sorts the values. There
// must be at least one.
func Tail(values []float64, share float64) (quantile, excess float64) {
	slices.Sort(values)
	n := float64(len(values))
	tail := values[min(int(0.9*n), len(values)-1):]
	for _, v := range tail {
		excess += (v - tail[0]) / float64(len(tail))
	}
	return values[min(int((1-share)*n), len(values)-1)], excess
}
