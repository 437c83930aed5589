package tokenizer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// A form is a Unicode form to which texts are normalized before they are split.
type form uint8

const (
	asItIs   form = iota
	formC         // Unicode's normal form C
	composed      // letters are composed with their marks; other characters are unchanged
)

// optionForm returns the form that the options ask for.
func optionForm(t *format.Tokenizer) form {
	if t.NFC {
		return formC
	}
	return asItIs
}

// vocabularyForm returns the form for a vocabulary. If the options ask for none,
// it derives the form from the vocabulary, since models from before the option
// NFC cannot ask for it.
func vocabularyForm(t *format.Tokenizer, vocabulary []string) form {
	if t.NFC || t.Kind == format.TokenizerBytes {
		return optionForm(t)
	}
	for _, token := range vocabulary {
		for _, r := range token {
			if !nfc.IsWhole(r) && !(t.Kind == format.TokenizerJamo && nfc.IsJamo(r)) {
				return asItIs
			}
		}
	}
	return composed
}
