package generic

import "math"

// AdamStep is kernels.AdamStep.
type AdamStep struct {
	Beta1, Rest1        float32 // for the mean of gradients: the weights of the old mean and of the new gradient
	Beta2, Rest2        float32 // the same for the mean of their squares
	Decay               float32 // weight decay that is added to the gradients
	Shrink              float32 // factor of the old weights
	Rate                float32 // learning rate, with the mean's correction
	Correction, Epsilon float32 // for the root of the mean square: a factor, and a number that is added
}

// Adam is kernels.Set.Adam.
func Adam(w, m, v, g []float32, s *AdamStep) {
	for k := range w {
		d := g[k] + float32(s.Decay*w[k])
		m[k] = float32(s.Beta1*m[k]) + float32(s.Rest1*d)
		v[k] = float32(s.Beta2*v[k]) + float32(s.Rest2*d*d)
		root := float32(math.Sqrt(float64(v[k])))
		w[k] = float32(s.Shrink*w[k]) - float32(s.Rate*m[k]/(float32(root*s.Correction)+s.Epsilon))
	}
}
