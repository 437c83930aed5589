package main

import (
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// randomStack returns a random stack of layers.
func randomStack(r *rand.Rand) *format.Model {
	cells := modeltest.Cells()
	s := cells[r.IntN(len(cells))]
	one := func(in int) bool { return r.IntN(in) == 0 }
	size := func() int { return 1 + r.IntN(12) }
	optional := func() int {
		if one(3) {
			return size()
		}
		return 0
	}
	s.Seed, s.Input, s.Hidden, s.Layers = r.Uint64(), size(), size(), 1+r.IntN(3)
	s.Bidirectional, s.InitialState = one(3), one(3)
	s.Reverse = !s.Bidirectional && one(5)
	s.Below, s.Between, s.Above, s.Outputs = optional(), optional(), optional(), optional()
	s.Pool = []format.Pool{format.PoolNone, format.PoolNone, format.PoolLast, format.PoolMax, format.PoolMean}[r.IntN(5)]
	if s.Pool == format.PoolLast && s.Bidirectional && one(2) {
		s.Pool = format.PoolLastOutput
	}
	if s.Outputs > 0 {
		s.Output = format.Output(r.IntN(4))
	}
	if one(3) {
		s.Tokens = 3 + r.IntN(20)
	} else {
		s.Normalized = s.Output == format.OutputLinear && one(3)
		s.Skip = s.Pool == format.PoolNone && s.Outputs > 0 && s.Outputs <= s.Input && one(2)
	}
	if one(4) {
		s.Clip = 1.5
	}
	if s.Cell.HasCellState() {
		s.Peephole, s.InputForget = one(4), one(4)
	}
	if s.Cell.Activations(s.Variant)[0].Kind != format.ActivationReLU && one(4) {
		s.Activations = [3]format.Activation{format.ActivationHardSigmoid.Default(), format.ActivationSoftsign.Default(), format.ActivationELU.Default()}
	}
	s.DenseActivation = []format.Activation{{}, {Kind: format.ActivationReLU}, {Kind: format.ActivationTanh}, format.ActivationLeakyReLU.Default()}[r.IntN(4)]
	if one(3) {
		s.DType = format.DTypeF16
	}
	m := s.Model()
	if err := m.Validate(); err != nil {
		panic(err)
	}
	return m
}
