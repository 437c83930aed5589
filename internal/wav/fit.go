package wav

import "slices"

// FitSteps returns a sound of one channel for a model whose steps have that many samples:
// that many steps, by [Fit], or with 0 steps all of it, padded with zeros to a whole step.
func FitSteps(samples []float32, step, steps int) []float32 {
	if steps > 0 {
		return Fit(samples, steps*step)
	}
	if part := len(samples) % step; part > 0 {
		samples = append(slices.Clip(samples), make([]float32, step-part)...)
	}
	return samples
}

// Fit returns n samples of a sound of one channel: of a longer sound the n that have the
// most energy together, the first such ones, and a shorter one with zeros around it, as
// many before as after, or one more after.
func Fit(samples []float32, n int) []float32 {
	if len(samples) > n {
		from := loudest(samples, n)
		return samples[from : from+n]
	}
	fit := make([]float32, n)
	copy(fit[(n-len(samples))/2:], samples)
	return fit
}

// loudest returns where the n samples begin that have the most energy.
func loudest(samples []float32, n int) (from int) {
	energy := make([]float64, len(samples)+1) // of the samples before each
	for i, v := range samples {
		energy[i+1] = energy[i] + float64(v)*float64(v) // the product is exact, so that fusing changes nothing
	}
	most := -1.0
	for i := range len(samples) - n + 1 {
		if e := energy[i+n] - energy[i]; e > most {
			from, most = i, e
		}
	}
	return from
}
