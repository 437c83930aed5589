package generic

import "math"

// AdamStep is kernels.AdamStep.
type AdamStep struct {
	Beta1, Rest1        float32 // of the mean of gradients: what stays of it, and how much comes in
	Beta2, Rest2        float32 // the same of the mean of their squares
	Decay               float32 // of the weights, which is added to their gradients
	Shrink              float32 // what stays of the weights
	Rate                float32 // learning rate, with the mean's correction
	Correction, Epsilon float32 // of the root of the mean square: a factor, and what is added
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
