package series

import (
	"bufio"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/npy"
)

// An npyReader reads an array [T, width] or [N, T, width], of tokens [T] or
// [N, T]. Where the width is 1, [T] is a sequence, too, and [N, T] are N of them
// unless T is 1.
type npyReader[T Number] struct {
	a      *npy.Reader
	o      Options
	layout Layout
	next   int // sequences begun
	left   int // numbers of this sequence
}

func newNPYReader[T Number](r *bufio.Reader, o Options) (Reader[T], error) {
	a, err := npy.NewReader(r)
	if err != nil {
		return nil, &Error{Name: o.Name, Err: err}
	}
	return NewArrayReader[T](a, o)
}

// NewArrayReader returns a reader of the sequences of an array whose header has
// been read, as [NewReader] does. The options' Kind and Header mean nothing.
func NewArrayReader[T Number](a *npy.Reader, o Options) (Reader[T], error) {
	c := &npyReader[T]{a: a, o: o}
	if isToken[T]() && !a.DType.Integer() {
		return nil, &Error{Name: o.Name, Err: npy.ErrType,
			Cause: fmt.Sprintf("%v, but the model reads tokens: save integers, such as '<i4'", a.DType)}
	}
	lengths := a.Shape // without the width
	n := len(lengths)
	switch {
	case isToken[T]():
	case n >= 2 && lengths[n-1] == o.Width:
		lengths = lengths[:n-1]
	case o.Width == 1 && n <= 2:
	default:
		return nil, c.wrongShape()
	}
	switch len(lengths) {
	case 1:
		c.layout = Layout{Sequences: 1, Steps: lengths[0]}
	case 2:
		c.layout = Layout{Batch: true, Sequences: lengths[0], Steps: lengths[1]}
	default:
		return nil, c.wrongShape()
	}
	if c.layout.Sequences > 1 && c.layout.Steps == 0 { // a few bytes may claim 2^40 of them
		return nil, &Error{Name: o.Name, Err: ErrShape, Cause: fmt.Sprintf("an array %v, whose sequences have no steps", a.Shape)}
	}
	return c, nil
}

func (c *npyReader[T]) wrongShape() error {
	want := fmt.Sprintf("%d numbers a step: give [T, %d], or [N, T, %d] for N sequences", c.o.Width, c.o.Width, c.o.Width)
	if isToken[T]() {
		want = "tokens: give [T], or [N, T] for N sequences"
	}
	return &Error{Name: c.o.Name, Err: ErrShape, Cause: fmt.Sprintf("an array %v, but the model reads %s", c.a.Shape, want)}
}

func (c *npyReader[T]) Layout() Layout { return c.layout }

func (c *npyReader[T]) Next() error {
	if err := c.a.Skip(c.left); err != nil {
		return &Error{Name: c.o.Name, Err: err}
	}
	c.left = 0
	if c.next == c.layout.Sequences {
		return io.EOF
	}
	c.next++
	c.left = c.layout.Steps * c.o.Width
	return nil
}

func (c *npyReader[T]) Read(dst []T) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	dst = dst[:min(len(dst), c.left)]
	var err error
	switch dst := any(dst).(type) {
	case []int32:
		err = c.a.ReadInt32(dst)
	case []float32:
		err = c.a.ReadFloat32(dst)
	}
	if err != nil {
		return 0, &Error{Name: c.o.Name, Err: err}
	}
	c.left -= len(dst)
	return len(dst), nil
}

// An npyWriter writes an array whose shape, where it is not known before, is
// set at the end.
type npyWriter struct {
	a         *npy.Writer
	width     int
	pooled    bool
	layout    Layout
	sequences int // ended
	steps     int // of the sequence
	length    int // steps of every sequence before
}

func newNPYWriter(w io.Writer, o Output) (*npyWriter, error) {
	c := &npyWriter{width: o.Width, pooled: o.Pooled, layout: o.Layout}
	a, err := npy.NewWriter(w, npy.Float32, c.shape(max(o.Layout.Sequences, 0), max(o.Layout.Steps, 0))...)
	c.a = a
	return c, err
}

func (c *npyWriter) shape(sequences, steps int) []int {
	shape := []int{sequences, steps, c.width}
	if c.pooled {
		shape = []int{sequences, c.width}
	}
	if !c.layout.Batch {
		shape = shape[1:]
	}
	return shape
}

func (c *npyWriter) Write(ys []float32) error {
	c.steps += len(ys) / c.width
	return c.a.WriteFloat32(ys)
}

func (c *npyWriter) Skip() error { return writeNaNs(c, c.width) }

func (c *npyWriter) End() error {
	if c.sequences > 0 && c.steps != c.length {
		return fmt.Errorf("%w: sequence %d has %d steps and those before it have %d, so they are no array: write a .csv",
			ErrShape, c.sequences, c.steps, c.length)
	}
	c.sequences++
	c.length, c.steps = c.steps, 0
	return nil
}

// Flush does nothing: an array is of use only when it is whole.
func (c *npyWriter) Flush() error { return nil }

func (c *npyWriter) Close() error {
	if c.layout.Sequences < 0 || c.layout.Steps < 0 {
		c.layout.Batch = c.layout.Batch && c.sequences != 1
		if err := c.a.Reshape(c.shape(c.sequences, c.length)...); err != nil {
			return err
		}
	}
	return c.a.Close()
}
