package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// openServed opens a model that has steps, and returns what HTTP shows as the sum of its file.
func openServed(name string) (m *rnn.Model, sum string, err error) {
	description, sum, err := readServed(name)
	if err != nil {
		return nil, "", err
	}
	n, err := cli.NewNetwork(description)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	if m, ok := n.(*rnn.Model); ok {
		return m, sum, nil
	}
	return nil, "", errors.Join(n.Close(), translates(name))
}

// readServed reads a model's file, which may be a pipe, once.
func readServed(name string) (description *format.Model, sum string, err error) {
	if builtin, ok := strings.CutPrefix(name, cli.Builtin); ok {
		data, err := models.File(builtin)
		if err != nil {
			return nil, "", err
		}
		if description, err = format.Read(format.Align(data)); err != nil {
			return nil, "", fmt.Errorf("%s: %w", name, err)
		}
		return description, sumOf(data), nil
	}
	file, err := format.Open(name)
	if err != nil {
		return nil, "", err
	}
	sum = sumOf(file.Data)
	return file.Detach(), sum, nil
}
