package network_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

func ExampleNetwork_Model() {
	n := network.Network{
		Layers: []network.Layer{
			{Cell: format.CellRNN, InputSize: 1, HiddenSize: 2, Directions: []network.Direction{{Plain: format.Plain{
				WeightIH: []float32{1, 2},               // [2][1]
				WeightHH: []float32{0.1, 0.2, 0.3, 0.4}, // [2][2]
			}}}},
			network.NewDense("", 2, 1, []float32{1, 1}, nil),
		},
		Pool: format.PoolLast,
	}
	m, err := n.Model()
	fmt.Println(m.Layers[0].Cell, m.Layers[0].Variant, m.OutputSize(), err)

	n.Layers[1].InputSize = 3
	_, err = n.Model()
	fmt.Println(err)
	// Output:
	// RNN tanh 1 <nil>
	// invalid model: layer 1: 3 inputs, but what it reads has 2
}
