package trainer

import (
	"fmt"

	"github.com/rnnrun/rnnrun/kernels"
)

// SGD is stochastic gradient descent with momentum, as PyTorch's SGD: with v ←
// Momentum·v + g, the update is w ← w - lr·v, or w ← w - lr·(g + Momentum·v)
// with Nesterov.
type SGD struct {
	Momentum    float64
	Nesterov    bool
	WeightDecay float64 // added to the gradient: g + WeightDecay·w

	velocity [][]float32
}

func (o *SGD) reset(parameters []parameter, _ *kernels.Set) { o.velocity = like(parameters) }

func (o *SGD) moments() []moment { return []moment{{"velocity", o.velocity}} }

func (o *SGD) String() string {
	name := "SGD"
	if o.Nesterov {
		name = "Nesterov's SGD"
	}
	return fmt.Sprintf("%s, momentum %g, weight decay %g", name, o.Momentum, o.WeightDecay)
}

func (o *SGD) update(i, from int, w, g, copies []float32, lr float64, step int) {
	v := o.velocity[i][from:][:len(w)]
	momentum, decay, rate := float32(o.Momentum), float32(o.WeightDecay), float32(lr)
	for k := range w {
		n := copiesOf(copies, k)
		// w[k] is the sum of n equal weights, each of which decays by itself.
		d := g[k] + float32(decay*w[k]/n)
		v[k] = float32(momentum*v[k]) + d
		if o.Nesterov {
			d += float32(momentum * v[k])
		} else {
			d = v[k]
		}
		w[k] -= float32(n * rate * d)
	}
}
