package models

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknown is wrapped by the error for a name that no built-in model has.
var ErrUnknown = errors.New("no such built-in model")

// A model is a built-in model.
type model struct {
	name string
	file func() []byte
}

// all returns all models, sorted by name. It is a function, not a variable, so
// that a program that does not call it does not link them.
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

// File returns the file of the named built-in model. The error wraps
// [ErrUnknown]. A program that calls it links all models.
func File(name string) ([]byte, error) {
	for _, m := range all() {
		if m.name == name {
			return m.file(), nil
		}
	}
	return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, strings.Join(Names(), ", "))
}
