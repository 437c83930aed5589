package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A file with a fixed number of steps has that number in its constants as well: PyTorch
// writes x.shape[1] as a constant into the shape that Reshape reads. To read the file as
// if the number were open, the reader first finds the file's own shapes.

// filed holds the shapes of values in a file with that many steps.
type filed struct {
	steps  int
	shapes map[string][]int // by name
	whole  bool             // the sequence is one step of the model
}

// atOnce reports whether the sequence is one step, in which recurrent layers read all frames
// that the file has.
func (f *filed) atOnce() bool { return f != nil && f.whole }

// filedShapes returns the file's shapes of values by name, up to the first node with an
// error.
func filedShapes(m *model, size int, dims map[string]int) map[string][]int {
	t := newTracer(m, size, dims)
	t.frames, t.seen, t.probing, t.filed = 1, newSeen(), true, &filed{whole: true}
	_ = t.nodes() // later passes say what is wrong
	shapes := map[string][]int{}
	for name, v := range t.values {
		switch v := v.(type) {
		case *flow:
			shapes[name] = v.shape
		case *tensors:
			shapes[name] = v.lengths()
		}
	}
	return shapes
}

// answerOnce makes the model of one step answer once for a sequence. It then starts
// from zeros: layers whose states go from one call to the next are refused.
func (t *tracer) answerOnce() error {
	for _, l := range t.layers {
		if l.initial != [2]*tensors{} {
			return nodeError(l.node, network.ErrUnsupported, "it starts from an input, in a model that reads a whole sequence")
		}
	}
	for i := range t.owners {
		switch o := &t.owners[i]; {
		case o.input == nil:
		case o.time >= 0:
			return tensorError(o.input.name, network.ErrUnsupported, "its steps are open, but those of others are not")
		case t.batches[o.input] > 0:
			return tensorError(o.input.name, network.ErrUnsupported, "it has the steps of several sequences side by side: export the model for a batch of 1, or with the batch first")
		}
	}
	for i := range t.graph.Outputs {
		out := &t.graph.Outputs[i]
		if !t.shapes[out.Value].EachStep() {
			continue
		}
		v, err := t.put(nil, &format.SequencePool{Pool: format.PoolLast}, out.Value)
		if err != nil {
			return err
		}
		out.Value = v
	}
	return nil
}

// openShape makes Reshape leave the number of steps open, though its constant
// gives it.
func (t *tracer) openShape(c *call) {
	if t.filed == nil || t.filed.whole {
		return
	}
	time := -1
	switch v := c.in[0].(type) {
	case *flow:
		time = v.time
	case *tensors:
		time = v.time
	}
	to, ok := c.input(1).(*array)
	if time < 0 || !ok || to.isFloat() {
		return
	}
	from, into := t.filed.shapes[c.node.inputs[0]], t.filed.shapes[c.node.outputs[0]]
	list, ok := to.integers()
	if len(from) != rankOfFlow(c.in[0]) || len(into) == 0 || !ok || len(list) != len(into) {
		return
	}
	k := stepsWithin(into, length(from[:time]))
	if from[time] < 2 || k < 0 || !list[k].is(int64(into[k])) {
		return
	}
	open := make([]size, len(into))
	for i, n := range into {
		open[i] = number(int64(n))
	}
	open[k] = number(-1)
	c.in = slices.Clone(c.in)
	c.in[1] = vector(open)
}

// stepsWithin returns the axis longer than 1 with that many elements before it; -1: there
// is none.
func stepsWithin(shape []int, outer int) int {
	before := 1
	for k, n := range shape {
		if n > 1 && before == outer {
			return k
		}
		before *= n
	}
	return -1
}

// compare refuses a value whose shape for a step of that many frames differs from the
// file's: a value of only some steps, or one that depends on a constant for each step.
func (f *filed) compare(c *call, name string, v value, frames int) error {
	var shape []int
	time, edges := -1, 0
	switch v := v.(type) {
	case *flow:
		shape, time, edges = v.shape, v.time, v.edges[0]+v.edges[1]
		if v.late != nil {
			edges += shape[time] - v.late.frames
		}
	case *tensors:
		shape, time = v.lengths(), v.time
	}
	if f == nil || time < 0 {
		return nil
	}
	want := f.shapes[name]
	if want == nil {
		return nil // the node that gives it was not read
	}
	same := len(want) == len(shape)
	for k := 0; same && k < len(want); k++ {
		switch {
		case k != time:
			same = want[k] == shape[k]
		default:
			same = (want[k]-edges)*frames == (shape[k]-edges)*f.steps
		}
	}
	together := frames // steps of the file that are one of the model
	if frames%probe == 0 {
		together /= probe
	}
	switch {
	case !same && f.steps%together != 0:
		return c.unsupported("it takes %s at once, but the %d of the file are not a multiple", message.Count(together, "step"), f.steps)
	case !same:
		return c.unsupported("for %s it makes the shape %v, which is not that of one step %d times", message.Count(f.steps, "step"), want, f.steps)
	}
	return nil
}
