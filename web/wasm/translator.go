//go:build js && wasm

package main

import (
	"syscall/js"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

func loadTranslator(data []byte, opts []rnn.Option) (any, error) {
	m, err := rnn.LoadEncoderDecoder(data, opts...)
	if err != nil {
		return nil, err
	}
	methods := textMethods(m)
	methods["translator"] = func(args []js.Value) (any, error) { return newTranslator(m, args[0]) }
	return methods.value(described(m)), nil
}

// newTranslator returns an object. Its method translate returns the translations that
// beam search finds, the best first.
func newTranslator(m *rnn.EncoderDecoder, options js.Value) (any, error) {
	t, err := m.NewTranslator(rnn.WithBeam(options.Get("beam").Int()), rnn.WithMaxLength(options.Get("maxLength").Int()))
	if err != nil {
		return nil, err
	}
	return object{
		"translate": func(args []js.Value) (any, error) {
			if _, err := t.TranslateText(nil, args[0].String()); err != nil {
				return nil, err
			}
			var found []any
			for _, translation := range t.Translations() {
				text, err := m.Decode(nil, translation.Tokens...)
				if err != nil {
					return nil, err
				}
				found = append(found, map[string]any{
					"text": string(text), "score": translation.Score, "ended": translation.Ended,
				})
			}
			return found, nil
		},
	}.value(nil), nil
}
