package mixture

import (
	"math"
	"math/rand/v2"
)

// A Speaker is the clean speech of one, with the label of every step.
type Speaker struct {
	Recording
	Labels []bool
}

// Speakers returns recordings with their labels.
func Speakers(list []Recording) []Speaker {
	speakers := make([]Speaker, len(list))
	for i, r := range list {
		// All are as loud.
		labels := Labels(r.Samples)
		scale := float32(0.1 / math.Sqrt(activePower(r.Samples, labels)))
		samples := make([]float32, len(r.Samples))
		for k, v := range highPass(r.Samples, 40) {
			samples[k] = scale * v
		}
		speakers[i] = Speaker{Recording{r.Name, samples}, labels}
	}
	return speakers
}

// activePower returns the mean power of the steps that are speech.
func activePower(x []float32, labels []bool) float64 {
	sum, n := 0., 0
	for i, speech := range labels {
		if speech {
			sum += power(x[i*Step:][:Step])
			n++
		}
	}
	return sum / float64(max(1, n))
}

// talk says so many steps of what a speaker says, with pauses. speed changes tempo and pitch
// alike.
func (s *Speaker) talk(rng *rand.Rand, steps int, speed float64) (speech []float32, labels []bool) {
	speech, labels = make([]float32, steps*Step), make([]bool, steps)
	pause := func(seconds float64) int { return int(-math.Log(1-rng.Float64()) * seconds * Rate / Step) }
	for at := pause(0.8); at < steps; at += pause(1.2) {
		n := min(steps-at, 20+rng.IntN(300)) // 0.3 to 5 s
		from := rng.IntN(max(1, len(s.Labels)-2-int(float64(n)*speed)))
		for i := range n {
			labels[at+i] = s.Labels[min(from+int((float64(i)+0.5)*speed), len(s.Labels)-1)]
		}
		stretch(speech[at*Step:][:n*Step], s.Samples[from*Step:], speed)
		fade(speech[at*Step:][:n*Step])
		at += n
	}
	return speech, labels
}

// stretch sets y to x at another speed, by cubic interpolation.
func stretch(y, x []float32, speed float64) {
	for i := range y {
		position := float64(i) * speed
		k := int(position)
		if k+2 >= len(x) {
			return
		}
		t := position - float64(k)
		b, c, d := float64(x[k]), float64(x[k+1]), float64(x[k+2])
		a := b
		if k > 0 {
			a = float64(x[k-1])
		}
		y[i] = float32(b + t/2*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a))))
	}
}

// fade has a sound begin and end within 5 ms.
func fade(x []float32) {
	const n = Rate / 200
	for i := range min(n, len(x)/2) {
		g := (float32(i) + 0.5) / n
		x[i] *= g
		x[len(x)-1-i] *= g
	}
}
