//go:build !purego

package kernels

import (
	"github.com/rnnrun/rnnrun/kernels/internal/generic"
	"github.com/rnnrun/rnnrun/kernels/internal/rv64g"
	"github.com/rnnrun/rnnrun/kernels/internal/rvv"
)

var rvvSet = Set{
	name:      "rvv",
	requires:  "riscv64 with vectors (RVV 1.0)",
	supported: hasVectors,
	impl: functions{
		float: products[float32]{
			linear:     rvv.Linear,
			linearTail: rvv.LinearTail,
			lstmStep:   rvv.LSTMStep,
			gruStep:    rvv.GRUStep,
		},
		half: products[uint16]{
			linear:     rvv.LinearHalf,
			linearTail: rvv.LinearTailHalf,
			lstmStep:   rvv.LSTMStepHalf,
			gruStep:    rvv.GRUStepHalf,
		},
		int8:      int8Products{quantize: rvv.Quantize, linear: rvv.LinearInt8},
		widen:     rvv.Widen,
		panel:     rvv.Panel,
		panelHalf: rvv.PanelHalf,
		lstm:      rvv.LSTM,
		gru:       rvv.GRU,

		lstmBackward: generic.LSTMBackward,
		gruBackward:  generic.GRUBackward,
		adam:         generic.Adam,

		blend:   rvv.Blend,
		mul:     rvv.Mul,
		mulAdd:  rvv.MulAdd,
		tanh:    rvv.Tanh,
		sigmoid: rvv.Sigmoid,
		exp:     rvv.Exp,
		relu:    rvv.ReLU,
		softmax: rvv.Softmax,
	},
}

// rv64gSet asks for nothing, since every riscv64 CPU that Go runs on has float32 with
// fused multiply-adds.
var rv64gSet = Set{
	name:      "rv64g",
	requires:  "riscv64",
	supported: func() bool { return true },
	impl: functions{
		float: products[float32]{
			linear:     rv64g.Linear,
			linearTail: rv64g.LinearTail,
			lstmStep:   rv64g.LSTMStep,
			gruStep:    rv64g.GRUStep,
		},
		half: products[uint16]{
			linear:     rv64g.LinearHalf,
			linearTail: rv64g.LinearTailHalf,
			lstmStep:   rv64g.LSTMStepHalf,
			gruStep:    rv64g.GRUStepHalf,
		},
		int8:      int8Products{quantize: generic.Quantize, linear: rv64g.LinearInt8},
		widen:     rv64g.Widen,
		panel:     rv64g.Panel,
		panelHalf: rv64g.PanelHalf,
		lstm:      rv64g.LSTM,
		gru:       rv64g.GRU,

		lstmBackward: generic.LSTMBackward,
		gruBackward:  generic.GRUBackward,
		adam:         generic.Adam,

		blend:   rv64g.Blend,
		mul:     generic.Mul,
		mulAdd:  rv64g.MulAdd,
		tanh:    rv64g.Tanh,
		sigmoid: rv64g.Sigmoid,
		exp:     rv64g.Exp,
		relu:    generic.ReLU,
		softmax: rv64g.Softmax,
	},
}

func archSets() []*Set { return []*Set{&rvvSet, &rv64gSet} }
