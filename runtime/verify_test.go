package runtime_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	for _, s := range shapes() {
		t.Run(s.String(), func(t *testing.T) {
			d := s.Model()
			m := load(t, d)
			require.ErrorIs(t, m.Verify(), rnn.ErrNoGoldens)
			for _, steps := range []int{1, 40} {
				in := inputOf(s, steps)
				g, err := m.Golden(in.tokens, in.xs)
				require.NoError(t, err)
				require.Equal(t, steps, g.Steps)
				d.Goldens = append(d.Goldens, g)
			}
			require.NoError(t, d.Validate())
			for set, opt := range kernelSets() {
				require.NoError(t, load(t, d, opt).Verify(), set)
			}
			d.Goldens[1].Hash++
			var failed *rnn.VerifyError
			err := load(t, d, rnn.WithKernels("generic")).Verify()
			require.ErrorAs(t, err, &failed)
			require.ErrorIs(t, err, rnn.ErrVerify)
			require.Equal(t, []any{1, "generic", "Run", -1}, []any{failed.Golden, failed.Kernels, failed.Call, failed.Step})
			require.ErrorContains(t, err, "golden 1 by Run on kernel set generic: an output before")
		})
	}
}

func TestVerifyNamesTheOutputThatIsFarthestOff(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 9, Outputs: 3}
	d := s.Model()
	g, err := load(t, d).Golden(nil, s.Inputs(5, 1))
	require.NoError(t, err)
	want := g.Last[2]
	d.Goldens = []format.Golden{g}
	d.Head.Bias[1] += 0.01
	d.Head.Bias[2] += 0.02
	err = load(t, d).Verify()
	var failed *rnn.VerifyError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, []any{0, 4, 2, want}, []any{failed.Golden, failed.Step, failed.Output, failed.Want})
	require.InDelta(t, want+0.02, failed.Got, 1e-6)
	require.ErrorContains(t, err, "step 4, output 2: got")
}

func TestAGoldenNeedsAnInput(t *testing.T) {
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 3}
	numbers := model(t, s)
	s.Tokens = 3
	tokens := model(t, s)
	for _, test := range []struct {
		model  *rnn.Model
		tokens []int32
		xs     []float32
		want   error
	}{
		{numbers, nil, nil, rnn.ErrNoSteps},
		{numbers, nil, make([]float32, 3), rnn.ErrInputSize},
		{numbers, []int32{1}, nil, rnn.ErrInputKind},
		{tokens, nil, nil, rnn.ErrNoSteps},
		{tokens, []int32{3}, nil, rnn.ErrTokenRange},
		{tokens, nil, make([]float32, 2), rnn.ErrInputKind},
	} {
		_, err := test.model.Golden(test.tokens, test.xs)
		require.ErrorIs(t, err, test.want)
	}
}

// TestVerifyTakesLittleMemory reads a file of about 100 KiB that claims
// gigabytes of outputs.
func TestVerifyTakesLittleMemory(t *testing.T) {
	const steps = 1500
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 1, Hidden: 1, Tokens: 4096,
		Outputs: 4096, Output: format.OutputSoftmax, Task: format.TaskLanguage,
	}
	d := s.Model()
	m := load(t, d)
	require.Greater(t, m.SequenceBytes(steps), 24_000_000)
	before := allocated()
	g, err := m.Golden(s.Sequence(steps, 1), nil)
	require.NoError(t, err)
	d.Goldens = []format.Golden{g}
	m = load(t, d)
	require.NoError(t, m.Verify())
	require.Less(t, allocated()-before, uint64(10_000_000))

	d.Goldens[0].Hash++
	require.ErrorContains(t, load(t, d).Verify(), "an output before")
}

func TestGoldensTooLongToReadBackward(t *testing.T) {
	const steps = 20000
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 1, Hidden: 1, Tokens: 4096, Bidirectional: true,
		Outputs: 4096, Output: format.OutputSoftmax,
	}
	d := s.Model()
	tokens := s.Sequence(steps, 1)
	before := allocated()
	_, err := load(t, d).Golden(tokens, nil)
	require.ErrorIs(t, err, rnn.ErrGoldenLength)
	d.Goldens = []format.Golden{{Tokens: tokens, Steps: steps, Last: make([]float32, 4096)}}
	err = load(t, d).Verify()
	require.ErrorIs(t, err, rnn.ErrGoldenLength)
	require.ErrorContains(t, err, "golden 0: the golden input is too long to replay: 20000 steps would take")
	require.Less(t, allocated()-before, uint64(20<<20))
	require.NoError(t, err2(load(t, d).Golden(tokens[:1000], nil)))
}

func err2(_ format.Golden, err error) error { return err }

// allocated returns how many bytes have been allocated in total.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
