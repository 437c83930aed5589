package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// exact returns the result of an operator whose kernel is along the time of x, if it
// gives as many steps as there are. If it gives more, the flow stands for all of them;
// a later node tells which of them to take.
func exact(c *call, x *flow, k *kernel, run func(k *kernel) (*flow, error)) (*flow, error) {
	surplus := k.before + k.after - (k.span() - 1)
	if x.time < 0 || k.axis != x.time || k.stride > 1 || surplus < 1 {
		return run(k)
	}
	at := func(shift int) (*flow, error) {
		moved := *k
		moved.before -= shift
		moved.after = k.span() - 1 - moved.before
		return run(&moved)
	}
	return lateFlow(c, at, surplus)
}

// lateFlow returns a flow with that many more steps than are to be taken.
func lateFlow(c *call, at func(shift int) (*flow, error), surplus int) (*flow, error) {
	f, err := at(0)
	if err != nil {
		return nil, err
	}
	r := f.with(f.value, slices.Clone(f.shape), nil)
	r.shape[f.time] += surplus
	r.memory = canonical(r.shape)
	r.late = &late{at, f.shape[f.time], c.unsupported("it makes %s more than it reads, and does not leave them out", message.Count(surplus, "step"))}
	return r, nil
}

// A late flow has more steps than the sequence: the steps of the sequence are made
// when a node takes them, from one of them on.
type late struct {
	at     func(shift int) (*flow, error)
	frames int
	err    error // refuses a node that takes all of them
}

// layoutOfLate evaluates a node that takes the steps of a sequence from a late flow.
func (t *tracer) layoutOfLate(c *call, f *flow) ([]value, error) {
	if err := c.spend(length(f.shape)); err != nil {
		return nil, err
	}
	results, err := t.rearranged(c, f.positions())
	if err != nil {
		return nil, err
	}
	want := slices.Clone(f.shape)
	want[f.time] = f.late.frames
	a, ok := results[0].(*array)
	if ok && len(results) == 1 && len(a.shape) == len(want) {
		shape := make([]int, len(a.shape))
		for k, n := range a.shape {
			shape[k] = n.known()
		}
		whole := a.view(a.shape, shape, a.strides(), 0)
		list := make([]int, len(whole.floats))
		for i, at := range whole.floats {
			list[i] = int(at)
		}
		unit := length(f.shape[f.time+1:])
		if slices.Equal(shape, want) && list[0]%unit == 0 && list[0] < unit*f.shape[f.time] && isBlock(f.shape, want, list) {
			r, err := f.late.at(list[0] / unit)
			return one(r, err)
		}
	}
	return nil, f.ready(c)
}

// isBlock reports whether elements of a shape form a block of it, in order.
func isBlock(shape, block, list []int) bool {
	for i, at := range list {
		offset, rest, unit := 0, i, 1
		for k := len(block) - 1; k >= 0; k-- {
			offset += rest % block[k] * unit
			rest /= block[k]
			unit *= shape[k]
		}
		if at != list[0]+offset {
			return false
		}
	}
	return true
}
