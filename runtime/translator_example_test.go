package runtime_test

import (
	"fmt"
	"log"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// babble returns an untrained model that translates the letters a to e into
// capitals.
func babble() *rnn.EncoderDecoder {
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 5, Input: 3, Hidden: 3, Bidirectional: true, Seed: 576,
	}
	d := s.Translator(6)
	d.Decoder.Head.Bias[modeltest.End] += 0.3 // or it would hardly ever end
	m, err := rnn.NewEncoderDecoder(d)
	if err != nil {
		log.Fatal(err)
	}
	return m
}

func ExampleEncoderDecoder_NewTranslator() {
	t, err := babble().NewTranslator(rnn.WithBeam(4), rnn.WithMaxLength(10))
	if err != nil {
		log.Fatal(err)
	}
	var translation []byte // its memory serves again
	for _, text := range []string{"abba", "dec"} {
		if translation, err = t.TranslateText(translation[:0], text); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", text, translation)
	}
	// Output:
	// abba: DDADAD
	// dec: DDADAD
}

func ExampleTranslator_Translations() {
	m := babble()
	t, err := m.NewTranslator(rnn.WithBeam(3), rnn.WithMaxLength(10))
	if err != nil {
		log.Fatal(err)
	}
	source, err := m.Encode(nil, "bad")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := t.Translate(nil, source); err != nil {
		log.Fatal(err)
	}
	for _, found := range t.Translations() {
		text, err := m.Decode(nil, found.Tokens...)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.3f %q\n", found.Score, text)
	}
	// Output:
	// -1.365 "DADDAD"
	// -1.369 "DADD"
	// -1.377 "DADDD"
}
