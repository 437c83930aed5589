package main

import "github.com/rnnrun/rnnrun/format"

// withLogits returns the model without its output function, so its outputs are logits. It
// has no goldens, and shares everything else with d.
func withLogits(d *format.Model) *format.Model {
	m := *d
	m.Output, m.Goldens = format.OutputLinear, nil
	return &m
}
