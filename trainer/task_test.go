package trainer

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
)

// The targets of every window are the tokens one step later, and the windows of
// a stream follow one another.
func TestLanguageModelWindows(t *testing.T) {
	tokens := make([]int32, 1003)
	for i := range tokens {
		tokens[i] = int32(i)
	}
	task, err := NewLanguageModel(dataset.Tokens(tokens), dataset.Tokens(tokens[:100]), 4, 7)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3 {
		steps := 0
		next := make([]int32, 4)
		for mb, err := range task.Epoch(rng, 0) {
			require.NoError(t, err)
			require.Equal(t, steps > 0, mb.Carry)
			require.Len(t, mb.Sequences, 4)
			for i, s := range mb.Sequences {
				require.Len(t, s.Tokens, 7)
				if steps > 0 {
					require.Equal(t, next[i], s.Tokens[0])
				}
				next[i] = s.Tokens[6] + 1
				for k := range s.Tokens {
					require.Equal(t, s.Tokens[k]+1, s.Classes[k])
				}
			}
			steps++
		}
		require.Equal(t, task.Minibatches(), steps)
	}

	targets := 0
	for mb, err := range task.Validation() {
		require.NoError(t, err)
		for _, s := range mb.Sequences {
			targets += len(s.Classes)
		}
	}
	require.Equal(t, 96, targets, "four streams of 25 tokens have 24 targets each")
}

func TestLanguageModelNeedsEnoughText(t *testing.T) {
	_, err := NewLanguageModel(make(dataset.Tokens, 10), dataset.Tokens{}, 4, 7)
	require.ErrorContains(t, err, "the text has 10 tokens")
	_, err = NewLanguageModel(make(dataset.Tokens, 100), make(dataset.Tokens, 1), 4, 7)
	require.ErrorContains(t, err, "predicting needs two")
	_, err = NewLanguageModel(make(dataset.Tokens, 100), dataset.Tokens{}, 0, 7)
	require.ErrorContains(t, err, "at least 1")
}

// An epoch has every example once, in minibatches of similar lengths.
func TestClassificationEpoch(t *testing.T) {
	var train []dataset.Sequence
	for i := range 1000 {
		train = append(train, dataset.Sequence{Tokens: make([]int32, 1+i%50), Classes: []int32{int32(i)}})
	}
	task, err := NewSequenceTask(dataset.Sequences(train), dataset.Sequences(train[:33]), 16)
	require.NoError(t, err)
	var orders [2][]int32
	for e := range orders {
		seen := map[int32]bool{}
		batches := 0
		for mb, err := range task.Epoch(rand.New(rand.NewPCG(uint64(e), 1)), 0) {
			require.NoError(t, err)
			batches++
			shortest, longest := 100, 0
			for _, s := range mb.Sequences {
				require.False(t, seen[s.Classes[0]])
				seen[s.Classes[0]] = true
				orders[e] = append(orders[e], s.Classes[0])
				shortest, longest = min(shortest, len(s.Tokens)), max(longest, len(s.Tokens))
			}
			require.LessOrEqual(t, longest-shortest, 3)
		}
		require.Len(t, seen, 1000)
		require.Equal(t, task.Minibatches(), batches)
	}
	require.NotEqual(t, orders[0], orders[1])

	var validation int
	for mb, err := range task.Validation() {
		require.NoError(t, err)
		validation += len(mb.Sequences)
	}
	require.Equal(t, 33, validation)

	_, err = NewSequenceTask(dataset.Sequences{}, dataset.Sequences{}, 1)
	require.ErrorContains(t, err, "no examples")
	_, err = NewSequenceTask(dataset.Sequences(train), dataset.Sequences{}, 0)
	require.ErrorContains(t, err, "the batch size is 0")
}

// A balanced epoch is as long as others, and has equally many examples of every class:
// all examples of a rare class, and no example of a common class twice.
func TestBalancedEpoch(t *testing.T) {
	var examples dataset.Sequences
	for i := range 90 {
		class := int32(0)
		if i%9 == 0 {
			class = 1
		} else if i%9 == 1 {
			class = 5
		}
		examples = append(examples, dataset.Sequence{Inputs: []float32{float32(i)}, Classes: []int32{class}})
	}
	task, err := NewSequenceTask(examples, dataset.Sequences{}, 8)
	require.NoError(t, err)
	require.NoError(t, task.Balance())
	epoch := func(seed uint64, from int) (list []dataset.Sequence) {
		for mb, err := range task.Epoch(rand.New(rand.NewPCG(seed, 1)), from) {
			require.NoError(t, err)
			list = append(list, mb.Sequences...)
		}
		return list
	}
	list := epoch(1, 0)
	counts, times := map[int32]int{}, map[float32]int{}
	for _, s := range list {
		counts[s.Classes[0]]++
		times[s.Inputs[0]]++
	}
	require.Equal(t, map[int32]int{0: 30, 1: 30, 5: 30}, counts)
	for _, s := range list {
		want := 3 // 30 examples are three times all ten
		if s.Classes[0] == 0 {
			want = 1
		}
		require.Equal(t, want, times[s.Inputs[0]])
	}
	require.Equal(t, list, epoch(1, 0))
	require.NotEqual(t, list, epoch(2, 0))
	require.Equal(t, list[3*8:], epoch(1, 3), "a training that is resumed goes on with the same examples")
	require.Len(t, list, 90)

	bad, err := NewSequenceTask(dataset.Sequences{{Inputs: []float32{1}, Values: []float32{1}}}, dataset.Sequences{}, 1)
	require.NoError(t, err)
	require.ErrorContains(t, bad.Balance(), "example 0 has 0 classes")
}
