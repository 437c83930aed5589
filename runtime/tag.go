package runtime

import "github.com/rnnrun/rnnrun/format"

// Tag reads a text from the start of a stream and appends to dst the most probable
// class of each of its tokens, the tokens of [Model.Split]. In the steady state it
// allocates nothing.
//
// The error is [ErrClosed], [ErrNotTagger], [ErrNoTokenizer] or a
// [*tokenizer.UnknownTokenError].
func (s *Session) Tag(dst []Class, text string) ([]Class, error) { return tag(s, dst, text) }

// TagBytes is [Session.Tag] for a text in bytes.
func (s *Session) TagBytes(dst []Class, text []byte) ([]Class, error) { return tag(s, dst, text) }

func tag[T string | []byte](s *Session, dst []Class, text T) ([]Class, error) {
	if err := s.model.refuseTask(format.TaskTag, ErrNotTagger); err != nil {
		return dst, err
	}
	tokens, err := encode(s.model, s.text.tokens[:0], text)
	if err != nil {
		return dst, err
	}
	s.text.tokens = tokens
	return s.TagTokens(dst, tokens)
}

// TagTokens is [Session.Tag] for tokens. The error is [ErrClosed],
// [ErrNotTagger], [ErrInputKind] or a [*TokenRangeError].
func (s *Session) TagTokens(dst []Class, tokens []int32) ([]Class, error) {
	if err := s.model.refuseTask(format.TaskTag, ErrNotTagger); err != nil {
		return dst, err
	}
	if err := s.model.refuseTokens(tokens); err != nil {
		return dst, err
	}
	return s.tagSequence(dst, nil, tokens, len(tokens))
}

// TagNumbers is [Session.Tag] for the steps of a sequence xs [T][I]. The error is
// [ErrClosed], [ErrNotTagger], [ErrInputKind] or an [*InputSizeError].
func (s *Session) TagNumbers(dst []Class, xs []float32) ([]Class, error) {
	if err := s.model.refuseTask(format.TaskTag, ErrNotTagger); err != nil {
		return dst, err
	}
	if err := s.model.refuseNumbers(xs); err != nil {
		return dst, err
	}
	return s.tagSequence(dst, xs, nil, len(xs)/s.model.numberWidth)
}

// tagSequence tags n steps, numbers or tokens, that the model can read.
func (s *Session) tagSequence(dst []Class, xs []float32, tokens []int32, n int) ([]Class, error) {
	s.Reset()
	y, err := s.run(xs, tokens, n)
	if err != nil {
		return dst, err
	}
	return s.appendClasses(dst, y), nil
}

// appendClasses appends to dst the class of every step of outputs y [T][O].
func (s *Session) appendClasses(dst []Class, y []float32) []Class {
	outputs, classes := s.model.outputSize, s.model.ClassCount()
	s.growProbabilities(len(y) / outputs)
	p := s.text.probabilities
	for ; len(y) > 0; y, p = y[outputs:], p[classes:] {
		dst = append(dst, s.classOf(p[:classes], y[:outputs]))
	}
	return dst
}
