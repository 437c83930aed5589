package series

import "io"

// Cut returns a reader of the first lengths[i] steps of each sequence i of r, in steps of
// width numbers. The sequences must have as many.
func Cut(r Reader[float32], lengths []int, width int) Reader[float32] {
	return &cutReader{Reader: r, lengths: lengths, width: width}
}

type cutReader struct {
	Reader[float32]
	lengths []int // lengths of the sequences that have not begun
	width   int
	left    int // numbers of this sequence that are unread
}

func (c *cutReader) Next() error {
	if err := c.Reader.Next(); err != nil {
		return err
	}
	c.left = c.lengths[0] * c.width
	c.lengths = c.lengths[1:]
	return nil
}

func (c *cutReader) Read(dst []float32) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n, err := c.Reader.Read(dst[:min(len(dst), c.left)])
	c.left -= n
	return n, err
}

// Pad returns a writer to w that pads each sequence to that many steps with steps of width
// zeros.
func Pad(w Writer, steps, width int) Writer {
	return &paddedWriter{Writer: w, step: make([]float32, width), steps: steps}
}

type paddedWriter struct {
	Writer
	step  []float32 // zeros
	steps int
	have  int // steps in this sequence
}

func (p *paddedWriter) Write(ys []float32) error {
	p.have += len(ys) / len(p.step)
	return p.Writer.Write(ys)
}

func (p *paddedWriter) Skip() error {
	p.have++
	return p.Writer.Skip()
}

func (p *paddedWriter) End() error {
	for ; p.have < p.steps; p.have++ {
		if err := p.Writer.Write(p.step); err != nil {
			return err
		}
	}
	p.have = 0
	return p.Writer.End()
}
