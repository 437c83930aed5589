package mixture

import (
	"math"
	"math/rand/v2"
)

// room returns what is heard of a sound in a room, by M. Schroeder's reverberator of four
// combs and two all-passes. The direct sound comes with no delay.
func room(rng *rand.Rand, x []float32) []float32 {
	seconds := 0.1 + 0.6*rng.Float64() // in which the sound decays by 60 dB
	share := float32(0.05 + 0.35*rng.Float64())
	late := make([]float32, len(x))
	for range 4 {
		delay := 400 + rng.IntN(500)
		comb(late, x, delay, math.Pow(10, -3*float64(delay)/Rate/seconds))
	}
	late = lowPass(late, 2000+3000*rng.Float64())
	for range 2 {
		late = allPass(late, 60+rng.IntN(150))
	}
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = v + share*late[i]
	}
	return y
}

// comb adds x, delayed and repeated with a gain, to y.
func comb(y, x []float32, delay int, gain float64) {
	line := make([]float32, delay)
	for i, v := range x {
		at := i % delay
		y[i] += line[at]
		line[at] = v + float32(gain)*line[at]
	}
}

func allPass(x []float32, delay int) []float32 {
	const gain = 0.7
	line, y := make([]float32, delay), make([]float32, len(x))
	for i, v := range x {
		at := i % delay
		y[i] = line[at] - gain*v
		line[at] = v + gain*y[i]
	}
	return y
}

// microphone returns a sound as a microphone or a telephone passes it on.
func microphone(rng *rand.Rand, x []float32) []float32 {
	switch rng.IntN(6) {
	case 0: // a telephone
		x = lowPass(lowPass(highPass(x, 300), 3400), 3600)
	case 1: // a recorder of 8 or 11 kHz
		for hertz, n := 3500+1500*rng.Float64(), 0; n < 3; n++ {
			x = lowPass(x, hertz)
		}
	case 2:
		x = tilt(x, -0.9+1.7*rng.Float64())
	}
	x = highPass(x, 20+130*rng.Float64())
	for range rng.IntN(3) {
		x = peak(x, 100*math.Pow(60, rng.Float64()), -9+18*rng.Float64())
	}
	return x
}
