package metrics

import (
	"math"
	"slices"
)

// TailThreshold returns what values like these exceed at a rate, 0 < rate < 1. Beyond
// the greatest tenth it takes the excess over the least of these to be exponential, so
// that few values tell of rates that are lower than one in so many:
//
//	threshold = least + mean excess * log(0.1/rate)
//
// but no more of the values than the rate are above it. It sorts the values, of which
// there must be one.
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

// Median returns the median of values, of which there must be one; of two in the middle
// the upper one. It sorts them.
func Median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// Tail returns what a share of values like these exceed, and by how much in the mean if
// the excess is exponential: that of the greatest tenth over the least of these. It sorts
// the values, of which there must be one.
func Tail(values []float64, share float64) (quantile, excess float64) {
	slices.Sort(values)
	n := float64(len(values))
	tail := values[min(int(0.9*n), len(values)-1):]
	for _, v := range tail {
		excess += (v - tail[0]) / float64(len(tail))
	}
	return values[min(int((1-share)*n), len(values)-1)], excess
}
