package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A flow is a value of the graph of layers that depends on its inputs: what one step
// of the model gives. Open dimensions have the sizes of a step then: one sequence,
// and so many frames of time. Flows do not change; operators make new ones.
type flow struct {
	value int   // of the graph of layers
	shape []int // of the axes, outermost first
	// memory has the axes in the order in which the value's numbers lie, the
	// outermost first, without those of length 1.
	memory []int
	time   int           // the axis that counts frames of time; -1: there is none
	edges  [2]int        // frames of zeros before and behind, over time, that a convolution is still to read
	final  *tensors      // the same as elements of states; nil: it is none
	dense  *denseProduct // what it is the product of; nil: of nothing
}

// canonical returns the axes longer than 1 of a shape in their order.
func canonical(shape []int) []int {
	var axes []int
	for k, n := range shape {
		if n != 1 {
			axes = append(axes, k)
		}
	}
	return axes
}

// rowMajor reports whether the numbers lie in the order of the axes.
func (f *flow) rowMajor() bool { return slices.IsSorted(f.memory) }

// with returns a flow of another value and shape.
func (f *flow) with(value int, shape, memory []int) *flow {
	return &flow{value: value, shape: shape, memory: memory, time: f.time}
}

// size returns the product of the lengths of axes.
func (f *flow) size(axes []int) int {
	n := 1
	for _, k := range axes {
		n *= f.shape[k]
	}
	return n
}

// others returns the axes longer than 1 that are not k, as they lie in memory.
func (f *flow) others(k int) []int {
	return slices.DeleteFunc(slices.Clone(f.memory), func(axis int) bool { return axis == k })
}

// withoutOnes returns the axes longer than 1 among some.
func (f *flow) withoutOnes(axes ...int) []int {
	return slices.DeleteFunc(slices.Clone(axes), func(k int) bool { return f.shape[k] == 1 })
}

// matrix returns a value of the graph whose frames are the numbers along some axes
// and whose channels are those along the others, both in the given order.
func (t *tracer) matrix(c *call, f *flow, frames, channels []int) (int, error) {
	frames, channels = f.withoutOnes(frames...), f.withoutOnes(channels...)
	want := slices.Concat(frames, channels)
	rows, columns := f.size(frames), f.size(channels)
	if k := f.value - len(t.graph.Inputs); k >= 0 {
		if constant, ok := t.graph.Nodes[k].Op.(*format.Constant); ok {
			return t.constantMatrix(c, f, constant.Data, want, rows, columns)
		}
	}
	if slices.Equal(f.memory, want) {
		return t.reshaped(f.value, rows, columns)
	}
	// Axes that turn round a point are a transposition.
	for i := range f.memory {
		if !slices.Equal(slices.Concat(f.memory[i:], f.memory[:i]), want) {
			continue
		}
		v, err := t.reshaped(f.value, f.size(f.memory[:i]), f.size(f.memory[i:]))
		if err != nil {
			return 0, err
		}
		if f.time >= 0 && f.shape[f.time] > 1 && slices.Contains(f.memory, f.time) && want[0] != f.time {
			return 0, c.unsupported("it lays the steps of several frames behind other axes")
		}
		v, err = t.put(c, &format.Transpose{}, v)
		if err != nil {
			return 0, err
		}
		return t.reshaped(v, rows, columns)
	}
	return t.permuted(c, f, want, rows, columns)
}

// constantMatrix lays the axes of a constant in any order.
func (t *tracer) constantMatrix(c *call, f *flow, data []float32, want []int, rows, columns int) (int, error) {
	if err := c.spend(len(data)); err != nil {
		return 0, err
	}
	strides, unit := make([]int, len(f.shape)), 1
	for i := len(f.memory) - 1; i >= 0; i-- {
		strides[f.memory[i]] = unit
		unit *= f.shape[f.memory[i]]
	}
	laid := make([]float32, len(data))
	for i := range laid {
		at, rest := 0, i
		for j := len(want) - 1; j >= 0; j-- {
			k := want[j]
			at += rest % f.shape[k] * strides[k]
			rest /= f.shape[k]
		}
		laid[i] = data[at]
	}
	return t.put(c, &format.Constant{Frames: rows, Channels: columns, Data: laid})
}

// permuted lays the axes in any order, one after the other: it moves the axis that
// is due to the end of those that are.
func (t *tracer) permuted(c *call, f *flow, want []int, rows, columns int) (int, error) {
	memory, v := slices.Clone(f.memory), f.value
	for done := range want {
		at := slices.Index(memory, want[done])
		if at == done {
			continue
		}
		// [done axes][before][axis][behind] → parts for each index of the done ones.
		head, before, axis, behind := f.size(memory[:done]), f.size(memory[done:at]), f.shape[want[done]], f.size(memory[at+1:])
		var parts []int
		for h := range head {
			for i := range axis {
				// Numbers (h, all of before, i, all of behind) lie in rows of behind.
				x, err := t.reshaped(v, head*before*axis, behind)
				if err != nil {
					return 0, err
				}
				if x, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: h*before*axis + i, Count: before, Step: axis}, x); err != nil {
					return 0, err
				}
				if len(parts) > maxParts {
					return 0, c.unsupported("it lays axes of the shape %v in another order", f.shape)
				}
				parts = append(parts, x)
			}
		}
		var err error
		if v, err = t.put(c, &format.Concat{Axis: format.AxisFrames}, parts...); err != nil {
			return 0, err
		}
		memory = slices.Insert(slices.Delete(memory, at, at+1), done, want[done])
	}
	return t.reshaped(v, rows, columns)
}

// maxParts bounds the parts into which a value is cut to be laid out anew.
const maxParts = 64

// reshaped returns a value with other frames and channels.
func (t *tracer) reshaped(value, frames, channels int) (int, error) {
	if v := t.shapes[value]; v.Frames == frames && v.Channels == channels {
		return value, nil
	}
	return t.put(nil, &format.Reshape{Frames: frames, Channels: channels}, value)
}

// ordered returns a flow whose numbers lie in the order of its axes.
func (t *tracer) ordered(c *call, f *flow) (*flow, error) {
	if f.rowMajor() {
		return f, nil
	}
	axes := canonical(f.shape)
	if f.time >= 0 && f.shape[f.time] > 1 && axes[0] != f.time {
		return nil, c.unsupported("it needs the frames of time behind other axes of the shape %v", f.shape)
	}
	v, err := t.matrix(c, f, nil, axes)
	if err != nil {
		return nil, err
	}
	o := f.with(v, f.shape, axes)
	return o, nil
}
