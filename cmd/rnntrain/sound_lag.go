package main

import "math"

// soundLag returns by how many samples wet is later than dry, which may be negative, and
// their correlation at this lag. The sign of the correlation is that of the amplifier. It
// uses the loudest second of dry, and lags of up to a twentieth of a second. If there is
// no correlation, as in silence, both results are 0.
func soundLag(dry, wet []float32, rate int) (lag int, correlation float64) {
	piece := min(rate, len(dry))
	from := loudest(dry, max(piece, 1))
	x := centred(dry[from:min(from+piece, len(dry))])
	most := rate / 20
	for distance := range most + 1 {
		for _, d := range []int{distance, -distance} {
			first, last := max(0, -from-d), min(len(x), len(wet)-from-d) // samples of x with a partner in wet
			if last-first < (len(x)+1)/2 {
				continue
			}
			if c := likeness(x[first:last], wet[from+d+first:from+d+last]); math.Abs(c) > math.Abs(correlation)+1e-6 {
				lag, correlation = d, c
			}
		}
	}
	return lag, correlation
}

// centred returns samples minus their mean.
func centred(samples []float32) []float32 {
	sum := 0.0
	for _, v := range samples {
		sum += float64(v)
	}
	mean := float32(sum / float64(max(1, len(samples))))
	list := make([]float32, len(samples))
	for i, v := range samples {
		list[i] = v - mean
	}
	return list
}

// likeness returns the correlation of x, whose mean is 0, and y.
func likeness(x, y []float32) float64 {
	var xy, xx, yy, sum float64
	for i, v := range x {
		a, b := float64(v), float64(y[i])
		xy += a * b
		xx += a * a
		yy += b * b
		sum += b
	}
	if yy -= sum * sum / float64(len(x)); !(xx > 0 && yy > 0) {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}
