package runtime

import "github.com/rnnrun/rnnrun/format"

// ClassifyTokens appends to dst the most probable class of each sequence of
// tokens, as [Session.ClassifyTokens] does. The error is one of that method's,
// with the index of the sequence.
func (b *Batch) ClassifyTokens(dst []Class, tokens [][]int32) ([]Class, error) {
	m := b.model
	if err := m.refuseTask(format.TaskClassify, ErrNotClassifier); err != nil {
		return dst, err
	}
	s := b.session()
	known := len(dst)
	switch m.description.Output {
	case format.OutputLogSoftmax, format.OutputArgMax: // class needs the logits of each sequence
		for i, t := range tokens {
			class, err := s.ClassifyTokens(t)
			if err != nil {
				return dst[:known], inSequence(i, err)
			}
			dst = append(dst, class)
		}
		return dst, nil
	}
	ys, err := b.RunTokens(tokens)
	if err != nil {
		return dst, err
	}
	for _, y := range ys {
		dst = append(dst, s.class(y))
	}
	return dst, nil
}

// TagTokens appends to dst the most probable class of each token, sequence after
// sequence, as [Session.TagTokens] does. The error is one of that method's, with the
// index of the sequence.
func (b *Batch) TagTokens(dst []Class, tokens [][]int32) ([]Class, error) {
	if err := b.model.refuseTask(format.TaskTag, ErrNotTagger); err != nil {
		return dst, err
	}
	ys, err := b.RunTokens(tokens)
	if err != nil {
		return dst, err
	}
	s := b.session()
	for _, y := range ys {
		dst = s.appendClasses(dst, y)
	}
	return dst, nil
}

// session returns the session that runs sequences one by one.
func (b *Batch) session() *Session {
	if b.runs.session == nil {
		b.runs.session = b.model.NewSession()
	}
	return b.runs.session
}
