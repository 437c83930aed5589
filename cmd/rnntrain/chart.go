package main

import (
	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// checkChart returns a usage error if a file has a name that no chart can have.
func checkChart(path string) error {
	if err := chart.Check(path); err != nil {
		return cli.Usagef("%w", err)
	}
	return nil
}
