//go:build !purego

package kernels

import (
	"rnnrun/kernels/internal/generic"
	"rnnrun/kernels/internal/neon"
)

// neonSet asks for nothing, since every arm64 CPU that Go runs on has Advanced
// SIMD.
var neonSet = Set{
	name:      "neon",
	requires:  "arm64",
	supported: func() bool { return true },
	impl: functions{
		float: products[float32]{
			linear:     generic.Linear[float32],
			linearTail: generic.LinearTail[float32],
			lstmStep:   generic.LSTMStep[float32],
			gruStep:    generic.GRUStep[float32],
		},
		half: products[uint16]{
			linear:     generic.Linear[uint16],
			linearTail: generic.LinearTail[uint16],
			lstmStep:   generic.LSTMStep[uint16],
			gruStep:    generic.GRUStep[uint16],
		},
		int8:      genericInt8,
		widen:     generic.Widen,
		panel:     neon.Panel,
		panelHalf: generic.PanelHalf,
		lstm:      neon.LSTM,
		gru:       neon.GRU,
		blend:     neon.Blend,
		mul:       neon.Mul,
		tanh:      neon.Tanh,
		sigmoid:   neon.Sigmoid,
		exp:       neon.Exp,
		relu:      neon.ReLU,
		softmax:   neon.Softmax,
	},
}

func archSets() []*Set { return []*Set{&neonSet} }
