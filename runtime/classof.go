package runtime

import "github.com/rnnrun/rnnrun/format"

// ClassOf returns the class for outputs y [O] of a step or a sequence. Use it if
// your program steps a classifier or a tagger itself. [Session.Probabilities]
// then returns the probabilities of all classes, [C].
//
// The error is [ErrNotClassifier] if the model has no classes, or an
// [*InputSizeError] if y has another length.
func (s *Session) ClassOf(y []float32) (Class, error) {
	m := s.model
	if t := m.description.Task; t != format.TaskClassify && t != format.TaskTag {
		return Class{}, ErrNotClassifier
	}
	if len(y) != m.outputSize {
		return Class{}, &InputSizeError{Got: len(y), Want: m.outputSize}
	}
	s.growProbabilities(1)
	return s.classOf(s.text.probabilities, y), nil
}
