package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// memory is how many bytes the sessions of a model need.
type memory struct {
	session  int // to make steps
	sequence int // extra to run sequences
	step     int // extra for each step of the longest one
}

func memoryOf(m cli.Network) memory {
	const many = 1 << 16 // steps; longer sequences add only step bytes each
	step := (m.SequenceBytes(2*many) - m.SequenceBytes(many)) / many
	return memory{m.SessionBytes(), m.SequenceBytes(many) - many*step, step}
}

func (m memory) String() string {
	return fmt.Sprintf("%d bytes per session, %d more for sequences, and %d for each step of the longest", m.session, m.sequence, m.step)
}

func (m memory) json() cli.Object {
	return cli.Object{"session", m.session, "sequence", m.sequence, "step", m.step}
}
