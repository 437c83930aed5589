//go:build !purego

package kernels

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/rnnrun/rnnrun/kernels/internal/avx2"
	"github.com/rnnrun/rnnrun/kernels/internal/avx512"
	"github.com/rnnrun/rnnrun/kernels/internal/avx512vnni"
)

// avx512Set is avx2Set except for panels, cells and functions of one number.
// Products with one vector stay in AVX2, since the caches do not feed longer
// registers any faster. cpuid grants AVX-512 only if the operating system saves
// all of its registers.
var avx512Set = Set{
	name:     "avx512",
	requires: "amd64 with AVX-512 F, BW, DQ and VL",
	supported: func() bool {
		return cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX2, cpuid.FMA3, cpuid.F16C)
	},
	impl: func() functions {
		f := avx2Set.impl
		f.panel, f.panelHalf = avx512.Panel, avx512.PanelHalf
		f.panelPair, f.panelPairHalf = avx512.PanelPair, avx512.PanelPairHalf
		f.lstm, f.gru = avx512.LSTM, avx512.GRU
		f.lstmStreams, f.gruStreams = avx512.LSTMStreams, avx512.GRUStreams
		f.blend, f.mul, f.mulAdd = avx512.Blend, avx512.Mul, avx512.MulAdd
		f.tanh, f.sigmoid = avx512.Tanh, avx512.Sigmoid
		f.exp, f.relu, f.softmax = avx512.Exp, avx512.ReLU, avx512.Softmax
		return f
	}(),
}

// avx512vnniSet is avx512Set except for the products of int8 weights.
var avx512vnniSet = Set{
	name:     "avx512vnni",
	requires: "amd64 with AVX-512 F, BW, DQ, VL and VNNI",
	supported: func() bool {
		return avx512Set.supported() && cpuid.CPU.Supports(cpuid.AVX512VNNI)
	},
	impl: func() functions {
		f := avx512Set.impl
		f.int8 = int8Products{
			wantsOffset: true,
			magnitude:   avx2.Magnitude,
			quantize:    avx2.Quantize,
			linear:      avx512vnni.LinearInt8,

			spreadBytes:    1,
			panelGains:     true,
			spread:         avx512vnni.UnsignedInt8,
			quantizeSpread: avx512vnni.QuantizeUnsigned,
			panel:          avx512vnni.PanelInt8,
			panelPair:      avx512vnni.PanelInt8Pair,

			lstm:    avx512vnni.LSTMInt8Args,
			gru:     avx512vnni.GRUInt8Args,
			product: avx512vnni.LinearInt8Args,
		}
		return f
	}(),
}

// avx2Set asks for AVX2 besides FMA3, since cpuid grants AVX2 only if the
// operating system saves the vector registers.
var avx2Set = Set{
	name:      "avx2",
	requires:  "amd64 with AVX2, FMA3 and F16C",
	supported: func() bool { return cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3, cpuid.F16C) },
	impl: functions{
		float: products[float32]{
			linear:     avx2.Linear,
			linearTail: avx2.LinearTail,
			lstmStep:   avx2.LSTMStep,
			gruStep:    avx2.GRUStep,
			lstm:       avx2.LSTMArgs,
			gru:        avx2.GRUArgs,
			product:    avx2.LinearArgs,
		},
		far: steps{lstm: avx2.LSTMFarArgs, gru: avx2.GRUFarArgs, product: avx2.LinearFarArgs},
		half: products[uint16]{
			linear:     avx2.LinearHalf,
			linearTail: avx2.LinearTailHalf,
			lstmStep:   avx2.LSTMStepHalf,
			gruStep:    avx2.GRUStepHalf,
			lstm:       avx2.LSTMHalfArgs,
			gru:        avx2.GRUHalfArgs,
			product:    avx2.LinearHalfArgs,
		},
		int8: int8Products{
			magnitude:      avx2.Magnitude,
			quantize:       avx2.Quantize,
			linear:         avx2.LinearInt8,
			spreadBytes:    2,
			spread:         avx2.SpreadInt8,
			quantizeSpread: avx2.QuantizeSpread,
			panel:          avx2.PanelInt8,
			lstm:           avx2.LSTMInt8Args,
			gru:            avx2.GRUInt8Args,
			product:        avx2.LinearInt8Args,
		},
		widen:     avx2.Widen,
		panel:     avx2.Panel,
		panelHalf: avx2.PanelHalf,
		lstm:      avx2.LSTM,
		gru:       avx2.GRU,

		lstmBackward: avx2.LSTMBackward,
		gruBackward:  avx2.GRUBackward,
		adam:         avx2.Adam,

		blend:   avx2.Blend,
		mul:     avx2.Mul,
		max:     avx2.Max,
		mulAdd:  avx2.MulAdd,
		tanh:    avx2.Tanh,
		sigmoid: avx2.Sigmoid,
		exp:     avx2.Exp,
		relu:    avx2.ReLU,
		softmax: avx2.Softmax,
	},
}

// farCaches returns the bytes of the second-level and the third-level cache of a core
// that gains from the steps of weights that are far, or 0. Only cores of AMD's family 26
// (Zen 5) are known to gain. A virtual machine may not tell the third-level cache.
func farCaches() (second, third int) {
	const least = 16 << 20 // of most of them
	c := cpuid.CPU
	if c.VendorID != cpuid.AMD || c.Family != 26 || c.Cache.L2 <= 0 {
		return 0, 0
	}
	if c.Cache.L3 <= 0 {
		return c.Cache.L2, least
	}
	return c.Cache.L2, c.Cache.L3
}

func archSets() []*Set { return []*Set{&avx512vnniSet, &avx512Set, &avx2Set} }
