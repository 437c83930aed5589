package runtime

import "runtime"

// Step reads one step x [I] and returns its outputs [O]. If the model pools its
// steps, these are the answer for the steps so far. It allocates nothing.
//
// The error is [ErrClosed], [ErrBidirectional], [ErrInputKind] or an
// [*InputSizeError].
func (s *Session) Step(x []float32) ([]float32, error) {
	if len(x) != s.model.stepInputs || s.model.closed.Load() {
		return nil, s.refuseStep(x)
	}
	copy(s.x, x)
	return s.step(), nil
}

// step makes a step from the inputs that are set.
func (s *Session) step() []float32 {
	for _, n := range s.below {
		n.step()
	}
	s.steps++
	for _, n := range s.above {
		n.step()
	}
	if s.several {
		s.gather()
	}
	runtime.KeepAlive(s) // and with it the weights' memory
	return s.y
}

// refuseStep returns why Step cannot read x.
func (s *Session) refuseStep(x []float32) error {
	switch {
	case s.model.closed.Load():
		return ErrClosed
	case !s.model.streaming:
		return ErrBidirectional
	case s.model.readsTokens():
		return errWantsTokens
	case s.model.tokenWidth > 0:
		return errWantsBoth
	}
	return &InputSizeError{Got: len(x), Want: s.model.numberWidth}
}

// StepToken reads one token and returns the outputs [O], as [Session.Step]
// does.
//
// The error is [ErrClosed], [ErrBidirectional], [ErrInputKind], a
// [*TokenRangeError], or an [*InputSizeError] if a step of the model has
// several tokens.
func (s *Session) StepToken(token int32) ([]float32, error) {
	m := s.model
	switch {
	case m.closed.Load():
		return nil, ErrClosed
	case !m.streaming:
		return nil, ErrBidirectional
	case !m.readsTokens():
		return nil, errWantsNumbers
	case token < 0 || int(token) >= m.VocabularySize():
		return nil, &TokenRangeError{Token: token, Tokens: m.VocabularySize()}
	}
	if m.tokenWidth != 1 {
		return nil, &InputSizeError{Got: 1, Want: m.tokenWidth}
	}
	s.places[m.plan.input].tokens[0] = token
	return s.step(), nil
}
