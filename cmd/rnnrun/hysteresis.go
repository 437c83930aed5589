package main

import (
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A hysteresis keeps the class of a stream from flickering: the class changes only if
// another one is the most probable hold times in a row, each time with a probability of
// at least least.
type hysteresis struct {
	hold  int     // times in a row
	least float64 // probability

	class   int // the answer, from 1; 0: there is none yet
	waiting int // another class, from 1, that may become the answer; 0: none
	times   int // how often in a row waiting was the most probable class
}

func (h *hysteresis) check() error {
	if h.hold < 1 {
		return cli.Usagef("--hold %d must be at least 1", h.hold)
	}
	if !(h.least >= 0 && h.least <= 1) {
		return cli.Usagef("--min-probability %g is not between 0 and 1", h.least)
	}
	return nil
}

// reset forgets the stream.
func (h *hysteresis) reset() { h.class, h.waiting, h.times = 0, 0, 0 }

// next takes the most probable class of a step or a window. It returns the answer, from
// 0, or -1 if there is none yet, and whether the answer has changed.
func (h *hysteresis) next(c rnn.Class) (class int, changed bool) {
	switch most := c.Index + 1; {
	case most == h.class, float64(c.Probability) < h.least:
		h.waiting = 0
	case most == h.waiting:
		h.times++
	default:
		h.waiting, h.times = most, 1
	}
	if h.waiting > 0 && (h.class == 0 || h.times >= h.hold) {
		h.class, h.waiting = h.waiting, 0
		changed = true
	}
	return h.class - 1, changed
}
