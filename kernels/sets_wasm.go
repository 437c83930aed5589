//go:build wasmsimd && !purego

package kernels

import (
	"github.com/rnnrun/rnnrun/kernels/internal/generic"
	"github.com/rnnrun/rnnrun/kernels/internal/wasmsimd"
)

var relaxedSIMDSet = Set{
	name:      "relaxedsimd",
	requires:  "a host that binds the kernels, with relaxed SIMD that fuses products and sums",
	supported: wasmsimd.RelaxedSIMD.Supported,
	impl:      wasmFunctions(wasmsimd.RelaxedSIMD),
}

var simd128Set = Set{
	name:      "simd128",
	requires:  "a host that binds the kernels, with 128-bit SIMD",
	supported: wasmsimd.SIMD128.Supported,
	impl:      wasmFunctions(wasmsimd.SIMD128),
}

func archSets() []*Set { return []*Set{&relaxedSIMDSet, &simd128Set} }

func wasmFunctions(s wasmsimd.Set) functions {
	return functions{
		float: products[float32]{
			linear:     s.Linear,
			linearTail: s.LinearTail,
			lstmStep:   s.LSTMStep,
			gruStep:    s.GRUStep,
		},
		half: products[uint16]{
			linear:     s.LinearHalf,
			linearTail: s.LinearTailHalf,
			lstmStep:   s.LSTMStepHalf,
			gruStep:    s.GRUStepHalf,
		},
		int8:      int8Products{quantize: s.Quantize, linear: s.LinearInt8},
		widen:     s.Widen,
		panel:     s.Panel,
		panelHalf: s.PanelHalf,
		lstm:      s.LSTM,
		gru:       s.GRU,

		lstmBackward: generic.LSTMBackward,
		gruBackward:  generic.GRUBackward,
		adam:         generic.Adam,

		blend:   s.Blend,
		mul:     s.Mul,
		mulAdd:  s.MulAdd,
		tanh:    s.Tanh,
		sigmoid: s.Sigmoid,
		exp:     s.Exp,
		relu:    s.ReLU,
		softmax: s.Softmax,
	}
}
