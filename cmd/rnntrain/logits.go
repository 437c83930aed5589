package main

import "github.com/rnnrun/rnnrun/format"

// withLogits returns the model without the function of its outputs: they are the
// logits. It has no goldens, and shares the rest with d.
func withLogits(d *format.Model) *format.Model {
	m := *d
	m.Output, m.Goldens = format.OutputLinear, nil
	return &m
}
