//go:build !purego

package kernels

import (
	"golang.org/x/sys/cpu"

	"github.com/rnnrun/rnnrun/kernels/internal/generic"
	"github.com/rnnrun/rnnrun/kernels/internal/vfp"
	"github.com/rnnrun/rnnrun/kernels/internal/vfpv4"
)

// vfpv4Set asks for Advanced SIMD too, which no CPU with VFPv4 that runs Linux
// lacks, and which brings the registers D16 to D31. If the system does not tell
// what the CPU has, the only set is generic.
var vfpv4Set = Set{
	name:      "vfpv4",
	requires:  "32-bit ARM with VFPv4 and NEON",
	supported: func() bool { return cpu.ARM.HasVFPv4 && cpu.ARM.HasNEON },
	impl: functions{
		float: products[float32]{
			linear:     vfpv4.Linear,
			linearTail: vfpv4.LinearTail,
			lstmStep:   vfpv4.LSTMStep,
			gruStep:    vfpv4.GRUStep,
		},
		half: products[uint16]{
			linear:     vfpv4.LinearHalf,
			linearTail: vfpv4.LinearTailHalf,
			lstmStep:   vfpv4.LSTMStepHalf,
			gruStep:    vfpv4.GRUStepHalf,
		},
		int8:      int8Products{quantize: vfpv4.Quantize, linear: vfpv4.LinearInt8},
		widen:     vfpv4.Widen,
		panel:     vfpv4.Panel,
		panelHalf: vfpv4.PanelHalf,
		lstm:      vfpv4.LSTM,
		gru:       vfpv4.GRU,

		lstmBackward: generic.LSTMBackward,
		gruBackward:  generic.GRUBackward,
		adam:         generic.Adam,

		blend:   vfpv4.Blend,
		mul:     generic.Mul,
		mulAdd:  vfpv4.MulAdd,
		tanh:    vfpv4.Tanh,
		sigmoid: vfpv4.Sigmoid,
		exp:     vfpv4.Exp,
		relu:    vfpv4.ReLU,
		softmax: vfpv4.Softmax,
	},
}

// vfpSet is generic except for the products of float weights.
var vfpSet = Set{
	name:      "vfp",
	requires:  "32-bit ARM with VFP",
	supported: func() bool { return cpu.ARM.HasVFP },
	impl: func() functions {
		f := genericSet.impl
		f.float = products[float32]{
			linear:     vfp.Linear,
			linearTail: vfp.LinearTail,
			lstmStep:   vfp.LSTMStep,
			gruStep:    vfp.GRUStep,
		}
		f.panel = vfp.Panel
		return f
	}(),
}

func archSets() []*Set { return []*Set{&vfpv4Set, &vfpSet} }
