package mixture

import "math"

// A biquad is a filter of second order, of the Audio EQ Cookbook by R. Bristow-Johnson.
type biquad struct{ b0, b1, b2, a1, a2 float64 }

// filtered returns what the filter makes of a sound.
func (f biquad) filtered(x []float32) []float32 {
	y := make([]float32, len(x))
	var x1, x2, y1, y2 float64
	for i, v := range x {
		x0 := float64(v)
		y0 := f.b0*x0 + f.b1*x1 + f.b2*x2 - f.a1*y1 - f.a2*y2
		x1, x2, y1, y2 = x0, x1, y0, y1
		y[i] = float32(y0)
	}
	return y
}

// passing returns a filter of numerator b at a frequency with a quality.
func passing(hertz, quality float64, numerator func(cos, alpha float64) [3]float64) biquad {
	w := 2 * math.Pi * hertz / Rate
	cos, alpha := math.Cos(w), math.Sin(w)/(2*quality)
	b, a0 := numerator(cos, alpha), 1+alpha
	return biquad{b[0] / a0, b[1] / a0, b[2] / a0, -2 * cos / a0, (1 - alpha) / a0}
}

func lowPass(x []float32, hertz float64) []float32 {
	return passing(hertz, math.Sqrt2/2, func(cos, _ float64) [3]float64 {
		return [3]float64{(1 - cos) / 2, 1 - cos, (1 - cos) / 2}
	}).filtered(x)
}

func highPass(x []float32, hertz float64) []float32 {
	return passing(hertz, math.Sqrt2/2, func(cos, _ float64) [3]float64 {
		return [3]float64{(1 + cos) / 2, -1 - cos, (1 + cos) / 2}
	}).filtered(x)
}

func bandPass(x []float32, hertz, quality float64) []float32 {
	return passing(hertz, quality, func(_, alpha float64) [3]float64 {
		return [3]float64{alpha, 0, -alpha}
	}).filtered(x)
}

// peak raises or lowers what is around a frequency.
func peak(x []float32, hertz, decibels float64) []float32 {
	w, a := 2*math.Pi*hertz/Rate, amplitude(decibels/2)
	cos, alpha := math.Cos(w), math.Sin(w)/1.4
	a0 := 1 + alpha/a
	return biquad{(1 + alpha*a) / a0, -2 * cos / a0, (1 - alpha*a) / a0, -2 * cos / a0, (1 - alpha/a) / a0}.filtered(x)
}

// tilt adds so much of the differences of a sound: more treble, or less if it is negative.
func tilt(x []float32, much float64) []float32 {
	y := make([]float32, len(x))
	var before float64
	for i, v := range x {
		y[i] = float32(float64(v) - much*before)
		before = float64(v)
	}
	return y
}
