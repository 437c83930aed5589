package runtime

import "runtime"

// Step reads one step x [I] and returns its outputs [O]. Of a model that pools
// its steps these are the answer for the steps so far. It allocates nothing.
//
// The error is [ErrClosed], [ErrBidirectional], [ErrTranslates], [ErrInputKind]
// or an [*InputSizeError].
func (s *Session) Step(x []float32) ([]float32, error) {
	if len(x) != s.stepInputs || s.model.closed.Load() {
		return s.stepSkip(x)
	}
	if s.mean != nil {
		s.normalize(s.x, x)
		x = s.x
	}
	s.first.step(x)
	y := s.rise()
	runtime.KeepAlive(s) // and so the weights' memory
	return y, nil
}

// stepSkip is Step for a model that adds its inputs to its outputs, and refuses
// what no model can read.
func (s *Session) stepSkip(x []float32) ([]float32, error) {
	if !s.skip || !s.streaming || len(x) != s.first.input || s.model.closed.Load() {
		return nil, s.refuseStep(x)
	}
	below := x
	if s.mean != nil {
		s.normalize(s.x, x)
		below = s.x
	}
	s.first.step(below)
	y := s.rise()
	add(y, x)
	runtime.KeepAlive(s)
	return y, nil
}

// add adds a step's first inputs to its outputs.
func add(y, x []float32) {
	for i, v := range x[:len(y)] {
		y[i] += v
	}
}

// refuseStep says why Step cannot read x.
func (s *Session) refuseStep(x []float32) error {
	switch {
	case s.model.closed.Load():
		return ErrClosed
	case !s.streaming:
		return s.model.refuseStream()
	case s.embedding != nil:
		return errWantsTokens
	}
	return &InputSizeError{Got: len(x), Want: s.first.input}
}

// refuseStream says why a model cannot be stepped.
func (m *Model) refuseStream() error {
	if m.pair != nil {
		return ErrTranslates
	}
	return ErrBidirectional
}

// StepToken reads one token and returns the outputs [O], as [Session.Step].
//
// The error is [ErrClosed], [ErrBidirectional], [ErrTranslates], [ErrInputKind]
// or a [*TokenRangeError].
func (s *Session) StepToken(token int32) ([]float32, error) {
	e := s.embedding
	switch {
	case s.model.closed.Load():
		return nil, ErrClosed
	case !s.streaming:
		return nil, s.model.refuseStream()
	case e == nil:
		return nil, errWantsNumbers
	case token < 0 || int(token) >= e.Tokens:
		return nil, &TokenRangeError{Token: token, Tokens: e.Tokens}
	}
	if s.first.tokens != nil {
		s.first.stepToken(token)
	} else {
		s.first.step(e.row(s.x, token))
	}
	y := s.rise()
	runtime.KeepAlive(s)
	return y, nil
}

// rise carries a step from the first layer, which has read it, to the outputs.
func (s *Session) rise() []float32 {
	below := s.first
	for i := 1; i < len(s.layers); i++ {
		d := &s.layers[i][0]
		d.step(below.h[:below.hidden])
		below = d
	}
	if s.plain {
		s.steps++
		s.logits = s.y
		return s.y
	}
	h := below.h[:below.hidden]
	if s.pool.reduced != nil {
		s.pool.add(h, s.steps)
	}
	s.steps++
	return s.answer(h)
}

// normalize sets dst to the normalized inputs x of a step.
func (s *Session) normalize(dst, x []float32) {
	for i, v := range x {
		dst[i] = (v - s.mean[i]) * s.scale[i]
	}
}
