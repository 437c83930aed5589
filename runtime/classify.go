package runtime

import (
	"math"
	"runtime"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A Class is the answer of a classifier, or of a tagger for a step.
type Class struct {
	Index       int     // of the most probable class, or the first of several
	Label       string  // "" if the model names no classes
	Probability float32 // of the class; NaN if the model's output is only its index
}

// text is a session's memory for classifying and tagging.
type text struct {
	tokens        []int32
	probabilities []float32 // [T][C] of the last call
}

// Classify reads a text from the start of a stream and returns its most
// probable class. In the steady state it allocates nothing.
//
// The error is [ErrClosed], [ErrNotClassifier], [ErrNoTokenizer],
// [ErrNoSteps] for a text without tokens, or a [*tokenizer.UnknownTokenError].
func (s *Session) Classify(text string) (Class, error) { return classify(s, text) }

// ClassifyBytes is [Session.Classify] for a text in bytes.
func (s *Session) ClassifyBytes(text []byte) (Class, error) { return classify(s, text) }

func classify[T string | []byte](s *Session, text T) (Class, error) {
	if err := s.model.refuseTask(format.TaskClassify, ErrNotClassifier); err != nil {
		return Class{}, err
	}
	tokens, err := encode(s.model, s.text.tokens[:0], text)
	if err != nil {
		return Class{}, err
	}
	s.text.tokens = tokens
	return s.ClassifyTokens(tokens)
}

// ClassifyTokens is [Session.Classify] for tokens. The error is [ErrClosed],
// [ErrNotClassifier], [ErrInputKind], [ErrNoSteps] or a [*TokenRangeError].
func (s *Session) ClassifyTokens(tokens []int32) (Class, error) {
	if err := s.model.refuseTask(format.TaskClassify, ErrNotClassifier); err != nil {
		return Class{}, err
	}
	if err := s.model.refuseTokens(tokens); err != nil {
		return Class{}, err
	}
	return s.classifySequence(nil, tokens, len(tokens))
}

// ClassifyNumbers is [Session.Classify] for a sequence xs [T][I]. The error is
// [ErrClosed], [ErrNotClassifier], [ErrInputKind], [ErrNoSteps] or an
// [*InputSizeError].
func (s *Session) ClassifyNumbers(xs []float32) (Class, error) {
	if err := s.model.refuseTask(format.TaskClassify, ErrNotClassifier); err != nil {
		return Class{}, err
	}
	if err := s.model.refuseNumbers(xs); err != nil {
		return Class{}, err
	}
	return s.classifySequence(xs, nil, len(xs)/s.model.numberWidth)
}

// classifySequence classifies n steps, numbers or tokens, that the model can read.
func (s *Session) classifySequence(xs []float32, tokens []int32, n int) (Class, error) {
	if n == 0 {
		return Class{}, ErrNoSteps
	}
	s.Reset()
	y, err := s.run(xs, tokens, n)
	if err != nil {
		return Class{}, err
	}
	return s.class(y), nil
}

// Probabilities returns the probabilities of all classes from the last call of a
// Classify or a Tag method: [C], or [T][C] for T tags. C is [Model.ClassCount].
// They are valid until the next such call.
func (s *Session) Probabilities() []float32 { return s.text.probabilities }

// class returns the class of a sequence from its outputs y.
func (s *Session) class(y []float32) Class {
	s.growProbabilities(1)
	switch s.model.description.Output {
	case format.OutputLogSoftmax, format.OutputArgMax:
		return s.mostProbable(s.softmax(s.text.probabilities, s.Logits()))
	}
	return s.classOf(s.text.probabilities, y)
}

// growProbabilities makes room for the probabilities of the given number of
// steps.
func (s *Session) growProbabilities(steps int) {
	n := steps * s.model.ClassCount()
	if n > cap(s.text.probabilities) {
		s.text.probabilities = floats(n)
	}
	s.text.probabilities = s.text.probabilities[:n]
}

// classOf sets p to the probabilities of a step with the outputs y, and returns
// the most probable class.
func (s *Session) classOf(p, y []float32) Class {
	switch s.model.description.Output {
	case format.OutputLinear, format.OutputLogSoftmax:
		s.softmax(p, y)
	case format.OutputArgMax:
		for i := range p {
			p[i] = float32(math.NaN())
		}
		i := int(y[0])
		return Class{Index: i, Label: s.model.Label(i), Probability: p[i]}
	case format.OutputSigmoid:
		if len(y) == 1 {
			return s.classOfTwo(p, y[0])
		}
		copy(p, y)
	default:
		copy(p, y)
	}
	return s.mostProbable(p)
}

// classOfTwo is classOf for one output, the probability of the second class.
func (s *Session) classOfTwo(p []float32, second float32) Class {
	p[0], p[1] = 1-second, second
	i := 0
	if second >= 0.5 {
		i = 1
	}
	return Class{Index: i, Label: s.model.Label(i), Probability: p[i]}
}

// softmax sets p to the softmax of v, and returns it.
func (s *Session) softmax(p, v []float32) []float32 {
	s.model.kernels.Softmax(p, v)
	runtime.KeepAlive(s)
	return p
}

func (s *Session) mostProbable(p []float32) Class {
	i := kernels.ArgMax(p)
	return Class{Index: i, Label: s.model.Label(i), Probability: p[i]}
}
