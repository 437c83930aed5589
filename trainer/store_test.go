package trainer

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// The weights are the same bits, whether the data are in memory or in a file.
func TestTrainingFromAFile(t *testing.T) {
	for _, c := range trainings {
		t.Run(c.name, func(t *testing.T) {
			var weights [2][][]float32
			for i := range weights {
				net, task := c.network(t)
				if i == 1 {
					task = onDisk(t, task)
				}
				_, err := Fit(context.Background(), net, task, c.options())
				require.NoError(t, err)
				weights[i] = net.weights()
			}
			require.Equal(t, weights[0], weights[1])
		})
	}
}

// onDisk returns the task with its data in a file.
func onDisk(t *testing.T, task Task) Task {
	t.Helper()
	switch task := task.(type) {
	case *LanguageModel:
		s := dataset.NewTokenStore(0)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		require.NoError(t, s.Add(task.train.(dataset.Tokens)))
		task.train = s
	case *SequenceTask:
		s := dataset.NewSequenceStore(0)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		var numbers []int
		for i := range task.train.Len() { // backwards, and read in the old order
			q, err := task.train.At(task.train.Len() - 1 - i)
			require.NoError(t, err)
			require.NoError(t, s.Add(q))
			numbers = append(numbers, task.train.Len()-1-i)
		}
		task.train = dataset.Select(s, numbers)
	}
	return task
}

// A text that cannot be read ends the training with its error.
func TestTrainingFromATextThatIsGone(t *testing.T) {
	net, task := smallLanguageModel(t, format.CellRNN)
	text := task.(*LanguageModel)
	text.train = unreadable{text.train}
	_, err := Fit(context.Background(), net, task, FitOptions{})
	require.ErrorIs(t, err, os.ErrClosed)
}

// unreadable is a text whose file is gone.
type unreadable struct{ dataset.TokenText }

func (unreadable) Read([]int32, int) error { return os.ErrClosed }
