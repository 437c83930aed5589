package runtime_test

import (
	"fmt"
	"log"

	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func ExampleEncoderDecoder_NewTranslator() {
	m, err := rnn.LoadEncoderDecoder(models.G2PEn())
	if err != nil {
		log.Fatal(err)
	}
	t, err := m.NewTranslator(rnn.WithBeam(4), rnn.WithMaxLength(20))
	if err != nil {
		log.Fatal(err)
	}
	var sounds []byte // its memory serves again
	for _, word := range []string{"hello", "network"} {
		if sounds, err = t.TranslateText(sounds[:0], word); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", word, sounds)
	}
	// Output:
	// hello: HH EH L OW
	// network: N EH T W ER K
}

func ExampleTranslator_Translations() {
	m, err := rnn.LoadEncoderDecoder(models.G2PEn())
	if err != nil {
		log.Fatal(err)
	}
	t, err := m.NewTranslator(rnn.WithBeam(3))
	if err != nil {
		log.Fatal(err)
	}
	source, err := m.Encode(nil, "read")
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
	// -0.081 "R EH D"
	// -0.340 "R IY D"
	// -1.140 "R EY D"
}
