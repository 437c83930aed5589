package mixture

import (
	"math"
	"math/rand/v2"
)

// music is chords, a melody and drums of a random tune: instruments of overtones, in the
// scale of a key.
func music(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	beat := int(Rate * (0.2 + 0.5*rng.Float64()))
	key := 110 * math.Pow(2, float64(rng.IntN(12))/12)
	scale := [][]int{{0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 10}}[rng.IntN(2)]
	note := func(degree int) float64 {
		return key * math.Pow(2, float64(scale[degree%7])/12+float64(degree/7))
	}
	chords, melody, drums := rng.Float64(), rng.Float64(), rng.Float64()*float64(rng.IntN(2))
	falls, attack := 0.5+2*rng.Float64(), 20+rng.IntN(1500)
	step := 7
	for at, b := 0, 0; at < n; at, b = at+beat, b+1 {
		if b%4 == 0 {
			root := rng.IntN(7)
			for _, third := range []int{0, 2, 4} {
				play(rng, x[at:], note(root+third), 4*beat, attack, falls, 0.4*chords)
			}
		}
		if rng.IntN(4) > 0 {
			step = min(max(step+rng.IntN(5)-2, 0), 20)
			play(rng, x[at:], note(step), beat, attack/4+10, falls, melody)
		}
		if b%2 == 0 {
			strike(rng, x[at:], 60+60*rng.Float64(), 0.08, drums)
		} else {
			strike(rng, x[at:], 3000, 0.03, drums/2)
		}
	}
	return x
}

// play adds a note of an instrument.
func play(rng *rand.Rand, x []float32, hertz float64, length, attack int, falls, loud float64) {
	n := min(length, len(x))
	vibrato := 0.006 * rng.Float64()
	tone := harmonics(rng, n, func(i int) float64 {
		return hertz * (1 + vibrato*math.Sin(2*math.Pi*5.5*float64(i)/Rate))
	}, func(k int) float64 { return math.Pow(float64(k), -falls) })
	for i, v := range tone {
		gain := loud * math.Min(1, float64(i)/float64(attack)) * math.Min(1, float64(length-i)/200) * math.Exp(-float64(i)/float64(length))
		x[i] += float32(gain) * v
	}
}
