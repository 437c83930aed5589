package series

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A csvReader reads a step a line. A run of empty lines separates sequences.
type csvReader[T Number] struct {
	r     *bufio.Reader
	o     Options
	line  int
	step  []T  // read by Next, and not yet by Read
	ended bool // the sequence has been read
}

func newCSVReader[T Number](r *bufio.Reader, o Options) (*csvReader[T], error) {
	c := &csvReader[T]{r: r, o: o, ended: true}
	if o.Header {
		if _, err := c.readLine(); err != nil && err != io.EOF {
			return nil, err
		}
	}
	return c, nil
}

func (c *csvReader[T]) Layout() Layout { return Layout{Batch: true, Sequences: -1, Steps: -1} }

// Next finds the sequence's first line. An input without any has no sequence.
func (c *csvReader[T]) Next() error {
	for !c.ended {
		if _, err := c.Read(make([]T, c.o.Width)); err != nil && err != io.EOF {
			return err
		}
	}
	for {
		line, err := c.readLine()
		if err != nil {
			return err
		}
		if len(line) > 0 {
			c.step, err = c.parse(make([]T, 0, c.o.Width), line)
			c.ended = false
			return err
		}
	}
}

func (c *csvReader[T]) Read(dst []T) (int, error) {
	n := copy(dst, c.step)
	c.step = nil
	for n < len(dst) && !c.ended && (n == 0 || c.atHand()) {
		line, err := c.readLine()
		if err != nil && err != io.EOF {
			return n, err
		}
		if err == io.EOF || len(line) == 0 {
			c.ended = true
			break
		}
		step, err := c.parse(dst[n:n], line)
		if err != nil {
			return n, err
		}
		n += len(step)
	}
	if n == 0 && len(dst) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// atHand reports whether the next line can be read without waiting.
func (c *csvReader[T]) atHand() bool {
	b, _ := c.r.Peek(c.r.Buffered())
	return bytes.IndexByte(b, '\n') >= 0
}

// readLine returns the next line without white space around it, valid until
// the next call.
func (c *csvReader[T]) readLine() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	if err == io.EOF && len(line) == 0 {
		return nil, io.EOF
	}
	c.line++
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, c.fail(ErrWidth, "a line of more than %d bytes", c.r.Size())
	}
	if err != nil && err != io.EOF {
		return nil, c.fail(err, "")
	}
	if c.line == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return bytes.TrimSpace(line), nil
}

// parse appends a line's numbers to step.
func (c *csvReader[T]) parse(step []T, line []byte) ([]T, error) {
	if n := bytes.Count(line, []byte(",")) + 1; n != c.o.Width {
		return nil, c.fail(ErrWidth, "%d on the line, but the model reads %d a step, separated by commas", n, c.o.Width)
	}
	for rest, more := line, true; more; {
		var field []byte
		field, rest, more = bytes.Cut(rest, []byte(","))
		field = bytes.TrimSpace(field)
		v, ok := ParseNumber[T](field)
		if !ok {
			return nil, c.fail(ErrNumber, "%.40q%s", field, c.advice())
		}
		step = append(step, v)
	}
	return step, nil
}

// advice says what is due, unless the line may be one of names.
func (c *csvReader[T]) advice() string {
	if isToken[T]() && c.line > 1 {
		return "; the model reads a token's id on each line"
	}
	return ""
}

func (c *csvReader[T]) fail(err error, format string, args ...any) error {
	return &Error{Name: c.o.Name, Line: c.line, Err: err, Cause: fmt.Sprintf(format, args...)}
}

// ParseNumber returns the number that a field is, and whether it is one. A number
// too large for a float32 is an infinity.
func ParseNumber[T Number](field []byte) (T, bool) {
	if isToken[T]() {
		v, err := strconv.ParseInt(string(field), 10, 32)
		return T(v), err == nil
	}
	v, err := strconv.ParseFloat(string(field), 32)
	return T(v), err == nil || errors.Is(err, strconv.ErrRange)
}

// A csvWriter writes a step a line.
type csvWriter struct {
	w        *bufio.Writer
	width    int
	pooled   bool // a sequence is one line, so nothing need separate two
	separate bool // a sequence has ended before
	number   []byte
}

func (c *csvWriter) Write(ys []float32) error {
	if c.separate && len(ys) > 0 {
		c.w.WriteByte('\n')
		c.separate = false
	}
	for i, y := range ys {
		c.number = strconv.AppendFloat(c.number[:0], float64(y), 'g', -1, 32)
		end := byte(',')
		if (i+1)%c.width == 0 {
			end = '\n'
		}
		if _, err := c.w.Write(append(c.number, end)); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvWriter) End() error {
	c.separate = !c.pooled
	return nil
}

func (c *csvWriter) Flush() error { return c.w.Flush() }
func (c *csvWriter) Close() error { return c.w.Flush() }
