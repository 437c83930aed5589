package series

import (
	"errors"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A frameReader reads steps of several frames, each a row of the underlying reader. A bad
// frame makes its step bad.
type frameReader[T Number] struct {
	Reader[T]
	name   string
	frames int
	width  int // numbers in a frame
	part   []T // the frames read so far of a step
	steps  int // steps of the sequence read so far
	bad    error
	behind int // unread frames of a bad step
}

func newFrameReader[T Number](r Reader[T], o Options) Reader[T] {
	return &frameReader[T]{Reader: r, name: o.Name, frames: o.Frames, width: o.Width / o.Frames}
}

func (c *frameReader[T]) Layout() Layout {
	l := c.Reader.Layout()
	l.Frames = true
	return l
}

func (c *frameReader[T]) Next() error {
	c.part, c.steps, c.bad, c.behind = nil, 0, nil, 0
	return c.Reader.Next()
}

func (c *frameReader[T]) Read(dst []T) (int, error) {
	step := c.frames * c.width
	n := copy(dst, c.part)
	c.part = nil
	for c.bad == nil {
		k, err := c.Reader.Read(dst[n:])
		n += k
		whole := n / step * step
		switch {
		case isBad(err):
			c.bad, c.behind = err, c.frames-1-(n-whole)/c.width
			n = whole
		case err == io.EOF && n > whole:
			return c.give(whole), c.short((n - whole) / c.width)
		case err != nil:
			return c.give(whole), err
		case whole > 0:
			c.part = append(c.part, dst[whole:n]...)
			return c.give(whole), nil
		}
	}
	if n > 0 {
		return c.give(n), nil
	}
	return 0, c.leaveOut()
}

// give counts the steps of n numbers.
func (c *frameReader[T]) give(n int) int {
	c.steps += n / c.width / c.frames
	return n
}

// leaveOut skips the rest of a bad step, and returns its error. It is final if the sequence
// ends within the step.
func (c *frameReader[T]) leaveOut() error {
	frame := make([]T, c.width)
	for ; c.behind > 0; c.behind-- {
		if _, err := c.Reader.Read(frame); err == io.EOF {
			return errors.Unwrap(c.bad) // no step is left to skip
		} else if err != nil && !isBad(err) {
			return err
		}
	}
	bad := c.bad
	c.bad = nil
	c.steps++
	return bad
}

func (c *frameReader[T]) short(frames int) error {
	return &Error{Name: c.name, Err: ErrWidth, Cause: fmt.Sprintf("the sequence ends after %s of step %d, but a step has %d: pad it, or cut it",
		message.Count(frames, "frame"), c.steps, c.frames)}
}

// Frames returns a writer that writes each step to w as several rows, one for each frame.
func Frames(w Writer, frames int) Writer { return frameWriter{w, frames} }

type frameWriter struct {
	Writer
	frames int
}

func (f frameWriter) Skip() error {
	for range f.frames {
		if err := f.Writer.Skip(); err != nil {
			return err
		}
	}
	return nil
}
