package rtneural

import (
	"fmt"
	"math"
	"strconv"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// gain returns the factor that a key gives in decibels; 1 without the key.
func gain(o *object, key string) (float64, error) {
	v, ok := o.values[key]
	if !ok {
		return 1, nil
	}
	db, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil || !(math.Abs(db) <= 120) {
		return 0, damaged(key, "it is %.40s, want a number of decibels within ±120", fmt.Sprint(v))
	}
	return math.Pow(10, db/20), nil
}

// amplify multiplies the network's inputs and outputs by changing the weights of
// its first and last layers.
func amplify(n *network.Network, in, out float64) error {
	if in != 1 {
		multiply(n.Layers[0].Directions[0].WeightIH, in)
	}
	if out == 1 {
		return nil
	}
	last := &n.Layers[len(n.Layers)-1]
	if !last.Dense() || last.Activation.Kind != format.ActivationNone || n.Output != format.OutputLinear {
		return unsupported("out_gain", "it scales the outputs of a layer that is not linear")
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
