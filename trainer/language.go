package trainer

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
)

// A LanguageModel is the task of predicting every next token of a text: many
// to many, with the loss averaged over the steps.
//
// The text is cut into BatchSize streams that are read side by side in windows
// of Window tokens. The state is carried from window to window, gradients are
// not. Where the windows begin is another place in every epoch.
type LanguageModel struct {
	train, validation []int32
	batchSize, window int
}

// NewLanguageModel returns the task for the tokens of a text and of one to
// validate on, which may be empty.
func NewLanguageModel(train, validation []int32, batchSize, window int) (*LanguageModel, error) {
	if batchSize < 1 || window < 1 {
		return nil, fmt.Errorf("batch size %d and window %d must be at least 1", batchSize, window)
	}
	if need := batchSize * (window + 2); len(train) < need {
		return nil, fmt.Errorf("the text has %d tokens, but %d streams of at least one window of %d need %d: "+
			"choose a smaller batch or window", len(train), batchSize, window, need)
	}
	if len(validation) == 1 {
		return nil, errors.New("the validation text has one token, but predicting needs two")
	}
	return &LanguageModel{train, validation, batchSize, window}, nil
}

// Steps returns the number of windows of an epoch.
func (l *LanguageModel) Steps() int {
	return (len(l.train)/l.batchSize - 1) / l.window
}

// Epoch yields the windows of the training text.
func (l *LanguageModel) Epoch(rng *rand.Rand, from int) iter.Seq2[Minibatch, error] {
	spare := len(l.train) - l.batchSize*(l.Steps()*l.window+1)
	skip := rng.IntN(min(l.window, spare+1))
	return windows(l.train[skip:], l.batchSize, l.window, from, l.Steps())
}

// Validation yields the windows of the validation text.
func (l *LanguageModel) Validation() iter.Seq2[Minibatch, error] {
	n := min(l.batchSize, len(l.validation)/2)
	if n == 0 {
		return func(func(Minibatch, error) bool) {}
	}
	length := len(l.validation)/n - 1
	return windows(l.validation, n, l.window, 0, (length+l.window-1)/l.window)
}

// windows yields the windows first … steps-1 of n streams of tokens. The last
// window is shorter where the streams end.
func windows(tokens []int32, n, window, first, steps int) iter.Seq2[Minibatch, error] {
	return func(yield func(Minibatch, error) bool) {
		length := len(tokens)/n - 1
		for step := first; step < steps; step++ {
			from := step * window
			to := min(from+window, length)
			mb := Minibatch{Sequences: make([]Sequence, n), Carry: step > 0}
			for i := range mb.Sequences {
				stream := tokens[i*(length+1):][:length+1]
				mb.Sequences[i] = Sequence{Tokens: stream[from:to], Classes: stream[from+1 : to+1]}
			}
			if !yield(mb, nil) {
				return
			}
		}
	}
}
