package rtneural

import (
	"fmt"
	"math"
	"strconv"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// gain returns the factor that a key has in decibels; 1 without the key.
func gain(o *object, key string) (float64, error) {
	v, ok := o.values[key]
	if !ok {
		return 1, nil
	}
	db, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil || !(math.Abs(db) <= 120) {
		return 0, damaged(key, "it is %.40s, and no number of decibels within ±120", fmt.Sprint(v))
	}
	return math.Pow(10, db/20), nil
}

// amplify has the network multiply its inputs and outputs, in the weights of its
// first and its last layer.
func amplify(n *network.Network, in, out float64) error {
	if in != 1 {
		multiply(n.Layers[0].Directions[0].WeightIH, in)
	}
	if out == 1 {
		return nil
	}
	last := &n.Layers[len(n.Layers)-1]
	if !last.Dense() || last.Activation.Kind != format.ActivationNone || n.Output != format.OutputLinear {
		return unsupported("out_gain", "it is of outputs that are not those of a linear layer")
	}
	multiply(last.Directions[0].WeightIH, out)
	multiply(last.Directions[0].BiasIH, out)
	return nil
}

func multiply(x []float32, by float64) {
	for i, v := range x {
		x[i] = float32(float64(v) * by)
	}
}
