package runtime_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// The outputs are those of the formulas with the model's weights, which are as
// near to the given weights as their number format allows.
func TestRunAgreesWithTheFormulas(t *testing.T) {
	t.Parallel()
	const tolerance = 1e-5
	for _, s := range shapes() {
		t.Run(s.String(), func(t *testing.T) {
			weights := heldWeights(t, s)
			for _, steps := range []int{1, 2, 31} {
				in := inputOf(s, steps)
				session := model(t, s).NewSession()
				y, err := in.run(session)
				require.NoError(t, err)
				want, h, c := reference(s, weights, in.xs, in.tokens)
				close64(t, tolerance, want, y)
				for l := range h {
					for d := range h[l] {
						gotH, gotC := session.State(l, d)
						close64(t, tolerance, h[l][d], gotH)
						if s.Layer(l).Cell == format.CellLSTM {
							close64(t, tolerance, c[l][d], gotC)
						} else {
							require.Nil(t, gotC)
						}
					}
				}
				require.EqualValues(t, steps, session.StepCount())
			}
		})
	}
}

// The formulas with the weights before quantization give similar outputs.
func TestFewerBitsLoseLittle(t *testing.T) {
	t.Parallel()
	for _, s := range shapes() {
		tolerance, loses := map[format.DType]float64{format.DTypeF16: 4e-3, format.DTypeInt8: 0.1, format.DTypeInt4: 0.5}[s.DType]
		if !loses {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			for _, steps := range []int{1, 2, 31} {
				in := inputOf(s, steps)
				y, err := in.run(model(t, s).NewSession())
				require.NoError(t, err)
				want, _, _ := reference(s, exactWeights(s), in.xs, in.tokens)
				close64(t, tolerance, want, y)
			}
		})
	}
}

// close64 requires got to be within the tolerance of want, relative to numbers
// above 1.
func close64(t *testing.T, tolerance float64, want []float64, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		require.InDelta(t, w, got[i], tolerance*max(1, math.Abs(w)), "output %d", i)
	}
}

// longSteps are lengths of sequences, one of them longer than a block. In a
// long test, there are also lengths beyond two blocks and beyond the scratch
// memory's accumulators.
func longSteps(s modeltest.Spec) []int {
	long := 300
	if testing.Short() {
		long = 130
	}
	if s.Hidden > 20 {
		return []int{long}
	}
	return []int{1, 7, long}
}

func TestStepGivesTheBitsOfRun(t *testing.T) {
	t.Parallel()
	for _, s := range shapes() {
		if !streams(s) {
			continue
		}
		for set, opt := range kernelSets() {
			t.Run(s.String()+"/"+set, func(t *testing.T) {
				for _, steps := range longSteps(s) {
					in := inputOf(s, steps)
					m := model(t, s, opt)
					stepped := m.NewSession()
					var want []uint32
					for i := range steps {
						y, err := in.part(s, i, 1).step(stepped)
						require.NoError(t, err)
						if m.Pooled() {
							want = want[:0]
						}
						want = append(want, bits(y)...)
					}
					want = append(want, position(stepped)...)
					require.Equal(t, want, run(t, s, in, opt), "%d steps", steps)

					// A sequence in parts, and steps between them.
					parts := m.NewSession()
					var got []uint32
					for from, n := 0, 0; from < steps; from += n {
						n = min(1+from*2, steps-from)
						part := in.part(s, from, n)
						read := part.run
						if from%2 == 0 && n == 1 {
							read = part.step
						}
						y, err := read(parts)
						require.NoError(t, err)
						if m.Pooled() {
							got = got[:0]
						}
						got = append(got, bits(y)...)
					}
					require.Equal(t, want, append(got, position(parts)...))
				}
			})
		}
	}
}

func TestEveryKernelSetGivesTheSameBits(t *testing.T) {
	t.Parallel()
	steps := 50
	if testing.Short() {
		steps = 20
	}
	for _, s := range shapes() {
		t.Run(s.String(), func(t *testing.T) {
			in := inputOf(s, steps)
			want := run(t, s, in, rnn.WithKernels("generic"))
			for set, opt := range kernelSets() {
				require.Equal(t, want, run(t, s, in, opt), set)
			}
		})
	}
}

func TestNaNIsAnInputLikeOthers(t *testing.T) {
	for _, s := range modeltest.Cells() {
		s.Input, s.Hidden, s.Outputs = 2, 11, 2
		t.Run(s.String(), func(t *testing.T) {
			in := input{xs: []float32{1, 2, float32(math.NaN()), 1, float32(math.Inf(1)), 0}}
			want := run(t, s, in, rnn.WithKernels("generic"))
			for set, opt := range kernelSets() {
				require.Equal(t, want, run(t, s, in, opt), set)
			}
			session := model(t, s).NewSession()
			_, err := in.run(session)
			require.NoError(t, err)
			session.Reset()
			y, err := in.part(s, 0, 1).run(session)
			require.NoError(t, err)
			require.Equal(t, run(t, s, in.part(s, 0, 1)), append(bits(y), position(session)...), "Reset leaves no trace")
		})
	}
}

func TestFoldedEmbeddingsGiveTheSameBits(t *testing.T) {
	t.Parallel()
	for _, s := range shapes() {
		if s.Tokens == 0 {
			continue
		}
		for set, opt := range kernelSets() {
			t.Run(s.String()+"/"+set, func(t *testing.T) {
				in := inputOf(s, 200)
				require.True(t, model(t, s, rnn.FoldAlways).Folded())
				require.False(t, model(t, s, rnn.FoldNever).Folded())
				require.Equal(t, run(t, s, in, opt, rnn.FoldNever), run(t, s, in, opt, rnn.FoldAlways))
				if !streams(s) {
					return
				}
				folded, plain := model(t, s, opt, rnn.FoldAlways).NewSession(), model(t, s, opt, rnn.FoldNever).NewSession()
				for i := range 20 {
					y, err := in.part(s, i, 1).step(folded)
					require.NoError(t, err)
					want, err := in.part(s, i, 1).step(plain)
					require.NoError(t, err)
					require.Equal(t, bits(want), bits(y))
				}
			})
		}
	}
}

func TestSmallEmbeddingsAreFolded(t *testing.T) {
	// An LSTM of 64 units has 256 accumulators, so 1 MiB has room for 1024
	// tokens; in both directions for 512.
	for _, test := range []struct {
		tokens int
		both   bool
		folded bool
	}{
		{1024, false, true},
		{1025, false, false},
		{512, true, true},
		{513, true, false},
	} {
		s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Hidden: 64, Tokens: test.tokens, Bidirectional: test.both}
		require.Equal(t, test.folded, model(t, s).Folded(), s)
	}
}

func TestPoolsTakeNaNAndSignsOfZero(t *testing.T) {
	// A ReLU layer of one unit that passes its input on: h = max(x, 0).
	l := format.Layer{Cell: format.CellRNN, Variant: format.VariantReLU, InputSize: 1, HiddenSize: 1}
	w, err := l.Pack(format.Plain{WeightIH: []float32{1}, WeightHH: []float32{0}})
	require.NoError(t, err)
	l.Directions = []format.Weights{w}
	nan := float32(math.NaN())
	for _, test := range []struct {
		pool format.Pool
		xs   []float32
		want float32
	}{
		{format.PoolLast, []float32{1, 5, 2}, 2},
		{format.PoolMax, []float32{1, 5, 2}, 5},
		{format.PoolMax, []float32{-1, -2}, 0},
		{format.PoolMax, []float32{1, nan, 2}, nan},
		{format.PoolMean, []float32{1, 5, 3}, 3},
		{format.PoolMean, []float32{1, nan, 3}, nan},
	} {
		m, err := rnn.New(&format.Model{InputSize: 1, Layers: []format.Layer{l}, Pool: test.pool})
		require.NoError(t, err)
		y, err := m.NewSession().Run(test.xs)
		require.NoError(t, err)
		require.Equal(t, bits([]float32{test.want}), bits(y), "%v of %v", test.pool, test.xs)
	}
}

func TestALayerMayHaveOneDirectionAboveOneOfTwo(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 6, Bidirectional: true}
	d := s.Model()
	top := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 12, Hidden: 5}
	d.Layers = append(d.Layers, top.Model().Layers...)
	for _, d.Pool = range []format.Pool{format.PoolNone, format.PoolLast} {
		m, err := rnn.New(d)
		require.NoError(t, err)
		require.False(t, m.Streamable())
		in := inputOf(s, 20)
		below := model(t, s).NewSession()
		between, err := in.run(below)
		require.NoError(t, err)
		want, err := model(t, top).NewSession().Run(between)
		require.NoError(t, err)
		got, err := in.run(m.NewSession())
		require.NoError(t, err)
		if m.Pooled() {
			want = want[len(want)-5:]
		}
		require.Equal(t, bits(want), bits(got))
	}
}

func TestRunOfABidirectionalModelStartsAnew(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 4, Bidirectional: true, Pool: format.PoolMean}
	in := inputOf(s, 9)
	session := model(t, s).NewSession()
	for range 2 {
		y, err := in.run(session)
		require.NoError(t, err)
		require.Equal(t, run(t, s, in), append(bits(y), position(session)...))
	}
}

func TestAnEmptySequence(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Hidden: 4}
	session := model(t, s).NewSession()
	y, err := session.Run(nil)
	require.NoError(t, err)
	require.Empty(t, y)

	s.Pool = format.PoolMean
	session = model(t, s).NewSession()
	_, err = session.Run(nil)
	require.ErrorIs(t, err, rnn.ErrNoSteps)
	want, err := session.Step([]float32{1})
	require.NoError(t, err)
	got, err := session.Run(nil)
	require.NoError(t, err)
	require.Equal(t, bits(want), bits(got), "the answer for the steps so far")
}

func TestStateIsAView(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 5, Layers: 2}
	m := model(t, s)
	first := m.NewSession()
	_, err := first.Run(s.Inputs(10, 1))
	require.NoError(t, err)
	second := m.NewSession()
	for layer := range 2 {
		fromH, fromC := first.State(layer, 0)
		toH, toC := second.State(layer, 0)
		copy(toH, fromH)
		copy(toC, fromC)
	}
	x := s.Inputs(1, 2)
	want, err := first.Step(x)
	require.NoError(t, err)
	got, err := second.Step(x)
	require.NoError(t, err)
	require.Equal(t, bits(want), bits(got))
}

func TestLogitsAreWhatTheOutputIsAppliedTo(t *testing.T) {
	for _, output := range []format.Output{format.OutputLinear, format.OutputSoftmax, format.OutputSigmoid} {
		s := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 9, Outputs: 3, Output: output}
		linear := s
		linear.Output = format.OutputLinear
		in := inputOf(s, 5)
		session := model(t, s).NewSession()
		require.Nil(t, session.Logits())
		_, err := in.run(session)
		require.NoError(t, err)
		want, err := in.run(model(t, linear).NewSession())
		require.NoError(t, err)
		require.Equal(t, bits(want[12:]), bits(session.Logits()))
		session.Grow(10_000)
		require.Equal(t, bits(want[12:]), bits(session.Logits()), "Grow moves them")
		session.Reset()
		require.Nil(t, session.Logits())
	}
}

func TestNothingIsAllocated(t *testing.T) {
	const steps = 150
	for i, s := range shapes() {
		for _, fold := range []rnn.Option{rnn.FoldAlways, rnn.FoldNever} {
			m := model(t, s, fold)
			t.Run(fmt.Sprintf("%v/folded=%v", s, m.Folded()), func(t *testing.T) {
				if testing.Short() && i%3 > 0 {
					t.Skip("two of three shapes, left out by -short")
				}
				session := m.NewSession()
				session.Grow(steps)
				in := inputOf(s, steps)
				one := in.part(s, 0, 1)
				calls := []func() ([]float32, error){
					func() ([]float32, error) { return in.run(session) },
					func() ([]float32, error) { return one.run(session) },
				}
				if m.Streamable() {
					calls = append(calls, func() ([]float32, error) { return one.step(session) })
				}
				for i, call := range calls {
					var y []float32
					var err error
					require.Zero(t, testing.AllocsPerRun(3, func() { y, err = call() }), "call %d", i)
					require.NoError(t, err)
					require.NotEmpty(t, y)
					require.Zero(t, testing.AllocsPerRun(3, session.Reset))
				}
			})
			if s.Tokens == 0 {
				break
			}
		}
	}
}
