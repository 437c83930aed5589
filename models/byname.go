package models

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknown is the reason why a model cannot be had by name.
var ErrUnknown = errors.New("no such built-in model")

// A model is one that is built in, by name.
type model struct {
	name string
	file func() []byte
}

// all returns all models, sorted by name. It is no variable, since a program
// that does not call it then does not link them.
func all() []model {
	return []model{
		{"g2p-en", G2PEn},
		{"sentiment-ko", SentimentKo},
		{"shakespeare", Shakespeare},
		{"vad", VAD},
	}
}

// Names returns the names of the built-in models, sorted. A program that calls it
// links all of them.
func Names() []string {
	var names []string
	for _, m := range all() {
		names = append(names, m.name)
	}
	return names
}

// File returns the bytes of the file of the built-in model of that name. The
// error wraps [ErrUnknown]. A program that calls it links all models.
func File(name string) ([]byte, error) {
	for _, m := range all() {
		if m.name == name {
			return m.file(), nil
		}
	}
	return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, strings.Join(Names(), ", "))
}
