package runtime

import (
	"sync/atomic"

	"github.com/rnnrun/rnnrun/format"
)

// An EncoderDecoder is a model for the task [format.TaskTranslate]: an encoder
// reads a source, and a decoder writes its translation. A [Translator] runs it.
// It is immutable and safe for concurrent use.
type EncoderDecoder struct {
	description      *format.Model
	encoder, decoder *Model
	closed           atomic.Bool
}

// OpenEncoderDecoder is [Open] for a translation model. The error is
// [ErrNotTranslator] for any other model.
func OpenEncoderDecoder(path string, opts ...Option) (*EncoderDecoder, error) {
	return open(path, opts, bindEncoderDecoder)
}

// LoadEncoderDecoder is [Load] for a translation model. The error is
// [ErrNotTranslator] for any other model.
func LoadEncoderDecoder(data []byte, opts ...Option) (*EncoderDecoder, error) {
	return load(data, opts, bindEncoderDecoder)
}

// NewEncoderDecoder is [New] for a translation model. The error is
// [ErrNotTranslator] for any other model.
func NewEncoderDecoder(description *format.Model, opts ...Option) (*EncoderDecoder, error) {
	return newModel(description, opts, bindEncoderDecoder)
}

// bindEncoderDecoder makes a translation model from a valid description.
func bindEncoderDecoder(description *format.Model, opts []Option) (*EncoderDecoder, error) {
	if description.Task != format.TaskTranslate {
		return nil, ErrNotTranslator
	}
	first := *description
	first.Task, first.Decoder, first.Goldens = format.TaskRegress, nil, nil
	encoder, err := bind(&first, opts)
	if err != nil {
		return nil, err
	}
	decoder, err := bind(description.Decoder, opts)
	if err != nil {
		return nil, err
	}
	return &EncoderDecoder{description: description, encoder: encoder, decoder: decoder}, nil
}

// Close is [Model.Close]: later calls on the model and on its translators
// return [ErrClosed].
func (m *EncoderDecoder) Close() error {
	m.closed.Store(true)
	return nil
}

// Description is [Model.Description].
func (m *EncoderDecoder) Description() *format.Model { return m.description }

// Kernels is [Model.Kernels].
func (m *EncoderDecoder) Kernels() string { return m.encoder.Kernels() }

// VocabularySize is [Model.VocabularySize] of the encoder.
func (m *EncoderDecoder) VocabularySize() int { return m.encoder.VocabularySize() }

// StepBytes is [Model.StepBytes] of the decoder.
func (m *EncoderDecoder) StepBytes() int { return m.decoder.StepBytes() }

// Encode appends the tokens of a source text to dst, between the start and the
// end token if the encoder's tokenizer has them. The error is one of
// [Model.Encode]'s.
func (m *EncoderDecoder) Encode(dst []int32, text string) ([]int32, error) {
	return encodeSource(m, dst, text)
}

// EncodeBytes is [EncoderDecoder.Encode] for a text in bytes.
func (m *EncoderDecoder) EncodeBytes(dst []int32, text []byte) ([]int32, error) {
	return encodeSource(m, dst, text)
}

func encodeSource[T string | []byte](m *EncoderDecoder, dst []int32, text T) ([]int32, error) {
	if m.closed.Load() {
		return dst, ErrClosed
	}
	options, start := m.description.Tokenizer, len(dst)
	if options != nil && options.Start >= 0 {
		dst = append(dst, int32(options.Start))
	}
	dst, err := encode(m.encoder, dst, text)
	if err != nil {
		return dst[:start], err
	}
	if options.End >= 0 {
		dst = append(dst, int32(options.End))
	}
	return dst, nil
}

// Decode appends the text of a translation's tokens to dst, as [Model.Decode]
// does.
func (m *EncoderDecoder) Decode(dst []byte, tokens ...int32) ([]byte, error) {
	if m.closed.Load() {
		return dst, ErrClosed
	}
	return m.decoder.Decode(dst, tokens...)
}

// Verify is [Model.Verify]. The outputs are those of the decoder in the greedy
// translation.
func (m *EncoderDecoder) Verify() error {
	if m.closed.Load() {
		return ErrClosed
	}
	return m.goldens().verify(replay{"Translate", m.replay})
}

// Golden is [Model.Golden] for the tokens of a source.
func (m *EncoderDecoder) Golden(tokens []int32, xs []float32) (format.Golden, error) {
	return m.goldens().record(tokens, xs, m.replay)
}

func (m *EncoderDecoder) goldens() goldens {
	return goldens{m.description, m.Kernels(), m.decoder.outputSize, false}
}

// replay records the outputs of the decoder in the greedy translation of a golden
// input.
func (m *EncoderDecoder) replay(g *format.Golden, out *recorder) error {
	if err := m.encoder.refuseGolden(g); err != nil {
		return err
	}
	t, err := m.NewTranslator(WithMaxLength(goldenLength))
	if err != nil {
		return err
	}
	return t.greedy(g.Tokens, out)
}

// handOver starts a session of the decoder from the state of a session of the
// encoder. The states of an encoder layer's directions, side by side, are the
// state of the decoder's layer.
func handOver(decoder, encoder *Session) {
	decoder.Reset()
	for layer := range decoder.model.plan.layers {
		toH, toC := decoder.State(layer, 0)
		for direction := range encoder.model.plan.layers[layer] {
			h, c := encoder.State(layer, direction)
			toH, toC = toH[copy(toH, h):], toC[copy(toC, c):]
		}
	}
}
