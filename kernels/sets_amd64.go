//go:build !purego

package kernels

import (
	"github.com/klauspost/cpuid/v2"

	"rnnrun/kernels/internal/avx2"
)

// avx2Set asks for AVX2 besides FMA3, since cpuid grants AVX2 only where the
// operating system keeps the vector registers.
var avx2Set = Set{
	name:      "avx2",
	requires:  "amd64 with AVX2 and FMA3",
	supported: func() bool { return cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3) },
	impl: functions{
		panel:   avx2.Panel,
		tiles:   avx2.Tiles,
		lstm:    avx2.LSTM,
		gru:     avx2.GRU,
		blend:   avx2.Blend,
		mul:     avx2.Mul,
		tanh:    avx2.Tanh,
		sigmoid: avx2.Sigmoid,
		exp:     avx2.Exp,
		relu:    avx2.ReLU,
		softmax: avx2.Softmax,
	},
}

func archSets() []*Set { return []*Set{&avx2Set} }
