package trainer

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/kernels"
)

// Adam is the optimizer of Kingma & Ba (2015) as PyTorch implements it. With
// Decoupled it is AdamW (Loshchilov & Hutter 2019).
type Adam struct {
	Beta1, Beta2 float64 // 0: 0.9 and 0.999
	Epsilon      float64 // 0: 1e-8
	WeightDecay  float64
	Decoupled    bool

	m, v    [][]float32
	kernels *kernels.Set
}

func (o *Adam) reset(parameters []parameter, set *kernels.Set) {
	o.m, o.v, o.kernels = like(parameters), like(parameters), set
}

func (o *Adam) moments() []moment { return []moment{{"mean", o.m}, {"square", o.v}} }

func (o *Adam) String() string {
	name := "Adam"
	if o.Decoupled {
		name = "AdamW"
	}
	return fmt.Sprintf("%s, betas %g and %g, epsilon %g, weight decay %g",
		name, or(o.Beta1, 0.9), or(o.Beta2, 0.999), or(o.Epsilon, 1e-8), o.WeightDecay)
}

func (o *Adam) update(i, from int, w, g, copies []float32, lr float64, step int) {
	beta1, beta2, epsilon := or(o.Beta1, 0.9), or(o.Beta2, 0.999), or(o.Epsilon, 1e-8)
	m, v := o.m[i][from:][:len(w)], o.v[i][from:][:len(w)]
	step64 := float64(step)
	s := kernels.AdamStep{
		Beta1: float32(beta1), Rest1: float32(1 - beta1),
		Beta2: float32(beta2), Rest2: float32(1 - beta2),
		Shrink:     1,
		Rate:       float32(lr / (1 - math.Pow(beta1, step64))),
		Correction: float32(1 / math.Sqrt(1-math.Pow(beta2, step64))),
		Epsilon:    float32(epsilon),
	}
	if o.Decoupled {
		s.Shrink = float32(1 - lr*o.WeightDecay)
	} else {
		s.Decay = float32(o.WeightDecay)
	}
	if copies == nil {
		o.kernels.Adam(w, m, v, g, &s)
		return
	}
	for k, n := range copies[:len(w)] {
		one := s
		one.Decay, one.Rate = s.Decay/n, s.Rate*n
		o.kernels.Adam(w[k:k+1], m[k:k+1], v[k:k+1], g[k:k+1], &one)
	}
}
