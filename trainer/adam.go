package trainer

import (
	"fmt"
	"math"
)

// Adam is the optimizer of Kingma & Ba (2015) as PyTorch has it, and with
// Decoupled that of Loshchilov & Hutter (2019), AdamW.
type Adam struct {
	Beta1, Beta2 float64 // 0: 0.9 and 0.999
	Epsilon      float64 // 0: 1e-8
	WeightDecay  float64
	Decoupled    bool

	m, v [][]float32
}

func (o *Adam) reset(parameters []parameter) { o.m, o.v = like(parameters), like(parameters) }

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
	b1, b2 := float32(beta1), float32(beta2)
	c1, c2 := float32(1-beta1), float32(1-beta2)
	rate := float32(lr / (1 - math.Pow(beta1, float64(step))))
	correction := float32(1 / math.Sqrt(1-math.Pow(beta2, float64(step))))
	eps, decay, shrink := float32(epsilon), float32(0), float32(1)
	if o.Decoupled {
		shrink = float32(1 - lr*o.WeightDecay)
	} else {
		decay = float32(o.WeightDecay)
	}
	for k := range w {
		n := copiesOf(copies, k)
		d := g[k] + float32(decay*w[k]/n)
		m[k] = float32(b1*m[k]) + float32(c1*d)
		v[k] = float32(b2*v[k]) + float32(c2*d*d)
		root := float32(math.Sqrt(float64(v[k])))
		w[k] = float32(w[k]*shrink) - float32(n*rate*m[k]/(float32(root*correction)+eps))
	}
}
