package trainer

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

// The ranges cover all of the work once, and there are as many as pay.
func TestSplit(t *testing.T) {
	for _, test := range []struct{ cores, n, cost, pieces int }{
		{1, 100, worthwhile, 1},
		{2, 100, worthwhile, 2},
		{8, 3, worthwhile, 3},
		{8, 100, worthwhile/25 + 1, 4},
		{8, 100, 1, 1},
		{2, 0, worthwhile, 1},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			var mutex sync.Mutex
			done, pieces := make([]int, test.n), 0
			crew{nil, test.cores}.split(test.n, test.cost, func(from, to int) {
				mutex.Lock()
				defer mutex.Unlock()
				pieces++
				for i := from; i < to; i++ {
					done[i]++
				}
			})
			require.Equal(t, test.pieces, pieces)
			for _, times := range done {
				require.Equal(t, 1, times)
			}
		})
	}
}

// Cores share a minibatch that is too small for several parts, and the weights
// are the same.
func TestWeightsDoNotDependOnTheNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	lengths := []int{12, 3, 12, 1, 9, 12, 7, 12, 12, 5, 12, 12, 2, 12, 10}
	batches := []int{4, 15}
	if testing.Short() {
		batches = []int{4}
	}
	for _, c := range cells {
		for _, dtype := range []format.DType{format.DTypeF32, format.DTypeInt8} {
			for _, task := range []format.Task{format.TaskTag, format.TaskTranslate} {
				for _, batch := range batches {
					t.Run(fmt.Sprintf("%s/%v/%v/%d", c.name, dtype, task, batch), func(t *testing.T) {
						a := Architecture{
							Task: task, Cell: c.cell, Variant: c.variant, Tokens: 40, EmbeddingSize: 33, Layers: 2,
							HiddenSize: 70, Bidirectional: true, Outputs: 300, Output: format.OutputSoftmax,
						}
						if task == format.TaskTranslate {
							a.Outputs, a.TargetTokens = 0, 300
						}
						runtime.GOMAXPROCS(1)
						want := trainedWeights(t, a, dtype, lengths[:batch])
						for _, cores := range []int{2, 5} {
							runtime.GOMAXPROCS(cores)
							require.Equal(t, want, trainedWeights(t, a, dtype, lengths[:batch]), "%d cores", cores)
						}
					})
				}
			}
		}
	}
}

// trainedWeights returns the bits of a network's weights after steps on sequences of
// the given lengths.
func trainedWeights(t *testing.T, a Architecture, dtype format.DType, lengths []int) [][]uint32 {
	t.Helper()
	net, err := NewNetwork(a, 1)
	require.NoError(t, err)
	require.NoError(t, net.SetDType(dtype))
	rng := rand.New(rand.NewPCG(1, 2))
	trainer := NewTrainer(net, Options{Clip: 1, Dropout: 0.2, RecurrentDropout: 0.1})
	for range 2 {
		sequences := randomSequences(outputModel(net.Model()), rng, lengths...)
		if a.Task == format.TaskTranslate {
			for i := range sequences {
				for range lengths[len(lengths)-1-i] {
					sequences[i].Source = append(sequences[i].Source, rng.Int32N(int32(a.Tokens)))
				}
			}
		}
		_, err := trainer.Step(sequences, 0.01, false)
		require.NoError(t, err)
	}
	return weightBits(net)
}

// A small minibatch keeps all cores busy: one replica uses them all.
func TestOnePartHasAllCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	net, sequences := smallRegression(t)
	trainer := NewTrainer(net, Options{})
	_, err := trainer.Step(sequences, 0.1, false)
	require.NoError(t, err)
	require.Len(t, trainer.replicas, 1)
	require.Equal(t, crew{net.kernels, 4}, trainer.replicas[0].crew)

	trainer = NewTrainer(net, Options{Parts: 3})
	_, err = trainer.Step(sequences, 0.1, false)
	require.NoError(t, err)
	for _, p := range trainer.replicas {
		require.Equal(t, crew{net.kernels, 1}, p.crew)
	}
}
