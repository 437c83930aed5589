package runtime

import (
	"runtime"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A Class is the answer of a classifier, or of a tagger for a token.
type Class struct {
	Index       int     // of the outputs; of a single one 0 or 1
	Label       string  // "" where the model names no classes
	Probability float32 // of the class
}

// Tag reads a text from the start of a stream and appends to dst the most probable
// class of each of its tokens, which are those of [tokenizer.Split]; of equals
// the first. In the steady state it allocates nothing.
//
// The error is [ErrClosed], [ErrNotTagger], [ErrNoTokenizer] or a
// [*tokenizer.UnknownTokenError].
func (s *Session) Tag(dst []Class, text string) ([]Class, error) {
	if s.model.closed.Load() {
		return dst, ErrClosed
	}
	if s.model.description.Task != format.TaskTag {
		return dst, ErrNotTagger
	}
	tokens, err := s.model.Encode(s.text.tokens[:0], text)
	if err != nil {
		return dst, err
	}
	s.text.tokens = tokens
	s.Reset()
	y, err := s.RunTokens(tokens)
	if err != nil {
		return dst, err
	}
	for n := s.model.outputSize; len(y) > 0; y = y[n:] {
		dst = append(dst, s.class(y[:n]))
	}
	return dst, nil
}

// text is the memory with which a session classifies and tags.
type text struct {
	tokens        []int32
	probabilities []float32 // where the model's outputs are not such
}

// Classify reads a text from the start of a stream and returns its most
// probable class, the first of equals. In the steady state it allocates
// nothing.
//
// The error is [ErrClosed], [ErrNotClassifier], [ErrNoTokenizer],
// [ErrNoSteps] for a text without tokens, or a [*tokenizer.UnknownTokenError].
func (s *Session) Classify(text string) (Class, error) {
	if s.model.closed.Load() {
		return Class{}, ErrClosed
	}
	if s.model.description.Task != format.TaskClassify {
		return Class{}, ErrNotClassifier
	}
	tokens, err := s.model.Encode(s.text.tokens[:0], text)
	if err != nil {
		return Class{}, err
	}
	s.text.tokens = tokens
	if len(tokens) == 0 {
		return Class{}, ErrNoSteps
	}
	s.Reset()
	y, err := s.RunTokens(tokens)
	if err != nil {
		return Class{}, err
	}
	return s.class(y), nil
}

// class returns the most probable class of outputs y.
func (s *Session) class(y []float32) Class {
	switch s.head.output {
	case format.OutputLogSoftmax, format.OutputArgMax:
		y = s.logits
		fallthrough
	case format.OutputLinear:
		if s.text.probabilities == nil {
			s.text.probabilities = floats(len(y))
		}
		s.head.set.Softmax(s.text.probabilities, y)
		y = s.text.probabilities
	}
	i := kernels.ArgMax(y)
	p := y[i]
	if len(y) == 1 && s.head.output == format.OutputSigmoid {
		// One output is the probability of the second of two classes.
		if p >= 0.5 {
			i = 1
		} else {
			p = 1 - p
		}
	}
	runtime.KeepAlive(s)
	return Class{Index: i, Label: s.model.Label(i), Probability: p}
}
