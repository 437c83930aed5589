package series

import (
	"errors"
	"fmt"
)

// A BadStep is the error of a step that cannot be used: a malformed line, or a number
// that is not finite. The reader has skipped the step, and the next Read continues after
// it.
type BadStep struct{ Err error }

// Error returns the reason.
func (b *BadStep) Error() string { return b.Err.Error() }

// Unwrap returns the reason.
func (b *BadStep) Unwrap() error { return b.Err }

// Check returns a reader of r's sequences that returns a [*BadStep] for each step of width
// numbers that check refuses. check gets the step's index in its sequence, from 0.
func Check(r Reader[float32], width int, check func(step []float32, index int) error) Reader[float32] {
	return &checkedReader{Reader: r, width: width, check: check}
}

type checkedReader struct {
	Reader[float32]
	width int
	check func(step []float32, index int) error
	index int       // of the next step
	left  []float32 // steps that have been read after a bad one
	bad   error     // for the next Read
	after error     // the reader's error after left
}

func (c *checkedReader) Next() error {
	c.index, c.left, c.bad, c.after = 0, nil, nil, nil
	return c.Reader.Next()
}

func (c *checkedReader) Read(dst []float32) (int, error) {
	if err := c.bad; err != nil {
		c.bad = nil
		return 0, err
	}
	n, err := c.read(dst)
	for i := 0; i+c.width <= n; i += c.width {
		bad := c.check(dst[i:i+c.width], c.index)
		c.index++
		if bad == nil {
			continue
		}
		c.left = append(append([]float32(nil), dst[i+c.width:n]...), c.left...)
		if err != nil {
			c.after = err
		}
		if i == 0 {
			return 0, &BadStep{bad}
		}
		c.bad = &BadStep{bad}
		return i, nil
	}
	if _, ok := err.(*BadStep); ok {
		c.index++
	}
	return n, err
}

// read reads the steps in left first, and then from the reader.
func (c *checkedReader) read(dst []float32) (int, error) {
	if len(c.left) > 0 {
		n := copy(dst, c.left)
		c.left = c.left[n:]
		return n, nil
	}
	if err := c.after; err != nil {
		c.after = nil
		return 0, err
	}
	return c.Reader.Read(dst)
}

// InSequence says in which sequence of the input an error of the model is. The
// reader's own errors say where they are.
func InSequence(err error, input string, sequence int) error {
	var e *Error
	if errors.As(err, &e) {
		if e.Line == 1 && e.Place == "" && errors.Is(e, ErrNumber) {
			return fmt.Errorf("%w; if the line names the columns, skip it with --header", err)
		}
		return err
	}
	return fmt.Errorf("%s, sequence %d: %w", input, sequence, err)
}
