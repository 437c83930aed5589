package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A flow is a value of the graph of layers that depends on its inputs: the value of
// one step of the model. Its open dimensions have the sizes of a step: one sequence,
// and that many frames of time. Flows do not change; operators make new ones.
type flow struct {
	value int   // of the graph of layers
	shape []int // of the axes, outermost first
	// memory has the axes in the order in which the value's numbers lie, the
	// outermost first, without those of length 1.
	memory   []int
	time     int           // the axis that counts frames of time; -1: there is none
	final    *tensors      // the same as elements of states; nil: it is none
	dense    *denseProduct // the product that it is; nil: none
	multiple               // the value of which it is a multiple
	due
}

// due is the computation that the flow stands for but the value does not include
// yet. Only some operators read such a flow.
type due struct {
	edges   [2]int // frames of zeros before and after, over time, for a convolution to read
	soft    bool   // a softmax over the steps
	weights *flow  // of the steps: a product with them
	late    *late  // it has too many steps
	only    bool   // it is a new cache, which no node computes with

	// reversed: its steps are in the order from the last to the first.
	reversed bool
}

// core returns the flow without the frames before and after.
func (f *flow) core() *flow {
	if f.edges == [2]int{} {
		return f
	}
	r := f.with(f.value, slices.Clone(f.shape), f.memory)
	r.shape[f.time] -= f.edges[0] + f.edges[1]
	r.memory = r.withoutOnes(f.memory...)
	return r
}

// pending reports whether there is anything due.
func (f *flow) pending() bool { return f.due != due{} }

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
	if k, ok := t.constantOf(f.value); ok {
		return t.constantMatrix(c, f, k.Data, want, rows, columns)
	}
	if slices.Equal(f.memory, want) {
		return t.reshaped(f.value, rows, columns)
	}
	// A rotation of the axes is a transposition.
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

// permuted puts the axes in any order: it moves the next axis to the end of those
// that are in place.
func (t *tracer) permuted(c *call, f *flow, want []int, rows, columns int) (int, error) {
	if f.time >= 0 && f.shape[f.time] > 1 && want[0] != f.time {
		return 0, c.unsupported("it lays the steps of several frames behind other axes")
	}
	if t.probing { // a step of one frame has the same order of numbers
		return t.reshaped(f.value, rows, columns)
	}
	memory, v := slices.Clone(f.memory), f.value
	for done := range want {
		at := slices.Index(memory, want[done])
		if at == done {
			continue
		}
		m := move{f.size(memory[:done]), f.size(memory[done:at]), f.shape[want[done]], f.size(memory[at+1:])}
		var err error
		if v, err = t.moved(c, v, m); err != nil {
			return 0, err
		}
		memory = slices.Insert(slices.Delete(memory, at, at+1), done, want[done])
	}
	return t.reshaped(v, rows, columns)
}

// A move changes numbers [head][before][axis][behind] to [head][axis][before][behind].
type move struct{ head, before, axis, behind int }

// maxParts bounds the parts into which a value is cut for a new layout.
const maxParts = 256

// moved gives a value a new layout. It cuts it along the frames or along the
// channels, whichever makes fewer parts.
func (t *tracer) moved(c *call, v int, m move) (int, error) {
	byFrames, byChannels := m.head*m.axis, m.axis
	if m.behind > 1 {
		byChannels *= m.before
	}
	if min(byFrames, byChannels) > maxParts {
		return 0, c.unsupported("it lays %s in an order that needs more than %d parts", message.Count(t.shapes[v].Size(), "number"), maxParts)
	}
	var parts []int
	cut := func(v int, s format.Slice) error {
		x, err := t.put(c, &s, v)
		parts = append(parts, x)
		return err
	}
	if byFrames <= byChannels {
		rows, err := t.reshaped(v, m.head*m.before*m.axis, m.behind)
		if err != nil {
			return 0, err
		}
		for h := range m.head {
			for i := range m.axis {
				if err := cut(rows, format.Slice{Axis: format.AxisFrames, Start: h*m.before*m.axis + i, Count: m.before, Step: m.axis}); err != nil {
					return 0, err
				}
			}
		}
		return t.put(c, &format.Concat{Axis: format.AxisFrames}, parts...)
	}
	rows, err := t.reshaped(v, m.head, m.before*m.axis*m.behind)
	if err != nil {
		return 0, err
	}
	for i := range m.axis {
		if m.behind == 1 {
			if err := cut(rows, format.Slice{Axis: format.AxisChannels, Start: i, Count: m.before, Step: m.axis}); err != nil {
				return 0, err
			}
			continue
		}
		for b := range m.before {
			if err := cut(rows, format.Slice{Axis: format.AxisChannels, Start: (b*m.axis + i) * m.behind, Count: m.behind, Step: 1}); err != nil {
				return 0, err
			}
		}
	}
	return t.put(c, &format.Concat{Axis: format.AxisChannels}, parts...)
}

// constantOf returns the constant of a value.
func (t *tracer) constantOf(value int) (*format.Constant, bool) {
	i := value - len(t.graph.Inputs)
	if i < 0 {
		return nil, false
	}
	k, ok := t.graph.Nodes[i].Op.(*format.Constant)
	return k, ok
}

// reshaped returns a value with other frames and channels.
func (t *tracer) reshaped(value, frames, channels int) (int, error) {
	if v := t.shapes[value]; v.Frames == frames && v.Channels == channels {
		return value, nil
	}
	if k, ok := t.constantOf(value); ok {
		return t.put(nil, &format.Constant{Frames: frames, Channels: channels, Data: k.Data})
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
		return nil, c.unsupported("it needs the frames of time after other axes of the shape %v", f.shape)
	}
	v, err := t.matrix(c, f, nil, axes)
	if err != nil {
		return nil, err
	}
	o := f.with(v, f.shape, axes)
	o.due = f.due
	return o, nil
}
