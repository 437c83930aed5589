package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// edged returns the flow with frames of zeros before and after the sequence, for a
// convolution to read.
func (f *flow) edged(before, after int) *flow {
	r := *f
	r.edges = [2]int{f.edges[0] + before, f.edges[1] + after}
	r.multiple, r.dense, r.final = multiple{}, nil, nil
	r.shape = slices.Clone(f.shape)
	r.shape[f.time] += before + after
	if !slices.Contains(f.memory, f.time) { // of length 1 before
		r.memory = slices.Insert(slices.Clone(f.memory), 0, f.time)
	}
	return &r
}

// zerosAround returns the only part that is not constant, with the zeros that the
// others put before and after its steps; nil: they are something else.
func (t *tracer) zerosAround(c *call, parts []*flow, k int) *flow {
	var x *flow
	before, after := 0, 0
	for _, p := range parts {
		constant, ok := t.constantOf(p.value)
		switch {
		case ok && slices.ContainsFunc(constant.Data, func(v float32) bool { return v != 0 }):
			return nil
		case ok && x == nil:
			before += p.shape[k]
		case ok:
			after += p.shape[k]
		case x != nil || p.time != k || p.pending() && p.edges == [2]int{}:
			return nil
		default:
			x = p
		}
	}
	if x == nil || before+after == 0 {
		return nil
	}
	for _, p := range parts {
		for axis, n := range p.shape {
			if len(p.shape) != len(x.shape) || axis != k && n != x.shape[axis] {
				return nil
			}
		}
	}
	return x.edged(before, after)
}

// delayed returns as many of the padded steps as there are without the padding:
// those some frames earlier, or later; nil: the node takes others.
func (t *tracer) delayed(c *call, f *flow, shape, list []int) (*flow, error) {
	core := f.core()
	if !slices.Equal(shape, core.shape) || f.only {
		return nil, nil
	}
	strides, unit := make([]int, len(f.shape)), 1
	for i := len(f.memory) - 1; i >= 0; i-- {
		strides[f.memory[i]] = unit
		unit *= f.shape[f.memory[i]]
	}
	for i, at := range list {
		want, rest := list[0], i
		for k := len(shape) - 1; k >= 0; k-- {
			want += rest % shape[k] * strides[k]
			rest /= shape[k]
		}
		if at != want {
			return nil, nil
		}
	}
	stride := strides[f.time]
	if stride == 0 || list[0]%stride != 0 {
		return nil, nil
	}
	others := core.others(f.time)
	v, err := t.matrix(c, core, []int{f.time}, others)
	if err != nil {
		return nil, err
	}
	frames, by := core.shape[f.time], f.edges[0]-list[0]/stride
	if by != 0 {
		if v, err = t.put(c, &format.Window{Before: max(by, 0), After: max(-by, 0)}, v); err == nil {
			v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: max(-by, 0), Count: frames, Step: 1}, v)
		}
	}
	r := core.with(v, core.shape, nil)
	r.memory = r.withoutOnes(append([]int{f.time}, others...)...)
	return r, err
}

// layoutOfEdges evaluates a node that changes the layout of a flow with frames before
// or after its own: it may keep all of them, or take those of a new cache.
func (t *tracer) layoutOfEdges(c *call, f *flow) ([]value, error) {
	if err := c.spend(length(f.shape)); err != nil {
		return nil, err
	}
	results, err := t.rearranged(c, f.positions())
	if err != nil {
		return nil, err
	}
	finals, err := t.finals(c, f, len(results))
	if err != nil {
		return nil, err
	}
	out := make([]value, len(results))
	for i, v := range results {
		a, ok := v.(*array)
		if !ok {
			continue
		}
		shape := slices.Clone(a.stored)
		if !a.plain() {
			for k, n := range a.shape {
				shape[k] = n.known()
			}
			a = a.view(a.shape, shape, a.strides(), 0)
		}
		r := &flow{value: f.value, shape: shape, time: -1, due: f.due, final: finals[i]}
		list := make([]int, len(a.floats))
		for k, at := range a.floats {
			list[k] = int(at)
		}
		strides, ok := stridesOf(shape, list)
		if moved, err := t.delayed(c, f, shape, list); moved != nil || err != nil {
			return []value{moved}, err
		}
		switch {
		case ok && len(list) == length(f.shape) && list[0] == 0:
			r.memory = canonical(shape)
			slices.SortStableFunc(r.memory, func(a, b int) int { return abs1(strides[b]) - abs1(strides[a]) })
			for k, n := range shape {
				if n == f.shape[f.time] && strides[k]*n == length(f.shape) {
					r.time = k
				}
			}
			if r.time < 0 || r.dense1(strides) != nil {
				return nil, c.unsupported("it changes the layout of padded steps, which only a convolution can read")
			}
		case r.final != nil && r.final.isWhole():
			r.due.only = true
		default:
			return nil, c.unsupported("it takes some of padded steps, or mixes them with other axes")
		}
		out[i] = r
	}
	return out, nil
}
