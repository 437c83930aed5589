package runtime

import "github.com/rnnrun/rnnrun/format"

// A pair is the two halves of a model that translates.
type pair struct{ encoder, decoder *Model }

// bindPair makes a model that translates from a valid description.
func bindPair(description *format.Model, opts []Option) (*Model, error) {
	half := *description
	half.Task, half.Decoder, half.Goldens = format.TaskRegress, nil, nil
	encoder, err := bind(&half, opts)
	if err != nil {
		return nil, err
	}
	decoder, err := bind(description.Decoder, opts)
	if err != nil {
		return nil, err
	}
	return &Model{
		description: description,
		kernels:     encoder.kernels,
		tokenizer:   encoder.tokenizer,
		inputSize:   description.InputSize,
		outputSize:  description.OutputSize(),
		fingerprint: fingerprintOf(description),
		pair:        &pair{encoder, decoder},
	}, nil
}

// encodeSource appends the tokens of a text that is to be translated to dst.
func encodeSource[T string | []byte](m *Model, dst []int32, text T) ([]int32, error) {
	options := m.description.Tokenizer
	start := len(dst)
	if options.Start >= 0 {
		dst = append(dst, int32(options.Start))
	}
	dst, err := encodeTokens(m.tokenizer, dst, text)
	if err != nil {
		return dst[:start], err
	}
	if options.End >= 0 {
		dst = append(dst, int32(options.End))
	}
	return dst, nil
}

// start has a session of the decoder start where one of the encoder is.
func (p *pair) start(decoder, encoder *Session) {
	decoder.Reset()
	for i := range decoder.layers {
		to := &decoder.layers[i][0]
		for j := range encoder.layers[i] {
			from := &encoder.layers[i][j]
			copy(to.h[j*from.hidden:], from.h[:from.hidden])
			if from.c != nil {
				copy(to.c[j*from.units:], from.c[:from.units])
			}
		}
	}
}

// copyState goes on from where another session of the same model is.
func (s *Session) copyState(from *Session) {
	for i := range s.layers {
		for j := range s.layers[i] {
			copy(s.layers[i][j].h, from.layers[i][j].h)
			copy(s.layers[i][j].c, from.layers[i][j].c)
		}
	}
	s.steps = from.steps
}
