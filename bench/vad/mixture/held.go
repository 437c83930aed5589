package mixture

import (
	"math"
	"math/rand/v2"
)

// typing is a keyboard: each key goes down, and up again.
func typing(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for at := rng.IntN(2000); at < n; at += 1000 + int(-math.Log(1-rng.Float64())*2000) {
		for _, part := range []int{0, 900 + rng.IntN(900)} {
			if at+part < n {
				strike(rng, x[at+part:], 800+2500*rng.Float64(), 0.002+0.004*rng.Float64(), 0.3+0.7*rng.Float64())
			}
		}
	}
	return add(x, pink(rng, n), 0.01)
}

// engine is a motor whose revolutions change.
func engine(rng *rand.Rand, n int) []float32 {
	hertz, drift, rate := 20+60*rng.Float64(), 0.3*rng.Float64(), 0.05+0.4*rng.Float64()
	x := harmonics(rng, n, func(i int) float64 {
		return hertz * (1 + drift*math.Sin(2*math.Pi*rate*float64(i)/Rate))
	}, func(k int) float64 { return (0.3 + rng.Float64()) * math.Exp(-float64(k)/10) })
	return add(x, lowPass(white(rng, n), 1500), 0.6)
}

// wind comes in gusts.
func wind(rng *rand.Rand, n int) []float32 {
	x := lowPass(pink(rng, n), 250+500*rng.Float64())
	gust, aim := 0.2, 0.2
	for i := range x {
		if i%4000 == 0 {
			aim = math.Exp(1.2 * rng.NormFloat64())
		}
		gust += (aim - gust) / 6000
		x[i] *= float32(gust)
	}
	return x
}

// birds chirp.
func birds(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for at := rng.IntN(Rate / 2); at < n; at += Rate/3 + rng.IntN(Rate) {
		low, high := 2000+1500*rng.Float64(), 500+2000*rng.Float64()
		for k := range 1 + rng.IntN(6) {
			from, length := at+k*1800, 600+rng.IntN(1000)
			turn := 0.
			for i := range length {
				if from+i >= n {
					break
				}
				t := float64(i) / float64(length)
				turn += 2 * math.Pi * (low + high*math.Sin(math.Pi*t)) / Rate
				x[from+i] += float32(math.Sin(turn) * math.Sin(math.Pi*t))
			}
		}
	}
	return add(x, pink(rng, n), 0.02)
}

// alarm is the siren of a car: it rises and falls, with the overtones of a square.
func alarm(rng *rand.Rand, n int) []float32 {
	period := Rate/4 + rng.IntN(Rate)
	low, high := 500+300*rng.Float64(), 300+700*rng.Float64()
	return harmonics(rng, n, func(i int) float64 {
		return low + high*float64(i%period)/float64(period)
	}, func(k int) float64 { return float64(k%2) / float64(k) })
}

// drill is a machine that is switched on and off.
func drill(rng *rand.Rand, n int) []float32 {
	hertz := 90 + 200*rng.Float64()
	x := harmonics(rng, n, func(i int) float64 {
		return hertz * (1 + 0.02*math.Sin(2*math.Pi*9*float64(i)/Rate))
	}, func(k int) float64 { return rng.Float64() / math.Sqrt(float64(k)) })
	x = add(x, highPass(white(rng, n), 1500), 0.7)
	for at := 0; at < n; {
		at += Rate/2 + rng.IntN(2*Rate)
		off := min(n-min(at, n), Rate/4+rng.IntN(Rate))
		clear(x[min(at, n):][:off])
		at += off
	}
	return x
}
