package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// memory is what the sessions of a model take, in bytes.
type memory struct {
	session  int // that steps
	sequence int // more to run sequences
	step     int // more for each step of the longest one
}

func memoryOf(m cli.Network) memory {
	const many = 1 << 16 // steps, after which only what each takes is added
	step := (m.SequenceBytes(2*many) - m.SequenceBytes(many)) / many
	return memory{m.SessionBytes(), m.SequenceBytes(many) - many*step, step}
}

func (m memory) String() string {
	return fmt.Sprintf("%d bytes a session, %d more for sequences, and %d for each step of the longest", m.session, m.sequence, m.step)
}

func (m memory) json() cli.Object {
	return cli.Object{"session", m.session, "sequence", m.sequence, "step", m.step}
}
