package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A plane is a flow of two axes and channels: rows of columns. Its value has a frame
// for each, [rows·columns][channels], and time can only be the rows. A kernel of two
// axes therefore becomes a kernel over the columns, which reads the channels of several
// rows side by side.
type plane struct {
	x             *flow
	row, column   int // axes; -1: there is none
	rows, columns int
}

// planeOf returns the flow as a plane, given the axes that a kernel slides along.
func (t *tracer) planeOf(c *call, x *flow, slid []int) (*plane, error) {
	p := &plane{x: x, row: -1, column: -1, rows: 1, columns: 1}
	if x.time == 1 {
		return nil, c.unsupported("its channels are the steps of a sequence")
	}
	var axes []int // that are longer than 1, or slid along, or time
	for k, n := range x.shape {
		if k != 1 && (n > 1 || slices.Contains(slid, k) || k == x.time) {
			axes = append(axes, k)
		}
	}
	switch {
	case len(axes) > 2:
		return nil, c.unsupported("it slides along more than two axes of the shape %v", x.shape)
	case len(axes) == 1 && axes[0] != x.time:
		p.column = axes[0]
	case len(axes) == 1:
		p.row = axes[0]
	case len(axes) == 2:
		p.row, p.column = axes[0], axes[1]
		if p.column == x.time {
			p.row, p.column = p.column, p.row
		}
	}
	if p.row >= 0 {
		p.rows = x.shape[p.row]
	}
	if p.column >= 0 {
		p.columns = x.shape[p.column]
	}
	return p, nil
}

// value returns the value of the plane.
func (t *tracer) planeValue(c *call, p *plane) (int, error) {
	var frames []int
	for _, k := range []int{p.row, p.column} {
		if k >= 0 {
			frames = append(frames, k)
		}
	}
	return t.matrix(c, p.x, frames, []int{1})
}

// padColumns puts columns of a number before and after those of every row. v is
// [rows·columns][channels].
func (t *tracer) padColumns(c *call, v, rows, before, after int, value float32) (int, error) {
	channels := t.shapes[v].Channels
	columns := t.shapes[v].Frames / rows
	if before+after == 0 {
		return v, nil
	}
	v, err := t.reshaped(v, rows, columns*channels)
	if err != nil {
		return 0, err
	}
	var parts []int
	for i, n := range []int{before, 0, after} {
		if i == 1 {
			parts = append(parts, v)
		}
		if n == 0 {
			continue
		}
		if err := c.spend(rows * n * channels); err != nil {
			return 0, err
		}
		k, err := t.put(c, &format.Constant{Frames: rows, Channels: n * channels, Data: slices.Repeat([]float32{value}, rows*n*channels)})
		if err != nil {
			return 0, err
		}
		parts = append(parts, k)
	}
	if v, err = t.put(c, &format.Concat{Axis: format.AxisChannels}, parts...); err != nil {
		return 0, err
	}
	return t.reshaped(v, rows*(before+columns+after), channels)
}

// A sweep is the value of a plane, padded so that kernels can slide along it.
type sweep struct {
	v       int
	width   int // columns of a row, a multiple of the stride along them
	rows    int // that the kernel gives
	columns int // that the kernel gives
	across  *kernel
	along   *kernel
}

// sweepOf pads a plane for kernels of its rows and its columns.
func (t *tracer) sweepOf(c *call, p *plane, along, across *kernel, value float32) (*sweep, error) {
	s := &sweep{along: along, across: across}
	v, err := t.planeValue(c, p)
	if err != nil {
		return nil, err
	}
	full := across.before + p.columns + across.after
	s.columns = (full-across.span())/across.stride + 1
	if full < across.span() {
		return nil, c.shape("a kernel that spans %d of %d", across.span(), full)
	}
	s.width = (across.before + p.columns + max(across.after, 0) + across.stride - 1) / across.stride * across.stride
	if v, err = t.padColumns(c, v, p.rows, across.before, s.width-across.before-p.columns, value); err != nil {
		return nil, err
	}
	if p.row < 0 || p.row != p.x.time {
		full := along.before + p.rows + along.after
		if full < along.span() {
			return nil, c.shape("a kernel that spans %d of %d", along.span(), full)
		}
		s.rows = (full-along.span())/along.stride + 1
		if after := max(along.after, 0); along.before+after > 0 {
			v, err = t.put(c, &format.Pad{Before: along.before * s.width, After: after * s.width, Value: value}, v)
		}
		s.v = v
		return s, err
	}
	before, after, err := windowOfSteps(c, p.rows, along)
	if err != nil {
		return nil, err
	}
	if value != 0 && before+after > 0 {
		return nil, c.unsupported("it pads the steps of a sequence")
	}
	s.rows = p.rows / along.stride
	if before+after > 0 {
		v, err = t.put(c, &format.Window{Before: before * s.width, After: after * s.width}, v)
	}
	s.v = v
	return s, err
}

// windowOfSteps returns how many frames before and after those of a step a kernel
// reads.
func windowOfSteps(c *call, frames int, k *kernel) (before, after int, err error) {
	if frames%k.stride != 0 {
		return 0, 0, errFrames(k.stride)
	}
	if missing := k.span() - k.before - k.after; missing > k.stride || missing < 1 || k.before < 0 {
		n, than, advice := k.stride-missing, "more", ""
		if n < 0 {
			n, than, advice = -n, "fewer", ": give the convolution that padding, before the sequence if it is to run step by step, and train the model with it"
		}
		return 0, 0, c.unsupported("it makes %s %s than it reads: %s of padding for a kernel of %d and a stride of %d, want %d%s",
			message.Count(n, "step"), than, message.Count(k.before+k.after, "frame"), k.span(), k.stride, k.span()-k.stride, advice)
	}
	return k.before, max(k.span()-k.stride-k.before, 0), nil
}

// rowsAt returns the rows of columns that tap i of the rows' kernel reads, one for each
// row that the kernel gives and those between.
func (t *tracer) rowsAt(c *call, s *sweep, v, i int) (int, error) {
	count := ((s.rows-1)*s.along.stride + 1) * s.width
	start := i * s.along.dilation * s.width
	if start == 0 && count == t.shapes[v].Frames {
		return v, nil
	}
	return t.put(c, &format.Slice{Axis: format.AxisFrames, Start: start, Count: count, Step: 1}, v)
}

// covered makes a kernel of the columns give a number for each stride: it reads
// beyond the last row, but not for the numbers that are kept.
func (t *tracer) covered(c *call, s *sweep, v int) (int, error) {
	beyond := s.across.span() - s.across.stride
	if beyond <= 0 {
		return v, nil
	}
	return t.put(c, &format.Pad{After: beyond}, v)
}

// kept returns the rows and columns of a value that the kernels give, as a flow.
func (t *tracer) kept(c *call, p *plane, s *sweep, v int) (*flow, error) {
	channels := t.shapes[v].Channels
	wide := s.width / s.across.stride
	var err error
	if rows := t.shapes[v].Frames / wide; rows > s.rows || wide > s.columns {
		if v, err = t.reshaped(v, rows, wide*channels); err != nil {
			return nil, err
		}
		if rows > s.rows {
			if v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: 0, Count: s.rows, Step: s.along.stride}, v); err != nil {
				return nil, err
			}
		}
		if wide > s.columns {
			if v, err = t.put(c, &format.Slice{Axis: format.AxisChannels, Start: 0, Count: s.columns * channels, Step: 1}, v); err != nil {
				return nil, err
			}
		}
	}
	if v, err = t.reshaped(v, s.rows*s.columns, channels); err != nil {
		return nil, err
	}
	shape := slices.Clone(p.x.shape)
	shape[1] = channels
	var memory []int
	if p.row >= 0 {
		shape[p.row] = s.rows
		memory = append(memory, p.row)
	}
	if p.column >= 0 {
		shape[p.column] = s.columns
		memory = append(memory, p.column)
	}
	r := p.x.with(v, shape, nil)
	r.memory = r.withoutOnes(append(memory, 1)...)
	return r, nil
}

// A filter is the weights of a convolution over a plane.
type filter struct {
	outputs, each, groups int
	along, across         int       // taps
	weight                []float32 // [outputs][each][along][across]
	bias                  []float32
}

// convolved returns the output of a filter for a plane.
func (t *tracer) convolved(c *call, p *plane, w *filter, along, across *kernel) (*flow, error) {
	s, err := t.sweepOf(c, p, along, across, 0)
	if err != nil {
		return nil, err
	}
	if w.bias != nil && len(w.bias) != w.outputs {
		return nil, c.shape("a bias of %d for %s", len(w.bias), message.Count(w.outputs, "output"))
	}
	if err := c.spend(3 * len(w.weight)); err != nil {
		return nil, err
	}
	if w.groups > 1 && w.groups == w.outputs && w.each == 1 {
		v, err := t.depthwise(c, s, w)
		if err != nil {
			return nil, err
		}
		return t.kept(c, p, s, v)
	}
	rows := w.outputs / w.groups
	var parts []int
	for g := range w.groups {
		v := s.v
		if w.groups > 1 {
			if v, err = t.put(c, &format.Slice{Axis: format.AxisChannels, Start: g * w.each, Count: w.each, Step: 1}, v); err != nil {
				return nil, err
			}
		}
		// The channels of all rows of taps stand side by side.
		var side []int
		for i := range w.along {
			at, err := t.rowsAt(c, s, v, i)
			if err != nil {
				return nil, err
			}
			side = append(side, at)
		}
		if v = side[0]; len(side) > 1 {
			if v, err = t.put(c, &format.Concat{Axis: format.AxisChannels}, side...); err != nil {
				return nil, err
			}
		}
		if v, err = t.covered(c, s, v); err != nil {
			return nil, err
		}
		weight := make([]float32, 0, rows*w.each*w.along*w.across)
		for o := g * rows; o < (g+1)*rows; o++ {
			for i := range w.along {
				for e := range w.each {
					weight = append(weight, w.weight[((o*w.each+e)*w.along+i)*w.across:][:w.across]...)
				}
			}
		}
		var bias []float32
		if w.bias != nil {
			bias = w.bias[g*rows:][:rows]
		}
		conv, err := format.PackConv(w.each*w.along, rows, w.across, across.stride, across.dilation, weight, bias)
		if err != nil {
			return nil, c.unsupported("%v", err)
		}
		if v, err = t.put(c, conv, v); err != nil {
			return nil, err
		}
		parts = append(parts, v)
	}
	v := parts[0]
	if len(parts) > 1 {
		if v, err = t.put(c, &format.Concat{Axis: format.AxisChannels}, parts...); err != nil {
			return nil, err
		}
	}
	return t.kept(c, p, s, v)
}

// depthwise returns the sum of the outputs of the rows of a filter for each
// channel.
func (t *tracer) depthwise(c *call, s *sweep, w *filter) (int, error) {
	sum := 0
	for i := range w.along {
		v, err := t.rowsAt(c, s, s.v, i)
		if err == nil {
			v, err = t.covered(c, s, v)
		}
		if err != nil {
			return 0, err
		}
		d := &format.Depthwise{Channels: w.outputs, Kernel: w.across, Stride: s.across.stride, Dilation: s.across.dilation, Bias: make([]float32, w.outputs)}
		if w.bias != nil && i == 0 {
			copy(d.Bias, w.bias)
		}
		d.Weight = make([]float32, w.across*w.outputs)
		for o := range w.outputs {
			for k := range w.across {
				d.Weight[k*w.outputs+o] = w.weight[(o*w.along+i)*w.across+k]
			}
		}
		if v, err = t.put(c, d, v); err != nil {
			return 0, err
		}
		if i == 0 {
			sum = v
		} else if sum, err = t.put(c, &format.Binary{Function: format.BinaryAdd}, sum, v); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// pooled returns the greatest numbers, or the means, under kernels of both axes.
func (t *tracer) pooled(c *call, p *plane, along, across *kernel, mean bool, padding float32) (*flow, error) {
	s, err := t.sweepOf(c, p, along, across, padding)
	if err != nil {
		return nil, err
	}
	v := 0
	for i := range along.taps {
		at, err := t.rowsAt(c, s, s.v, i)
		if err != nil {
			return nil, err
		}
		function := format.BinaryMax
		if mean {
			function = format.BinaryAdd
		}
		if i == 0 {
			v = at
		} else if v, err = t.put(c, &format.Binary{Function: function}, v, at); err != nil {
			return nil, err
		}
	}
	if mean && along.taps > 1 {
		if v, err = t.put(c, &format.Map{Function: scaledBy(1 / float32(along.taps))}, v); err != nil {
			return nil, err
		}
	}
	if v, err = t.covered(c, s, v); err != nil {
		return nil, err
	}
	if across.taps > 1 || across.stride > 1 {
		if v, err = t.put(c, &format.FramePool{Mean: mean, Kernel: across.taps, Stride: across.stride}, v); err != nil {
			return nil, err
		}
	}
	return t.kept(c, p, s, v)
}
