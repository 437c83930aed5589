package trainer

import "math"

// A Schedule returns the factor on the learning rate at a step of steps.
type Schedule func(step, steps int) float64

// Constant is the schedule that leaves the learning rate as it is.
func Constant() Schedule { return func(step, steps int) float64 { return 1 } }

// Cosine falls from 1 to 0 along half a cosine (Loshchilov & Hutter 2017),
// after rising linearly in the first warmup steps.
func Cosine(warmup int) Schedule {
	return func(step, steps int) float64 {
		if step < warmup {
			return float64(step+1) / float64(warmup)
		}
		return (1 + math.Cos(math.Pi*float64(step-warmup)/float64(max(1, steps-warmup)))) / 2
	}
}

// StepDecay multiplies by factor at each of parts equal parts of the steps but
// the first.
func StepDecay(parts int, factor float64) Schedule {
	return func(step, steps int) float64 {
		return math.Pow(factor, float64(step*parts/max(1, steps)))
	}
}
