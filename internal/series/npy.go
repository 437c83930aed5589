package series

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/npy"
)

// An npyReader reads an array [T, width] or [N, T, width], or for tokens [T] or [N, T]. If
// the width is 1, [T] is also a sequence, and [N, T] are N of them unless T is 1.
//
// If a step has F frames of C channels, the dimension F*C may be written as [F, C], and
// rows may be frames: [F*T, C], or [F*T] if C is 1. If rows can be steps, they are steps.
type npyReader[T Number] struct {
	a      *npy.Reader
	o      Options
	layout Layout
	next   int // sequences begun
	left   int // numbers of this sequence that are unread
}

func newNPYReader[T Number](r *bufio.Reader, o Options) (Reader[T], error) {
	a, err := npy.NewReader(r)
	if err != nil {
		return nil, &Error{Name: o.Name, Err: err}
	}
	return NewArrayReader[T](a, o)
}

// NewArrayReader returns a reader like [NewReader] for an array whose header has been
// read. It ignores the options Kind and Header.
func NewArrayReader[T Number](a *npy.Reader, o Options) (Reader[T], error) {
	c := &npyReader[T]{a: a, o: o}
	if isToken[T]() && !a.DType.Integer() {
		return nil, &Error{Name: o.Name, Err: npy.ErrType,
			Cause: fmt.Sprintf("%v, but the model reads tokens: save integers, such as '<i4'", a.DType)}
	}
	lengths, frames, ok := o.lengths(a.Shape, isToken[T]())
	if !ok {
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
	if frames && c.layout.Steps%o.Frames != 0 {
		return nil, &Error{Name: o.Name, Err: ErrShape, Cause: fmt.Sprintf("an array %v with sequences of %s, not a multiple of the %d in a step of the model: pad them, or cut them",
			a.Shape, message.Count(c.layout.Steps, "frame"), o.Frames)}
	} else if frames {
		c.layout.Steps, c.layout.Frames = c.layout.Steps/o.Frames, true
	}
	if c.layout.Sequences > 1 && c.layout.Steps == 0 { // a few bytes may claim 2^40 sequences
		return nil, &Error{Name: o.Name, Err: ErrShape, Cause: fmt.Sprintf("an array %v with sequences without steps", a.Shape)}
	}
	return c, nil
}

// lengths returns the dimensions of an array without those of a row, and whether rows are
// frames.
func (o *Options) lengths(shape []int, tokens bool) (lengths []int, frames, ok bool) {
	n, step, frame := len(shape), o.Width, o.Width/max(o.Frames, 1)
	ends := func(row ...int) bool { return n > len(row) && slices.Equal(shape[n-len(row):], row) }
	switch {
	case o.Frames <= 1:
	case ends(o.Frames, frame):
		return shape[:n-2], false, true
	case ends(step):
		return shape[:n-1], false, true
	case ends(frame):
		return shape[:n-1], true, true
	default:
		return shape, true, frame == 1 && n <= 2
	}
	switch {
	case tokens:
		return shape, false, true
	case ends(step):
		return shape[:n-1], false, true
	}
	return shape, false, step == 1 && n <= 2
}

func (c *npyReader[T]) wrongShape() error {
	want := fmt.Sprintf("%s per step: give [T, %d], or [N, T, %d] for N sequences", message.Count(c.o.Width, "number"), c.o.Width, c.o.Width)
	switch f := c.o.Frames; {
	case f > 1:
		want = fmt.Sprintf("%s of %s per step: give [T, %d, %d], [T, %d] or [%d*T, %d], or with N before them for N sequences",
			message.Count(f, "frame"), message.Count(c.o.Width/f, "number"), f, c.o.Width/f, c.o.Width, f, c.o.Width/f)
	case isToken[T]():
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

// An npyWriter writes an array. If its shape is not known before, it is set at the end.
type npyWriter struct {
	a         arrayWriter
	width     int
	pooled    bool
	layout    Layout
	sequences int // ended sequences
	steps     int // steps in the sequence
	length    int // steps in every sequence before
}

// An arrayWriter is an [npy.Writer], or an array in memory.
type arrayWriter interface {
	WriteFloat32(src []float32) error
	Reshape(shape ...int) error
	Close() error
}

// NewArrayWriter returns a writer to an array in memory.
func NewArrayWriter(a *npy.Array, o Output) Writer {
	c := &npyWriter{width: o.Width, pooled: o.Pooled, layout: o.Layout, a: memory{a}}
	a.DType, a.Shape = npy.Float32, c.shape(max(o.Layout.Sequences, 0), max(o.Layout.Steps, 0))
	return c
}

type memory struct{ *npy.Array }

func (m memory) WriteFloat32(src []float32) error {
	m.Floats = append(m.Floats, src...)
	return nil
}

func (m memory) Reshape(shape ...int) error {
	m.Shape = shape
	return nil
}

func (memory) Close() error { return nil }

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
		return fmt.Errorf("%w: sequence %d has %s but the sequences before it have %d, so they do not fit into an array: write a .csv",
			ErrShape, c.sequences, message.Count(c.steps, "step"), c.length)
	}
	c.sequences++
	c.length, c.steps = c.steps, 0
	return nil
}

// Flush does nothing, since an incomplete array is useless.
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
