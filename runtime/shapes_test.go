package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// shapes returns models of every cell in many shapes, with sizes that fill
// tiles and sizes that do not, and with all layers, directions, heads, outputs
// and pools.
func shapes() []modeltest.Spec {
	var specs []modeltest.Spec
	for i, s := range modeltest.Cells() {
		s.Seed = uint64(i + 1)
		add := func(change func(*modeltest.Spec)) {
			t := s
			change(&t)
			specs = append(specs, t)
		}
		add(func(s *modeltest.Spec) {})
		add(func(s *modeltest.Spec) { s.Input, s.Hidden = 7, 5 })
		add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.InitialState = 3, 16, true })
		add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.Layers, s.Normalized = 2, 9, 3, true })
		add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.Outputs, s.Normalized = 5, 40, 3, true })
		add(func(s *modeltest.Spec) { s.Tokens, s.Input, s.Hidden, s.Layers = 11, 4, 12, 2 })
		add(func(s *modeltest.Spec) {
			s.Tokens, s.Input, s.Hidden, s.Outputs, s.Output, s.Task = 11, 4, 33, 11, format.OutputSoftmax, format.TaskLanguage
		})
		for _, both := range []bool{false, true} {
			for _, pool := range []format.Pool{format.PoolNone, format.PoolLast, format.PoolMax, format.PoolMean} {
				add(func(s *modeltest.Spec) {
					s.Bidirectional, s.Pool = both, pool
					s.Input, s.Hidden, s.Layers, s.Outputs, s.Output = 3, 10, 2, 2, format.OutputSoftmax
				})
			}
			add(func(s *modeltest.Spec) {
				s.Bidirectional, s.InitialState = both, true
				s.Tokens, s.Input, s.Hidden, s.Outputs, s.Output = 6, 3, 8, 1, format.OutputSigmoid
				s.Pool = format.PoolLast
			})
			add(func(s *modeltest.Spec) { s.Bidirectional, s.Input, s.Hidden = both, 2, 7 })
		}
		for _, dtype := range []format.DType{format.DTypeF16, format.DTypeInt8} {
			add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.DType = 7, 5, dtype })
			add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.Layers, s.Outputs, s.DType = 5, 40, 2, 3, dtype })
			add(func(s *modeltest.Spec) {
				s.Tokens, s.Input, s.Hidden, s.Outputs, s.Output, s.Task = 11, 6, 33, 11, format.OutputSoftmax, format.TaskLanguage
				s.DType = dtype
			})
			add(func(s *modeltest.Spec) {
				s.Bidirectional, s.Pool, s.InitialState = true, format.PoolMean, true
				s.Input, s.Hidden, s.Layers, s.Outputs, s.Output, s.DType = 3, 10, 2, 2, format.OutputSoftmax, dtype
			})
		}
		add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.Outputs, s.DType = 7, 40, 3, format.DTypeInt4 })
		add(func(s *modeltest.Spec) {
			s.Tokens, s.Input, s.Hidden, s.Outputs, s.Output, s.Task = 11, 6, 33, 11, format.OutputSoftmax, format.TaskLanguage
			s.DType = format.DTypeInt4
		})
		add(func(s *modeltest.Spec) { s.Input, s.Hidden, s.DType, s.InputScale = 3, 24, format.DTypeInt8, 2.0/127 })
	}
	return append(specs, rareShapes()...)
}

// someShapes returns all shapes, or every seventh in a short test. A cell has 30 shapes
// before the rare ones. Seven does not divide 30, so each shape is tested with some cell.
func someShapes() []modeltest.Spec {
	all := shapes()
	if !testing.Short() {
		return all
	}
	var some []modeltest.Spec
	for i := 0; i < len(all); i += 7 {
		some = append(some, all[i])
	}
	return some
}

// An input is a sequence for a spec's model: numbers or tokens.
type input struct {
	xs     []float32
	tokens []int32
}

func inputOf(s modeltest.Spec, steps int) input {
	if s.Tokens > 0 {
		return input{tokens: s.Sequence(steps, s.Seed)}
	}
	return input{xs: s.Inputs(steps, s.Seed)}
}

// part returns n steps from the given one on.
func (in input) part(s modeltest.Spec, from, n int) input {
	if in.tokens != nil {
		return input{tokens: in.tokens[from:][:n]}
	}
	size := s.InputSize()
	return input{xs: in.xs[from*size:][:n*size]}
}

func (in input) run(s *rnn.Session) ([]float32, error) {
	if in.tokens != nil {
		return s.RunTokens(in.tokens)
	}
	return s.Run(in.xs)
}

// step reads the first step.
func (in input) step(s *rnn.Session) ([]float32, error) {
	if in.tokens != nil {
		return s.StepToken(in.tokens[0])
	}
	return s.Step(in.xs)
}

func model(t testing.TB, s modeltest.Spec, opts ...rnn.Option) *rnn.Model {
	t.Helper()
	m, err := rnn.New(s.Model(), opts...)
	require.NoError(t, err)
	return m
}

// bits returns the bits of numbers, every NaN as the same one.
func bits(v []float32) []uint32 {
	b := make([]uint32, len(v))
	for i, x := range v {
		if b[i] = math.Float32bits(x); x != x {
			b[i] = 0x7fc00000
		}
	}
	return b
}

// run returns the bits of a new session's outputs, logits and states.
func run(t *testing.T, s modeltest.Spec, in input, opts ...rnn.Option) []uint32 {
	t.Helper()
	session := model(t, s, opts...).NewSession()
	y, err := in.run(session)
	require.NoError(t, err)
	return append(bits(y), position(session)...)
}

// position returns the bits of a session's states and step count.
func position(s *rnn.Session) []uint32 {
	b := bits(s.Logits())
	layers := s.Model().Description().Layers
	for i := range layers {
		for d := range layers[i].Directions {
			h, c := s.State(i, d)
			b = append(append(b, bits(h)...), bits(c)...)
		}
	}
	return b
}

// kernelSets returns an option for every kernel set of the test.
func kernelSets() map[string]rnn.Option {
	sets := make(map[string]rnn.Option)
	for _, set := range kerneltest.Sets() {
		sets[set.Name()] = rnn.WithKernels(set.Name())
	}
	return sets
}
