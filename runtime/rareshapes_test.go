package runtime_test

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// rareActivations are all activations of recurrent layers, with constants other
// than the defaults.
var rareActivations = []format.Activation{
	{},
	{Kind: format.ActivationReLU},
	{Kind: format.ActivationTanh},
	{Kind: format.ActivationSigmoid},
	{Kind: format.ActivationAffine, Alpha: 0.5, Beta: 0.125},
	{Kind: format.ActivationLeakyReLU, Alpha: 0.1},
	{Kind: format.ActivationThresholdedReLU, Alpha: 0.25},
	{Kind: format.ActivationScaledTanh, Alpha: 0.75, Beta: 0.5},
	{Kind: format.ActivationHardSigmoid, Alpha: 0.2, Beta: 0.5},
	{Kind: format.ActivationELU, Alpha: 0.7},
	{Kind: format.ActivationSoftsign},
	{Kind: format.ActivationSoftplus},
}

// rareShapes returns models with dense layers, reverse layers, and layers with
// features beyond their cell.
func rareShapes() []modeltest.Spec {
	var specs []modeltest.Spec
	add := func(s modeltest.Spec, change func(*modeltest.Spec)) {
		s.Seed = uint64(len(specs) + 100)
		change(&s)
		specs = append(specs, s)
	}
	relu := format.Activation{Kind: format.ActivationReLU}
	for _, cell := range modeltest.Cells() {
		add(cell, func(s *modeltest.Spec) {
			s.Input, s.Hidden, s.Layers, s.Below, s.Between, s.Above, s.Outputs, s.Normalized = 3, 10, 2, 9, 7, 5, 2, true
			s.DenseActivation = format.Activation{Kind: format.ActivationLeakyReLU, Alpha: 0.125}
		})
		add(cell, func(s *modeltest.Spec) {
			s.Input, s.Hidden, s.Layers, s.Below, s.Between, s.Above, s.DenseActivation = 3, 10, 2, 40, 7, 33, relu
		})
		add(cell, func(s *modeltest.Spec) { s.Reverse, s.Input, s.Hidden, s.Layers, s.InitialState = true, 3, 10, 2, true })
		add(cell, func(s *modeltest.Spec) {
			s.Bidirectional, s.Input, s.Hidden, s.Above, s.Outputs, s.Pool = true, 3, 10, 6, 2, format.PoolLastOutput
			s.Output, s.DenseActivation = format.OutputLogSoftmax, format.Activation{Kind: format.ActivationTanh}
		})
		for _, dtype := range []format.DType{format.DTypeF16, format.DTypeInt8, format.DTypeInt4} {
			add(cell, func(s *modeltest.Spec) {
				s.Input, s.Hidden, s.Below, s.Above, s.DenseActivation, s.Outputs, s.DType = 5, 12, 9, 11, relu, 3, dtype
			})
			add(cell, func(s *modeltest.Spec) {
				s.Tokens, s.Input, s.Hidden, s.Below, s.Reverse, s.Pool, s.DType = 11, 6, 10, 9, true, format.PoolLast, dtype
			})
			add(cell, func(s *modeltest.Spec) {
				s.Input, s.Hidden, s.Clip, s.Layers, s.Outputs, s.Bidirectional, s.DType = 5, 12, 0.5, 2, 2, true, dtype
			})
		}
		if cell.Variant != format.VariantReLU {
			for i, a := range rareActivations {
				b, c := rareActivations[(i+5)%len(rareActivations)], rareActivations[(i+8)%len(rareActivations)]
				if cell.Cell == format.CellRNN && (a == relu || a.Kind == format.ActivationTanh) {
					continue // they are its variants
				}
				both := i%2 == 1
				if cell.Cell == format.CellGRU && a.Kind == format.ActivationSoftplus {
					a, b, both = b, a, false // an update gate above 1 does not bound the state
				}
				add(cell, func(s *modeltest.Spec) {
					s.Input, s.Hidden, s.Bidirectional, s.InitialState = 3, 10, both, true
					s.Activations = [3]format.Activation{a, b, c}
				})
			}
			add(cell, func(s *modeltest.Spec) {
				s.Tokens, s.Input, s.Hidden, s.Clip, s.DType = 7, 3, 10, 0.25, format.DTypeInt8
				s.Activations = [3]format.Activation{rareActivations[8], rareActivations[10], rareActivations[7]}
			})
		}
		for _, a := range rareActivations {
			if cell.Variant == format.VariantTanh {
				add(cell, func(s *modeltest.Spec) { s.Input, s.Hidden, s.Above, s.DenseActivation = 3, 10, 9, a })
			}
		}
	}
	lstm := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 3, Hidden: 10}
	for _, dtype := range []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8} {
		add(lstm, func(s *modeltest.Spec) { s.Peephole, s.InitialState, s.DType = true, true, dtype })
		add(lstm, func(s *modeltest.Spec) { s.InputForget, s.DType, s.Layers = true, dtype, 2 })
		add(lstm, func(s *modeltest.Spec) {
			s.Projection, s.Layers, s.Bidirectional, s.InitialState, s.Outputs, s.DType = 4, 2, true, true, 2, dtype
		})
		add(lstm, func(s *modeltest.Spec) { s.Projection, s.DType = 17, dtype })
		add(lstm, func(s *modeltest.Spec) {
			s.Projection, s.Peephole, s.InputForget, s.Clip, s.InitialState, s.Tokens, s.DType = 5, true, true, 0.5, true, 9, dtype
			s.Activations = [3]format.Activation{rareActivations[8], rareActivations[10], rareActivations[4]}
		})
		add(lstm, func(s *modeltest.Spec) { s.Skip, s.Outputs, s.Normalized, s.DType = true, 3, true, dtype })
	}
	add(lstm, func(s *modeltest.Spec) { s.Skip, s.Hidden = true, 3 })
	add(lstm, func(s *modeltest.Spec) { s.Skip, s.Hidden, s.Bidirectional, s.Outputs = true, 3, true, 3 })
	add(lstm, func(s *modeltest.Spec) { s.Skip, s.Outputs, s.Normalized = true, 2, true })
	add(lstm, func(s *modeltest.Spec) { s.Skip, s.Outputs, s.Bidirectional = true, 1, true })
	add(lstm, func(s *modeltest.Spec) { s.Outputs, s.Output = 4, format.OutputArgMax })
	add(lstm, func(s *modeltest.Spec) { s.Output = format.OutputSoftmax })
	add(lstm, func(s *modeltest.Spec) { s.Output, s.Pool, s.Above = format.OutputArgMax, format.PoolMean, 4 })
	add(lstm, func(s *modeltest.Spec) {
		s.Above, s.Pool, s.DenseActivation = 5, format.PoolMax, format.Activation{Kind: format.ActivationSoftmax}
	})
	add(lstm, func(s *modeltest.Spec) { s.Reverse, s.Pool = true, format.PoolLastOutput })
	return specs
}

// streams reports whether the spec's model can be stepped.
func streams(s modeltest.Spec) bool { return !s.Bidirectional && !s.Reverse }
