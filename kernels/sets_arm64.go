//go:build !purego

package kernels

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
	"github.com/rnnrun/rnnrun/kernels/internal/neon"
)

// neonSet asks for nothing, since every arm64 CPU that Go runs on has Advanced
// SIMD.
var neonSet = Set{
	name:      "neon",
	requires:  "arm64",
	supported: func() bool { return true },
	impl: functions{
		float: products[float32]{
			linear:     neon.Linear,
			linearTail: neon.LinearTail,
			lstmStep:   neon.LSTMStep,
			gruStep:    neon.GRUStep,
			lstm:       neon.LSTMArgs,
			gru:        neon.GRUArgs,
			product:    neon.LinearArgs,
		},
		half: products[uint16]{
			linear:     neon.LinearHalf,
			linearTail: neon.LinearTailHalf,
			lstmStep:   neon.LSTMStepHalf,
			gruStep:    neon.GRUStepHalf,
			lstm:       neon.LSTMHalfArgs,
			gru:        neon.GRUHalfArgs,
			product:    neon.LinearHalfArgs,
		},
		int8:      int8Products{quantize: neon.Quantize, linear: neon.LinearInt8},
		widen:     neon.Widen,
		panel:     neon.Panel,
		panelHalf: neon.PanelHalf,
		lstm:      neon.LSTM,
		gru:       neon.GRU,

		lstmBackward: generic.LSTMBackward,
		gruBackward:  generic.GRUBackward,
		adam:         generic.Adam,

		blend:   neon.Blend,
		mul:     neon.Mul,
		mulAdd:  neon.MulAdd,
		tanh:    neon.Tanh,
		sigmoid: neon.Sigmoid,
		exp:     neon.Exp,
		relu:    neon.ReLU,
		softmax: neon.Softmax,
	},
}

// dotprodSet is neonSet except for the products of int8 weights.
var dotprodSet = Set{
	name:      "dotprod",
	requires:  "arm64 with SDOT (ASIMDDP)",
	supported: func() bool { return cpuid.CPU.Supports(cpuid.ASIMDDP) },
	impl: func() functions {
		f := neonSet.impl
		f.int8.linear = neon.DotInt8
		return f
	}(),
}

func archSets() []*Set { return []*Set{&dotprodSet, &neonSet} }
