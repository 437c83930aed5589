package series

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A rawReader reads one sequence of little-endian numbers of 32 bits.
type rawReader[T Number] struct {
	r       *bufio.Reader
	o       Options
	started bool
	steps   int
}

func (c *rawReader[T]) Layout() Layout { return Layout{Sequences: 1, Steps: -1} }

func (c *rawReader[T]) Next() error {
	if c.started {
		return io.EOF
	}
	c.started = true
	return nil
}

func (c *rawReader[T]) Read(dst []T) (int, error) {
	n := 0
	for n < len(dst) && (n == 0 || c.r.Buffered() >= 4*c.o.Width) {
		for i := range c.o.Width {
			v, err := c.readNumber(i)
			if err != nil {
				return n, err
			}
			dst[n+i] = v
		}
		n += c.o.Width
		c.steps++
	}
	return n, nil
}

// readNumber reads the number at an index of a step. The input may end only between two
// steps.
func (c *rawReader[T]) readNumber(at int) (T, error) {
	var b [4]byte
	_, err := io.ReadFull(c.r, b[:])
	switch {
	case err == io.EOF && at == 0:
		return 0, io.EOF
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		return 0, &Error{Name: c.o.Name, Err: ErrWidth,
			Cause: fmt.Sprintf("the input ends within step %d, which needs %s of 4 bytes", c.steps, message.Count(c.o.Width, "number"))}
	case err != nil:
		return 0, &Error{Name: c.o.Name, Err: err}
	}
	bits := binary.LittleEndian.Uint32(b[:])
	if isToken[T]() {
		return T(int32(bits)), nil
	}
	return T(math.Float32frombits(bits)), nil
}

// A rawWriter writes little-endian float32, one after the other.
type rawWriter struct {
	w     *bufio.Writer
	width int
}

func (c *rawWriter) Write(ys []float32) error {
	for _, y := range ys {
		var b [4]byte
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(y))
		if _, err := c.w.Write(b[:]); err != nil {
			return err
		}
	}
	return nil
}

func (c *rawWriter) Skip() error  { return writeNaNs(c, c.width) }
func (c *rawWriter) End() error   { return nil }
func (c *rawWriter) Flush() error { return c.w.Flush() }
func (c *rawWriter) Close() error { return c.w.Flush() }
