// Package models holds the models that are built into the commands. How each
// was trained stands in testdata/README.md.
package models

import (
	"embed"
	"errors"
	"fmt"
	"strings"
)

const extension = ".rnn"

//go:embed *.rnn
var files embed.FS

// ErrUnknown is the reason why a model cannot be had by name.
var ErrUnknown = errors.New("no such built-in model")

// Names returns the names of the built-in models, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the root of an embedded file system
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), extension)
	}
	return names
}

// Load returns the file of the built-in model of that name, for
// [github.com/rnnrun/rnnrun/runtime.Load]. The error wraps [ErrUnknown].
func Load(name string) ([]byte, error) {
	data, err := files.ReadFile(name + extension)
	if err != nil {
		return nil, fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, strings.Join(Names(), ", "))
	}
	return data, nil
}
