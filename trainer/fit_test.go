package trainer

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// An alternating text, in which two tokens determine the next one.
func pattern(n int) []int32 {
	tokens := make([]int32, n)
	for i := range tokens {
		tokens[i] = []int32{0, 1, 2, 1, 3}[i%5]
	}
	return tokens
}

func smallLanguageModel(t *testing.T, cell format.Cell) (*Network, Task) {
	t.Helper()
	net, err := NewNetwork(Architecture{
		Task: format.TaskLanguage, Cell: cell, Tokens: 4, EmbeddingSize: 5,
		HiddenSize: 12, Layers: 2, Outputs: 4, Output: format.OutputSoftmax,
	}, 7)
	require.NoError(t, err)
	task, err := NewLanguageModel(dataset.Tokens(pattern(2000)), dataset.Tokens(pattern(301)), 16, 10)
	require.NoError(t, err)
	return net, task
}

func TestEveryCellLearnsAPattern(t *testing.T) {
	for _, c := range []format.Cell{format.CellRNN, format.CellLSTM, format.CellGRU} {
		t.Run(c.String(), func(t *testing.T) {
			net, task := smallLanguageModel(t, c)
			r, err := Fit(context.Background(), net, task, FitOptions{
				Options: Options{Clip: 1}, Epochs: 25, LearningRate: 0.02, Schedule: Warmup{5, CosineDecay{}},
			})
			require.NoError(t, err)
			require.Greater(t, r.Validation.Correct, 0.95)
			require.Less(t, r.Validation.Loss, 0.2)
		})
	}
}

// The weights depend on the seed, but not on the number of cores.
func TestSameSeedSameBitsOnAnyNumberOfCores(t *testing.T) {
	train := func(cores int, seed uint64) [][]uint32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		net, task := smallLanguageModel(t, format.CellLSTM)
		_, err := Fit(context.Background(), net, task, FitOptions{
			Options: Options{Clip: 1, Dropout: 0.2, InputDropout: 0.1, RecurrentDropout: 0.1, Seed: seed}, Epochs: 3, LearningRate: 0.01,
		})
		require.NoError(t, err)
		return weightBits(net)
	}
	one := train(1, 5)
	require.Equal(t, one, train(2, 5))
	require.Equal(t, one, train(7, 5))
	require.NotEqual(t, one, train(1, 6))
}

// Nor do they depend on the kernel set.
func TestSameSeedSameBitsOnEveryKernelSet(t *testing.T) {
	for _, c := range cells {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeInt8} {
			t.Run(fmt.Sprintf("%s/%v", c.name, dtype), func(t *testing.T) {
				var want [][]uint32
				for _, set := range kernels.Available() {
					t.Setenv(kernels.EnvVar, set.Name())
					net, err := NewNetwork(Architecture{
						Cell: c.cell, Variant: c.variant, InputSize: 3, HiddenSize: 20, Layers: 2, Bidirectional: true,
						Pool: format.PoolLast, Outputs: 2, Output: format.OutputSoftmax,
					}, 3)
					require.NoError(t, err)
					require.NoError(t, net.SetDType(dtype))
					examples := randomSequences(net.Model(), rand.New(rand.NewPCG(3, 4)), 9, 3, 14, 6, 6, 1, 11, 8)
					trainer := NewTrainer(net, Options{Clip: 0.5, Dropout: 0.1, RecurrentDropout: 0.2, Parts: 2})
					for range 5 {
						_, err := trainer.Step(examples, 0.01, false)
						require.NoError(t, err)
					}
					if want == nil {
						want = weightBits(net)
					}
					require.Equal(t, want, weightBits(net), set.Name())
				}
			})
		}
	}
}

// A script is a task whose validation gets better and worse as scores say.
type script struct {
	LanguageModel
	scores []int // how many of ten validation targets are easy
	calls  int
}

func (s *script) Validation() iter.Seq2[Minibatch, error] {
	easy := s.scores[min(s.calls, len(s.scores)-1)]
	s.calls++
	tokens := pattern(51)
	classes := append([]int32(nil), tokens[1:]...)
	for i := range classes {
		if i%10 >= easy {
			classes[i] = 3 - classes[i]
		}
	}
	return func(yield func(Minibatch, error) bool) {
		yield(Minibatch{Sequences: []dataset.Sequence{{Tokens: tokens[:50], Classes: classes}}}, nil)
	}
}

func TestEarlyStoppingKeepsTheBestEpoch(t *testing.T) {
	net, task := smallLanguageModel(t, format.CellGRU)
	s := &script{LanguageModel: *task.(*LanguageModel), scores: []int{5, 10, 3, 2, 1}}
	var saved [][]float32
	r, err := Fit(context.Background(), net, s, FitOptions{
		Options: Options{Clip: 1}, Epochs: 20, LearningRate: 0.02, Patience: 2,
		Improved: func(FitResult) error { saved = net.weights(); return nil },
	})
	require.NoError(t, err)
	require.Equal(t, 2, r.Epoch, "the second epoch was the best")
	require.Equal(t, 4, r.Epochs, "two epochs without a better one end the training")
	require.Equal(t, saved, net.weights(), "the network has the best epoch's weights")
}

func TestCancelStopsAfterTheStep(t *testing.T) {
	net, task := smallLanguageModel(t, format.CellRNN)
	ctx, cancel := context.WithCancel(context.Background())
	r, err := Fit(ctx, net, task, FitOptions{Epochs: 5, Progress: func(p Progress) {
		if p.Step == 20 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 20, r.Steps)
	require.Equal(t, 1, r.Epoch)
}

func TestProgressTellsEveryStep(t *testing.T) {
	net, task := smallLanguageModel(t, format.CellRNN)
	var steps, epochs int
	_, err := Fit(context.Background(), net, task, FitOptions{Epochs: 2, Progress: func(p Progress) {
		if p.EpochEnded {
			epochs++
			require.NotNil(t, p.Validation)
			return
		}
		steps++
		require.Equal(t, steps, p.Step)
		require.Equal(t, 2*task.Minibatches(), p.Steps)
		require.Greater(t, p.TokensPerSecond, 0.0)
		require.GreaterOrEqual(t, p.Left.Nanoseconds(), int64(0))
	}})
	require.NoError(t, err)
	require.Equal(t, 2*task.Minibatches(), steps)
	require.Equal(t, 2, epochs)
}

// The second step fails with an error, and the weights and the optimizer's
// moments are those after the first step.
func TestLossThatIsNotFiniteStops(t *testing.T) {
	net, err := NewNetwork(Architecture{Cell: format.CellRNN, Variant: format.VariantReLU, InputSize: 1, HiddenSize: 4, Layers: 1, Outputs: 1}, 1)
	require.NoError(t, err)
	trainer := NewTrainer(net, Options{})
	_, err = trainer.Step([]dataset.Sequence{{Inputs: []float32{1, -1}, Values: []float32{0, 0}}}, 0.1, false)
	require.NoError(t, err)
	learned := func() (all [][]uint32) {
		for _, a := range append(net.weights(), trainer.options.Optimizer.moments()[0].values...) {
			all = append(all, bits(a))
		}
		return all
	}
	before := learned()
	loss, err := trainer.Step([]dataset.Sequence{{Inputs: []float32{math.MaxFloat32, math.MaxFloat32}, Values: []float32{0, 0}}}, 0.25, false)
	require.ErrorIs(t, err, ErrNotFinite)
	var stopped *NotFiniteError
	require.ErrorAs(t, err, &stopped)
	require.Equal(t, 2, stopped.Step)
	require.Equal(t, 0.25, stopped.LearningRate)
	require.Equal(t, math.Float64bits(loss), math.Float64bits(stopped.Loss))
	sum := stopped.Loss + stopped.Norm
	require.True(t, math.IsInf(sum, 0) || math.IsNaN(sum), "a loss of %v and a norm of %v", stopped.Loss, stopped.Norm)
	require.Equal(t, before, learned())
}

func TestBidirectionalLanguageModelIsRefused(t *testing.T) {
	_, err := NewNetwork(Architecture{
		Task: format.TaskLanguage, Cell: format.CellGRU, Tokens: 4, EmbeddingSize: 4, HiddenSize: 4,
		Layers: 1, Outputs: 4, Output: format.OutputSoftmax, Bidirectional: true,
	}, 1)
	require.ErrorIs(t, err, format.ErrBidirectional)
	require.ErrorContains(t, err, "feeds its outputs back")
}

func TestArchitecturesThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		a    Architecture
		want string
	}{
		{Architecture{InputSize: 1, Layers: 1}, "hidden size is 0"},
		{Architecture{InputSize: 1, HiddenSize: 1}, "number of layers is 0"},
		{Architecture{HiddenSize: 1, Layers: 1}, "input size is 0"},
		{Architecture{HiddenSize: 1, Layers: 1, Tokens: 3}, "embedding size is 0"},
		{Architecture{InputSize: 1, HiddenSize: 1, Layers: 1, Outputs: -1}, "number of outputs is -1"},
	} {
		_, err := NewNetwork(c.a, 1)
		require.ErrorContains(t, err, c.want)
	}
}

func TestSequencesThatDoNotFit(t *testing.T) {
	tokens, err := NewNetwork(Architecture{Tokens: 3, EmbeddingSize: 2, HiddenSize: 4, Layers: 1, Outputs: 2, Output: format.OutputSoftmax}, 1)
	require.NoError(t, err)
	numbers, err := NewNetwork(Architecture{InputSize: 2, HiddenSize: 4, Layers: 1, Outputs: 2, Pool: format.PoolLast}, 1)
	require.NoError(t, err)
	for _, c := range []struct {
		net      *Network
		sequence dataset.Sequence
		want     string
	}{
		{tokens, dataset.Sequence{Classes: []int32{0}}, "no tokens"},
		{tokens, dataset.Sequence{Tokens: []int32{0, 3}, Classes: []int32{0, 0}}, "token 3 of step 1, want 0 to 2"},
		{tokens, dataset.Sequence{Tokens: []int32{-1}, Classes: []int32{0}}, "token -1"},
		{tokens, dataset.Sequence{Tokens: []int32{1, 2}, Classes: []int32{0}}, "1 target class, want 2"},
		{tokens, dataset.Sequence{Tokens: []int32{1}, Classes: []int32{2}}, "class 2 of step 0, want 0 to 1"},
		{numbers, dataset.Sequence{Inputs: []float32{1}, Values: []float32{0, 0}}, "want a positive multiple of the input size 2"},
		{numbers, dataset.Sequence{Inputs: []float32{1, 2}, Values: []float32{0}}, "1 target value, want"},
	} {
		_, err := NewTrainer(c.net, Options{}).Step([]dataset.Sequence{c.sequence}, 0.1, false)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "sequence 0")
	}
	_, err = NewTrainer(tokens, Options{}).Step(nil, 0.1, false)
	require.ErrorContains(t, err, "no target")
}

// One long sequence and its windows with carried state give the same outputs.
func TestCarriedStateContinuesTheSequence(t *testing.T) {
	for _, c := range cells {
		t.Run(c.name, func(t *testing.T) {
			net, err := NewNetwork(Architecture{
				Cell: c.cell, Variant: c.variant, Tokens: 6, EmbeddingSize: 3, HiddenSize: 9,
				Layers: 2, Outputs: 6, Output: format.OutputSoftmax,
			}, 3)
			require.NoError(t, err)
			whole := randomSequences(net.Model(), rand.New(rand.NewPCG(1, 2)), 12, 12, 12)
			trainer := NewTrainer(net, Options{Parts: 1})
			full, err := trainer.Evaluate(whole, false)
			require.NoError(t, err)
			var parts Evaluation
			for from := 0; from < 12; from += 4 {
				var window []dataset.Sequence
				for _, s := range whole {
					window = append(window, dataset.Sequence{Tokens: s.Tokens[from : from+4], Classes: s.Classes[from : from+4]})
				}
				s, err := trainer.Evaluate(window, from > 0)
				require.NoError(t, err)
				parts.add(s)
			}
			require.InDelta(t, full.Loss, parts.Loss, 1e-12)
			require.Equal(t, full.Targets, parts.Targets)
		})
	}
}
