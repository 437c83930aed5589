package wav

import "slices"

// FitSteps fits a sound of one channel to a model with step samples per step: to that
// many steps, as [Fit] does, or, if steps is 0, to whole steps by padding the end with
// zeros.
func FitSteps(samples []float32, step, steps int) []float32 {
	if steps > 0 {
		return Fit(samples, steps*step)
	}
	if part := len(samples) % step; part > 0 {
		samples = append(slices.Clip(samples), make([]float32, step-part)...)
	}
	return samples
}

// Fit fits a sound of one channel to n samples. From a longer sound it takes the first n
// consecutive samples with the greatest energy. It centres a shorter one between zeros;
// an odd zero comes after it.
func Fit(samples []float32, n int) []float32 {
	if len(samples) > n {
		from := loudest(samples, n)
		return samples[from : from+n]
	}
	fit := make([]float32, n)
	copy(fit[(n-len(samples))/2:], samples)
	return fit
}

// loudest returns the start of the first n consecutive samples with the greatest energy.
func loudest(samples []float32, n int) (from int) {
	energy := make([]float64, len(samples)+1) // energy of the samples before each sample
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
