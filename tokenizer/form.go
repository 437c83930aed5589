package tokenizer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// A form is what texts are brought into before they are split.
type form uint8

const (
	asItIs   form = iota
	formC         // Unicode's normal form C
	composed      // letters and their marks are composed; other characters stay as they are
)

// optionForm returns the form that the options ask for.
func optionForm(t *format.Tokenizer) form {
	if t.NFC {
		return formC
	}
	return asItIs
}

// vocabularyForm returns the form for a vocabulary, from which it is found if the
// options ask for none: models have had the option NFC only since it was made.
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
