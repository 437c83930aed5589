package trainer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// A training is one that the tests interrupt. Everything that a checkpoint has
// to hold occurs in one of them.
type training struct {
	name    string
	network func(t *testing.T) (*Network, Task)
	options func() FitOptions
}

var trainings = []training{
	{"language model, carried states, dropout, cosine",
		func(t *testing.T) (*Network, Task) { return smallLanguageModel(t, format.CellLSTM) },
		func() FitOptions {
			return FitOptions{
				Options: Options{Clip: 1, Dropout: 0.2, InputDropout: 0.1, Seed: 5, Parts: 2},
				Epochs:  3, LearningRate: 0.01, Schedule: Warmup{5, CosineDecay{}},
			}
		}},
	{"language model, momentum, plateau",
		func(t *testing.T) (*Network, Task) { return smallLanguageModel(t, format.CellGRU) },
		func() FitOptions {
			return FitOptions{
				Options: Options{Optimizer: &SGD{Momentum: 0.9}, Clip: 1},
				Epochs:  4, LearningRate: 0.3, Schedule: PlateauDecay{Gamma: 0.5},
			}
		}},
	{"tied language model, recurrent dropout, centered RMSProp",
		func(t *testing.T) (*Network, Task) {
			net, err := NewNetwork(Architecture{
				Task: format.TaskLanguage, Cell: format.CellRNN, Tokens: 4, EmbeddingSize: 9, HiddenSize: 9, Layers: 1,
				Outputs: 4, Output: format.OutputSoftmax, TieWeights: true,
			}, 7)
			require.NoError(t, err)
			_, task := smallLanguageModel(t, format.CellRNN)
			return net, task
		},
		func() FitOptions {
			return FitOptions{
				Options: Options{
					Optimizer: &RMSProp{Centered: true, Momentum: 0.5}, RecurrentDropout: 0.3, ClipValue: 0.1,
					LearningRates: map[string]float64{"head": 2, "layer 0": 0.5},
				},
				Epochs: 3, LearningRate: 0.003, Schedule: ExponentialDecay{0.8},
			}
		}},
	{"int8 language model, carried states",
		func(t *testing.T) (*Network, Task) {
			net, task := smallLanguageModel(t, format.CellGRU)
			require.NoError(t, net.SetDType(format.DTypeInt8))
			return net, task
		},
		func() FitOptions {
			return FitOptions{Options: Options{Clip: 1, Dropout: 0.2, Seed: 5}, Epochs: 2, LearningRate: 0.01}
		}},
	{"classifier, order of the data, early stopping", smallClassifier,
		func() FitOptions {
			return FitOptions{
				Options: Options{Optimizer: &Adam{Decoupled: true, WeightDecay: 0.1}, Seed: 3},
				Epochs:  9, LearningRate: 0.1, Patience: 1, Schedule: StepDecay{2, 0.5},
			}
		}},
	{"encoder–decoder, tied, dropout",
		func(t *testing.T) (*Network, Task) { return smallTranslation(t, true) },
		func() FitOptions {
			return FitOptions{
				Options: Options{Clip: 1, Dropout: 0.2, InputDropout: 0.1, RecurrentDropout: 0.1, Seed: 5,
					LearningRates: map[string]float64{"decoder head": 2}},
				Epochs: 3, LearningRate: 0.01, Schedule: CosineDecay{},
			}
		}},
}

func smallClassifier(t *testing.T) (*Network, Task) {
	t.Helper()
	net, err := NewNetwork(Architecture{
		Task: format.TaskClassify, Cell: format.CellGRU, Tokens: 9, EmbeddingSize: 4, HiddenSize: 6, Layers: 1,
		Bidirectional: true, Pool: format.PoolLast, Outputs: 3, Output: format.OutputSoftmax,
	}, 7)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	var examples []dataset.Sequence
	for range 200 {
		examples = append(examples, randomSequences(net.Model(), rng, 1+rng.IntN(9))...)
	}
	task, err := NewSequenceTask(dataset.Sequences(examples[:150]), dataset.Sequences(examples[150:]), 8)
	require.NoError(t, err)
	return net, task
}

// A killing ends a training that writes checkpoints at some moment. It returns
// Fit's error, or errKilled.
type killing func(net *Network, task Task, options FitOptions, rng *rand.Rand) error

var errKilled = errors.New("killed")

// recovered turns a panic into errKilled. A panic leaves the same files as a
// kill.
func recovered(f func() error) (err error) {
	defer func() {
		if v := recover(); v == errKilled {
			err = errKilled
		} else if v != nil {
			panic(v)
		}
	}()
	return f()
}

var killings = map[string]killing{
	"cancelled between two steps": func(net *Network, task Task, options FitOptions, rng *rand.Rand) error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		left := rng.IntN(20)
		options.Progress = func(Progress) {
			if left--; left < 0 {
				cancel()
			}
		}
		_, err := Fit(ctx, net, task, options)
		return err
	},
	"killed between two steps": func(net *Network, task Task, options FitOptions, rng *rand.Rand) error {
		left := rng.IntN(40)
		options.Progress = func(Progress) {
			if left--; left < 0 {
				panic(errKilled)
			}
		}
		return recovered(func() error {
			_, err := Fit(context.Background(), net, task, options)
			return err
		})
	},
	"killed within a step": func(net *Network, task Task, options FitOptions, rng *rand.Rand) error {
		// On one core the optimizer runs in Fit's goroutine.
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		if options.Optimizer == nil {
			options.Optimizer = &Adam{}
		}
		options.Optimizer = &killer{options.Optimizer, rng.IntN(400)}
		return recovered(func() error {
			_, err := Fit(context.Background(), net, task, options)
			return err
		})
	},
}

// A killer is an optimizer that panics at an update.
type killer struct {
	Optimizer
	left int
}

func (k *killer) update(i, from int, w, g, copies []float32, lr float64, step int) {
	k.Optimizer.update(i, from, w, g, copies, lr, step)
	if k.left--; k.left < 0 {
		panic(errKilled)
	}
}

// A training that is killed at any moment and resumed ends with the same bits
// as one that is never killed.
func TestResumedTrainingEndsWithTheSameBits(t *testing.T) {
	for _, c := range trainings {
		want, task := c.network(t)
		wantResult, err := Fit(context.Background(), want, task, c.options())
		require.NoError(t, err)
		wantResult.Elapsed = 0
		for name, kill := range killings {
			for _, every := range []int{0, 1, 7} {
				t.Run(fmt.Sprintf("%s/%s/every %d", c.name, name, every), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(uint64(every), 8))
					checkpoints := Checkpoints{Path: filepath.Join(t.TempDir(), "checkpoint"), Every: every, Resume: true}
					for range 6 {
						net, task := c.network(t)
						options := c.options()
						options.Checkpoints = checkpoints
						if err := kill(net, task, options, rng); err == nil {
							break
						} else if !errors.Is(err, context.Canceled) {
							require.ErrorIs(t, err, errKilled)
						}
						// A kill may leave a half-written checkpoint.
						require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(checkpoints.Path), ".checkpoint.tmp"), []byte("RNN"), 0o600))
					}
					for range 2 { // the second call finds the training ended
						net, task := c.network(t)
						options := c.options()
						options.Checkpoints = checkpoints
						result, err := Fit(context.Background(), net, task, options)
						require.NoError(t, err)
						result.Elapsed = 0
						require.Equal(t, weightBits(want), weightBits(net))
						require.Equal(t, wantResult, result)
					}
				})
			}
		}
	}
}

func TestResumeWithoutACheckpointBegins(t *testing.T) {
	net, task := smallLanguageModel(t, format.CellRNN)
	result, err := Fit(context.Background(), net, task, FitOptions{
		Epochs: 1, Checkpoints: Checkpoints{Path: filepath.Join(t.TempDir(), "none"), Resume: true},
	})
	require.NoError(t, err)
	require.Equal(t, task.Minibatches(), result.Steps)
	_, err = Fit(context.Background(), net, task, FitOptions{Checkpoints: Checkpoints{Resume: true}})
	require.ErrorContains(t, err, "give its path")
}

// A checkpoint of another training is refused, and the error says what differs.
func TestResumeRefusesAnotherTraining(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	dtype := format.DTypeF32
	fit := func(cell format.Cell, change func(o *FitOptions)) error {
		net, task := smallLanguageModel(t, cell)
		require.NoError(t, net.SetDType(dtype))
		o := FitOptions{Epochs: 1, Checkpoints: Checkpoints{
			Path: path, Identity: []format.Property{{Key: "data", Value: "text"}},
		}}
		change(&o)
		_, err := Fit(context.Background(), net, task, o)
		return err
	}
	require.NoError(t, fit(format.CellLSTM, func(*FitOptions) {}))
	for _, c := range []struct {
		want   string
		cell   format.Cell
		change func(o *FitOptions)
	}{
		{`learning rate was "0.001", and is now "0.01"`, format.CellLSTM, func(o *FitOptions) { o.LearningRate = 0.01 }},
		{`LSTM standard 5→12×1`, format.CellGRU, func(o *FitOptions) {}},
		{`seed was "0", and is now "1"`, format.CellLSTM, func(o *FitOptions) { o.Seed = 1 }},
		{`schedule was "constant", and is now "cosine to 0"`, format.CellLSTM, func(o *FitOptions) { o.Schedule = CosineDecay{} }},
		{`optimizer was "Adam`, format.CellLSTM, func(o *FitOptions) { o.Optimizer = &SGD{} }},
		{`data was "text", and is now "other"`, format.CellLSTM, func(o *FitOptions) { o.Checkpoints.Identity[0].Value = "other" }},
		{`data was "text", and is not given now`, format.CellLSTM, func(o *FitOptions) { o.Checkpoints.Identity = nil }},
	} {
		err := fit(c.cell, func(o *FitOptions) {
			o.Checkpoints.Resume = true
			c.change(o)
		})
		var e *CheckpointError
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, ErrMismatch)
		require.ErrorContains(t, err, path)
		require.ErrorContains(t, err, c.want)
	}
	dtype = format.DTypeInt8
	err := fit(format.CellLSTM, func(o *FitOptions) { o.Checkpoints.Resume = true })
	require.ErrorContains(t, err, `number format was "", and is now "int8"`)
}

// A checkpoint that is damaged anywhere is refused without a panic.
func TestResumeRefusesADamagedCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	resume := func() error {
		net, task := smallLanguageModel(t, format.CellGRU)
		_, err := Fit(context.Background(), net, task, FitOptions{Epochs: 1, Checkpoints: Checkpoints{Path: path, Resume: true}})
		return err
	}
	require.NoError(t, resume())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		flipped := append([]byte(nil), whole...)
		flipped[rng.IntN(len(whole))] ^= 1 << rng.IntN(8)
		for _, damaged := range [][]byte{flipped, whole[:rng.IntN(len(whole))], append(whole[:len(whole):len(whole)], 0)} {
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			err := resume()
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, path)
		}
	}
}

// The error of a failed training says where it failed and what to try, and the
// last good checkpoint is kept.
func TestBrokenTrainingLeavesTheLastCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	net, task := smallLanguageModel(t, format.CellRNN)
	options := FitOptions{
		Options: Options{Optimizer: &SGD{}}, Epochs: 1, LearningRate: 0.01,
		Checkpoints: Checkpoints{Path: path, Every: 2},
	}
	options.Progress = func(p Progress) {
		if p.Step == 5 {
			net.parameters[0].data[0] = float32(math.NaN())
		}
	}
	_, err := Fit(context.Background(), net, task, options)
	var broken *NotFiniteError
	require.ErrorAs(t, err, &broken)
	require.ErrorIs(t, err, ErrNotFinite)
	require.Equal(t, 6, broken.Step)
	for _, want := range []string{"step 6:", "the loss is NaN", "at learning rate 0.01", "try a lower learning rate", "of step 4 is kept", path} {
		require.ErrorContains(t, err, want)
	}
	c, err := readCheckpoint(path)
	require.NoError(t, err)
	require.Equal(t, 4, c.State.Step)
}

func TestACheckpointThatCannotBeWrittenEndsTheTraining(t *testing.T) {
	net, task := smallLanguageModel(t, format.CellRNN)
	_, err := Fit(context.Background(), net, task, FitOptions{
		Epochs: 1, Checkpoints: Checkpoints{Path: filepath.Join(t.TempDir(), "none", "checkpoint"), Every: 3},
	})
	var e *CheckpointError
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, os.ErrNotExist)
}
