package format

import (
	"errors"

	"github.com/rnnrun/rnnrun/internal/message"
)

// inDecoder starts the section of an error in a decoder: "DECO/WGTS".
const inDecoder = tagDecoder + "/"

// ofDecoder marks an error as one of the decoder, whose file lies in a section.
func ofDecoder(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Section = inDecoder + e.Section
		e.Reason = "the decoder: " + e.Reason
	}
	return err
}

func (m *Model) readDecoder(s *sections) error {
	b := s.body(tagDecoder)
	if len(b) > 0 {
		d, err := readNested(b)
		if err != nil {
			return locate(ofDecoder(err), func(string) int64 { return s.start(tagDecoder) })
		}
		m.Decoder = d
	}
	return m.validatePair()
}

// readNested reads the file of a decoder. It refuses one with a decoder of its
// own before reading that, so that files cannot nest without end.
func readNested(data []byte) (*Model, error) {
	s, err := readSections(data)
	if err != nil {
		return nil, err
	}
	if len(s.body(tagDecoder)) > 0 {
		return nil, fail(ErrInvalid, tagDecoder, s.start(tagDecoder), "a decoder of its own, which a decoder cannot have")
	}
	return readModel(s)
}

// validateDecoder checks the decoder, and that it fits its encoder.
func (m *Model) validateDecoder() error {
	if d := m.Decoder; d != nil && d.Decoder == nil {
		if err := d.Validate(); err != nil {
			return ofDecoder(err)
		}
	}
	return m.validatePair()
}

// validatePair checks that a model that needs a decoder has one, and that the decoder, which is valid itself, can start
// at the encoder's final state.
func (m *Model) validatePair() error {
	d := m.Decoder
	invalid := func(format string, args ...any) error {
		return fail(ErrInvalid, tagDecoder, 0, format, args...)
	}
	switch {
	case m.Task != TaskTranslate && d == nil:
		return nil
	case m.Task != TaskTranslate:
		return invalid("a decoder in a model for the task %v, which has no use for it", m.Task)
	case d == nil:
		return fail(ErrInvalid, tagArchitecture, 0, "it translates, but has no decoder")
	case d.Decoder != nil:
		return invalid("a decoder with a decoder of its own")
	case d.Graph != nil:
		return invalid("a decoder that is a graph, want a stack of layers")
	case d.Task != TaskLanguage:
		return invalid("a decoder for the task %v, want a language model", d.Task)
	case len(d.Goldens) > 0:
		return invalid("a decoder with goldens, which hold only if it follows an encoder")
	case len(d.Layers) != len(m.Layers):
		return invalid("a decoder of %s on an encoder of %d: want as many, since each layer of the decoder starts at the final state of its peer", message.Count(len(d.Layers), "layer"), len(m.Layers))
	}
	for i := range d.Layers {
		from, to := &m.Layers[i], &d.Layers[i]
		final := from.OutputSize()
		switch w := &to.Directions[0]; {
		case to.Cell != from.Cell:
			return invalid("layer %d of the decoder has the cell %v, and that of the encoder %v: want the same cell", i, to.Cell, from.Cell)
		case !to.Cell.Recurrent():
			return invalid("layer %d of the decoder is dense, want a layer with a state", i)
		case to.StateSize() != final:
			return invalid("layer %d of the decoder has %s, but the final state of the encoder's has %d", i, message.Count(to.StateSize(), "unit"), final)
		case to.HiddenSize != from.HiddenSize*len(from.Directions):
			return invalid("layer %d of the decoder projects %s, and that of the encoder %d in %s", i, message.Count(to.HiddenSize, "unit"), from.HiddenSize, message.Count(len(from.Directions), "direction"))
		case len(w.H0)+len(w.C0) > 0:
			return invalid("layer %d of the decoder has an initial state of its own, but starts at the encoder's final state", i)
		}
	}
	switch t := d.Tokenizer; {
	case d.Output != OutputSoftmax:
		return invalid("the decoder's output is %v, want softmax", d.Output)
	case t == nil || t.Start < 0 || t.End < 0:
		return invalid("the decoder has no tokenizer with a start and an end token, between which it writes")
	}
	return nil
}
