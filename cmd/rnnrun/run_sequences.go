package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A converter turns the sequences of an input into a model's outputs.
type converter[T series.Number] struct {
	session *rnn.Session
	run     func([]T) ([]float32, error)
	input   string // its name
	width   int    // numbers of a step
	in      series.Reader[T]
	out     series.Writer
	initial *initialStates // nil: the model's
	final   *finalStates   // nil: nobody asks
}

// cut makes the sequences as long as --lengths says.
func (c *converter[T]) cut(flag string) error {
	lengths, err := readLengths(flag)
	if err != nil {
		return err
	}
	layout := c.in.Layout()
	if err := checkLengths(lengths, layout, c.input); err != nil {
		return err
	}
	c.in = series.Cut(c.in, lengths, c.width)
	if m := c.session.Model(); !m.Pooled() {
		c.out = series.Pad(c.out, layout.Steps, m.OutputSize())
	}
	return nil
}

// sequences runs all sequences.
func (c *converter[T]) sequences() error {
	if n := c.in.Layout().Sequences; n >= 0 {
		if err := c.initial.count(n); err != nil {
			return err
		}
	}
	n := 0
	for ; ; n++ {
		err := c.in.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = c.initial.start(c.session, n)
		}
		if err == nil {
			err = c.sequence()
		}
		if err != nil {
			return inSequence(err, c.input, n)
		}
		c.final.keep(c.session)
	}
	if err := c.initial.count(n); err != nil {
		return err
	}
	return c.out.Close()
}

// inSequence says in which sequence of the input an error of the model is. The
// reader's own errors say where they are.
func inSequence(err error, input string, sequence int) error {
	var e *series.Error
	if errors.As(err, &e) {
		if e.Line == 1 && errors.Is(e, series.ErrNumber) {
			return fmt.Errorf("%w; if the line names the columns, skip it with --header", err)
		}
		return err
	}
	return fmt.Errorf("%s, sequence %d: %w", input, sequence, err)
}

// sequence runs one sequence: in blocks of the steps that are at hand, or whole
// where a direction starts from its end. The blocks' outputs are those of the
// whole.
func (c *converter[T]) sequence() error {
	const block = 256 // steps
	m := c.session.Model()
	buf := make([]T, block*c.width)
	held := 0  // numbers in buf
	steps := 0 // run before
	var ys []float32
	for end := false; !end; {
		n, err := c.in.Read(buf[held:])
		held += n
		end = err == io.EOF
		if err != nil && !end {
			return err
		}
		if !end && !m.Streamable() {
			if held == len(buf) {
				buf = append(buf, make([]T, held)...)
			}
			continue
		}
		if held == 0 && steps > 0 {
			break
		}
		if ys, err = c.run(buf[:held]); err != nil {
			return afterSteps(err, steps)
		}
		steps += held / c.width
		held = 0
		if m.Pooled() {
			continue
		}
		if err := c.out.Write(ys); err != nil {
			return err
		}
		if err := c.out.Flush(); err != nil {
			return err
		}
	}
	if m.Pooled() {
		if err := c.out.Write(ys); err != nil {
			return err
		}
	}
	if err := c.out.End(); err != nil {
		return err
	}
	return c.out.Flush()
}

// afterSteps counts the step that an error names from the sequence's start.
func afterSteps(err error, steps int) error {
	var e *rnn.TokenRangeError
	if errors.As(err, &e) {
		e.Step += steps
	}
	return err
}
