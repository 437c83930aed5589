package trainer

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/kernels"
)

// RMSProp divides the gradient by a running root mean square of itself (Hinton
// 2012), as PyTorch's RMSprop: with v ← Alpha·v + (1-Alpha)·g², d = g/(√v +
// Epsilon). Centered replaces v with the variance, v minus the square of a
// running mean of g (Graves 2013). With m ← Momentum·m + d the update is w ← w
// - lr·m.
type RMSProp struct {
	Alpha       float64 // 0: 0.99
	Epsilon     float64 // 0: 1e-8
	Momentum    float64
	Centered    bool
	WeightDecay float64 // added to the gradient: g + WeightDecay·w

	square, mean, velocity [][]float32
}

func (o *RMSProp) reset(parameters []parameter, _ *kernels.Set) {
	o.square, o.mean, o.velocity = like(parameters), nil, nil
	if o.Centered {
		o.mean = like(parameters)
	}
	if o.Momentum > 0 {
		o.velocity = like(parameters)
	}
}

func (o *RMSProp) moments() []moment {
	list := []moment{{"square", o.square}}
	if o.mean != nil {
		list = append(list, moment{"mean", o.mean})
	}
	if o.velocity != nil {
		list = append(list, moment{"velocity", o.velocity})
	}
	return list
}

func (o *RMSProp) String() string {
	name := "RMSProp"
	if o.Centered {
		name = "centered RMSProp"
	}
	return fmt.Sprintf("%s, alpha %g, epsilon %g, momentum %g, weight decay %g",
		name, or(o.Alpha, 0.99), or(o.Epsilon, 1e-8), o.Momentum, o.WeightDecay)
}

func (o *RMSProp) update(i, from int, w, g, copies []float32, lr float64, step int) {
	alpha, epsilon := or(o.Alpha, 0.99), or(o.Epsilon, 1e-8)
	a, rest, eps := float32(alpha), float32(1-alpha), float32(epsilon)
	momentum, decay, rate := float32(o.Momentum), float32(o.WeightDecay), float32(lr)
	square := o.square[i][from:][:len(w)]
	for k := range w {
		n := copiesOf(copies, k)
		d := g[k] + float32(decay*w[k]/n)
		square[k] = float32(a*square[k]) + float32(rest*d*d)
		variance := float64(square[k])
		if o.mean != nil {
			mean := &o.mean[i][from+k]
			*mean = float32(a**mean) + float32(rest*d)
			// Rounding may make it negative if the gradient hardly changes.
			variance = max(0, variance-float64(float64(*mean)*float64(*mean)))
		}
		d /= float32(math.Sqrt(variance)) + eps
		if o.velocity != nil {
			velocity := &o.velocity[i][from+k]
			*velocity = float32(momentum**velocity) + d
			d = *velocity
		}
		w[k] -= float32(n * rate * d)
	}
}
