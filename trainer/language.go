package trainer

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A LanguageModel is the task of predicting the next token at every step of a
// text: many-to-many, with the loss averaged over the steps.
//
// The text is cut into batchSize streams, which are read side by side in windows
// of window tokens. The state is carried from window to window, but gradients are
// not (truncated back-propagation through time). The windows start at a different
// place in each epoch.
type LanguageModel struct {
	train, validation dataset.TokenText
	batchSize, window int
}

// NewLanguageModel returns the task for a text and one to validate on, which may
// be empty.
func NewLanguageModel(train, validation dataset.TokenText, batchSize, window int) (*LanguageModel, error) {
	if batchSize < 1 || window < 1 {
		return nil, fmt.Errorf("the batch size is %d and the window %d, want both at least 1", batchSize, window)
	}
	if train.Len()/batchSize < window || train.Len() < batchSize*(window+2) {
		return nil, fmt.Errorf("the text has %s, but %s of at least one window of %d need %.0f: "+
			"choose a smaller batch or window", message.Count(train.Len(), "token"), message.Count(batchSize, "stream"), window, float64(batchSize)*(float64(window)+2))
	}
	if validation.Len() == 1 {
		return nil, errors.New("the validation text has one token, but predicting needs two")
	}
	return &LanguageModel{train, validation, batchSize, window}, nil
}

// Minibatches returns the number of minibatches of an epoch. Each has one window
// of every stream.
func (l *LanguageModel) Minibatches() int {
	return (l.train.Len()/l.batchSize - 1) / l.window
}

// Epoch yields the windows of the training text.
func (l *LanguageModel) Epoch(rng *rand.Rand, from int) iter.Seq2[Minibatch, error] {
	spare := l.train.Len() - l.batchSize*(l.Minibatches()*l.window+1)
	skip := rng.IntN(min(l.window, spare+1))
	return windows(l.train, skip, l.batchSize, l.window, from, l.Minibatches())
}

// Validation yields the windows of the validation text.
func (l *LanguageModel) Validation() iter.Seq2[Minibatch, error] {
	n := min(l.batchSize, l.validation.Len()/2)
	if n == 0 {
		return func(func(Minibatch, error) bool) {}
	}
	length := l.validation.Len()/n - 1
	return windows(l.validation, 0, n, l.window, 0, (length+l.window-1)/l.window)
}

// windows yields the windows first … steps-1 of n streams of a text from token
// skip on. The last window is shorter if the streams end in it.
func windows(text dataset.TokenText, skip, n, window, first, steps int) iter.Seq2[Minibatch, error] {
	return func(yield func(Minibatch, error) bool) {
		length := (text.Len()-skip)/n - 1
		for step := first; step < steps; step++ {
			from := step * window
			to := min(from+window, length)
			mb := Minibatch{Sequences: make([]dataset.Sequence, n), Carry: step > 0}
			for i := range mb.Sequences {
				tokens := make([]int32, to-from+1)
				if err := text.Read(tokens, skip+i*(length+1)+from); err != nil {
					yield(Minibatch{}, err)
					return
				}
				mb.Sequences[i] = dataset.Sequence{Tokens: tokens[:to-from], Classes: tokens[1:]}
			}
			if !yield(mb, nil) {
				return
			}
		}
	}
}
