package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/frontend"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// behindFrontEnd puts the front end of the flags before the model. Inputs of --check are
// features, so the goldens of the file are then random samples.
func (f *convertFlags) behindFrontEnd(m *format.Model) (*format.Model, []string, error) {
	if f.frontEnd == "" {
		return m, nil, nil
	}
	front, err := frontend.Parse(f.frontEnd)
	if err != nil {
		return nil, nil, cli.Usagef("--front-end: %v", err)
	}
	if len(f.checks) > 0 {
		f.golden = "synthetic"
	}
	behind, err := front.Before(m)
	if err != nil {
		return nil, nil, fmt.Errorf("--front-end %s: %w", f.frontEnd, err)
	}
	return behind, frontEndNotes(front, behind), nil
}

// frontEndNotes describe a step of a model with a front end.
func frontEndNotes(front *frontend.FrontEnd, m *format.Model) []string {
	notes := []string{fmt.Sprintf("a step reads %s within ±1, at %d per second", message.Count(m.InputSize, "sample"), front.Rate)}
	if n := front.Delay(); n > 0 {
		notes = append(notes, fmt.Sprintf("zeros precede the sound in the first %s; later frames are those of a framework without padding", message.Count(n, "step")))
	}
	return append(notes, front.Notes()...)
}
