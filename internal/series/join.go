package series

import (
	"fmt"
	"io"
)

// A Part is one of several inputs whose steps are read side by side.
type Part struct {
	Name   string // name of its file, for errors
	Width  int    // numbers per step
	Reader Reader[float32]

	ahead []float32 // steps that have been read
	err   error     // error of the reader after them
}

// Join returns a reader whose steps are the parts' steps side by side. It returns an error
// if the parts differ in the number of sequences or steps.
func Join(parts []*Part) (Reader[float32], error) {
	c := &joinedReader{parts: parts, layout: parts[0].Reader.Layout()}
	for _, p := range parts {
		l := p.Reader.Layout()
		c.layout.Frames = c.layout.Frames || l.Frames
		for _, n := range [...]struct {
			what string
			all  *int
			own  int
		}{{"sequences", &c.layout.Sequences, l.Sequences}, {"steps", &c.layout.Steps, l.Steps}} {
			if *n.all < 0 {
				*n.all = n.own
			} else if n.own >= 0 && n.own != *n.all {
				return nil, &Error{Name: p.Name, Err: ErrShape, Cause: fmt.Sprintf("%d %s, but %s has %d", n.own, n.what, parts[0].Name, *n.all)}
			}
		}
		c.layout.Batch = c.layout.Batch && l.Batch || c.layout.Sequences > 1
		c.width += p.Width
	}
	return c, nil
}

type joinedReader struct {
	parts  []*Part
	layout Layout
	width  int
}

func (c *joinedReader) Layout() Layout { return c.layout }

func (c *joinedReader) Next() error {
	ended := 0
	for _, p := range c.parts {
		p.ahead, p.err = nil, nil
		switch err := p.Reader.Next(); err {
		case nil:
		case io.EOF:
			ended++
		default:
			return err
		}
	}
	if ended == len(c.parts) {
		return io.EOF
	}
	if ended > 0 {
		return c.uneven("sequences")
	}
	return nil
}

func (c *joinedReader) uneven(what string) error {
	return &Error{Name: c.parts[0].Name, Err: ErrShape, Cause: "its number of " + what + " differs from the other inputs"}
}

func (c *joinedReader) Read(dst []float32) (int, error) {
	room := len(dst) / c.width
	steps, failed, ended := room, false, 0
	for _, p := range c.parts {
		p.fill(room)
		steps = min(steps, len(p.ahead)/p.Width)
		if len(p.ahead) == 0 {
			failed = true
			if p.err == io.EOF {
				ended++
			}
		}
	}
	switch {
	case ended == len(c.parts):
		return 0, io.EOF
	case ended > 0:
		return 0, c.uneven("steps")
	case failed:
		return 0, c.leaveOut()
	}
	at := 0
	for _, p := range c.parts {
		for i := range steps {
			copy(dst[i*c.width+at:][:p.Width], p.ahead[i*p.Width:])
		}
		p.ahead = p.ahead[steps*p.Width:]
		at += p.Width
	}
	return steps * c.width, nil
}

// leaveOut skips a step that is bad in one of the parts, and returns its error.
func (c *joinedReader) leaveOut() (bad error) {
	for _, p := range c.parts {
		switch {
		case len(p.ahead) > 0:
			p.ahead = p.ahead[p.Width:]
		case isBad(p.err):
			bad, p.err = p.err, nil
		default:
			return p.err
		}
	}
	return bad
}

// fill reads at least one step, unless some are left, and at most as many as given.
func (p *Part) fill(steps int) {
	if len(p.ahead) > 0 || p.err != nil {
		return
	}
	ahead := make([]float32, steps*p.Width)
	n, err := p.Reader.Read(ahead)
	p.ahead, p.err = ahead[:n], err
}

// Numbers returns a reader of tokens as numbers. Tokens below 2^24 are exact.
func Numbers(r Reader[int32]) Reader[float32] { return &numberReader{Reader: r} }

type numberReader struct {
	Reader[int32]
	tokens []int32
}

func (c *numberReader) Read(dst []float32) (int, error) {
	if len(c.tokens) < len(dst) {
		c.tokens = make([]int32, len(dst))
	}
	n, err := c.Reader.Read(c.tokens[:len(dst)])
	for i, v := range c.tokens[:n] {
		dst[i] = float32(v)
	}
	return n, err
}
