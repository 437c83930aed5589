package main

import (
	"github.com/rnnrun/rnnrun/internal/chart"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// checkChart refuses, as a mistake of the command line, a file that cannot be
// drawn to.
func checkChart(path string) error {
	if err := chart.Check(path); err != nil {
		return cli.Usagef("%w", err)
	}
	return nil
}
