package main

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// openServed opens a model that has steps, and returns the SHA-256 of its file for HTTP.
func openServed(name string) (m *rnn.Model, sum string, err error) {
	description, err := cli.ReadModelFile(name, func(data []byte) { sum = sumOf(data) })
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
