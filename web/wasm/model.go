//go:build js && wasm

package main

import (
	"errors"
	"syscall/js"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// load loads a model from a Uint8Array with its file.
func load(args []js.Value) (any, error) {
	data := bytesOf(args[0])
	var opts []rnn.Option
	if kernels := args[1]; kernels.Type() == js.TypeString {
		opts = append(opts, rnn.WithKernels(kernels.String()))
	}
	m, err := rnn.Load(data, opts...)
	if errors.Is(err, rnn.ErrTranslates) {
		return loadTranslator(data, opts)
	}
	if err != nil {
		return nil, err
	}
	fields := described(m)
	fields["inputSize"] = m.InputSize()
	fields["outputSize"] = m.OutputSize()
	fields["labels"] = list(m.Labels(), func(label string) any { return label })
	fields["streamable"] = m.Streamable()
	fields["pooled"] = m.Pooled()
	fields["sampleRate"] = m.SampleRate()
	methods := textMethods(m)
	methods["session"] = func([]js.Value) (any, error) { return newSession(m), nil }
	methods["generator"] = func(args []js.Value) (any, error) { return newGenerator(m, args[0]) }
	methods["pieces"] = func(args []js.Value) (any, error) {
		var pieces []any
		for piece := range m.Split(args[0].String()) {
			pieces = append(pieces, piece)
		}
		return pieces, nil
	}
	return methods.value(fields), nil
}

// A network is a model of either kind: an [rnn.Model] or an [rnn.EncoderDecoder].
type network interface {
	Encode(dst []int32, text string) ([]int32, error)
	Decode(dst []byte, tokens ...int32) ([]byte, error)
	Kernels() string
	VocabularySize() int
	SessionBytes() int
	Verify() error
	Description() *format.Model
}

// described returns the properties that programs need before they use a model.
func described(m network) map[string]any {
	d := m.Description()
	return map[string]any{
		"task":           d.Task.String(),
		"kernels":        m.Kernels(),
		"vocabularySize": m.VocabularySize(),
		"readsText":      d.Tokenizer != nil,
		"sessionBytes":   m.SessionBytes(),
		"goldens":        len(d.Goldens),
	}
}

// textMethods returns the methods that every model has.
func textMethods(m network) object {
	return object{
		"verify": func([]js.Value) (any, error) { return nil, m.Verify() },
		"encode": func(args []js.Value) (any, error) {
			tokens, err := m.Encode(nil, args[0].String())
			return list(tokens, func(token int32) any { return token }), err
		},
		"decode": func(args []js.Value) (any, error) {
			tokens := make([]int32, args[0].Length())
			for i := range tokens {
				tokens[i] = int32(args[0].Index(i).Int())
			}
			text, err := m.Decode(nil, tokens...)
			return string(text), err
		},
	}
}
