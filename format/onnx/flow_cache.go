package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A streaming model keeps the last frames that a convolution, or an attention, reads
// again in the next call: an input stands in front of the frames of this call, and the
// last frames of both are an output, which is the input of the next call.
//
//	both = Concat(cache, x)
//	new cache = both[-frames of the cache:]
//
// That is a window over the frames of a stream. Whether an output has the new cache is
// known at the end; if none has, the input is read as any other.

// errCache says that an input is no cache.
type errCache struct{ input *input }

func (e errCache) Error() string {
	return "the input " + quote(e.input.name) + " is no cache of frames"
}

// cached evaluates the Concat of a cache and what follows upon it; nil: it is none.
func (t *tracer) cached(c *call) (*flow, error) {
	if t.plainly || len(c.in) != 2 {
		return nil, nil
	}
	s, ok := c.in[0].(*tensors)
	if _, constant := c.in[1].(*array); !ok || constant || !t.isState(s) {
		return nil, nil
	}
	o, _ := t.list(s)
	if from := &t.owners[o]; from.time >= 0 || t.uncached[from.input] {
		return nil, nil
	}
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	x, _, err := t.flow(c, 1)
	if err != nil {
		return nil, err
	}
	shape := s.lengths()
	k, err := c.axis(at, len(shape))
	if err != nil {
		return nil, err
	}
	if len(x.shape) != len(shape) || x.pending() {
		return nil, nil
	}
	for axis, n := range x.shape {
		if axis != k && n != shape[axis] {
			return nil, nil
		}
	}
	if x.time >= 0 && x.time != k {
		return nil, nil
	}
	before := shape[k]
	owner, _, err := t.newOwner(c, owner{layer: &tracedLayer{node: c.node}, shape: shape, time: -1})
	if err != nil {
		return nil, err
	}
	l := t.owners[owner].layer
	l.cache, l.initial[0], l.finals[0] = t.owners[o].input, s, owner
	t.layers = append(t.layers, l)

	r := x.with(x.value, slices.Clone(x.shape), x.memory)
	r.shape[k] += before
	if x.time == k {
		r.edges = [2]int{before, 0}
	} else {
		others := x.others(k)
		v, err := t.matrix(c, x, []int{k}, others)
		if err != nil {
			return nil, err
		}
		if r.value, err = t.put(c, &format.Window{Before: before}, v); err != nil {
			return nil, err
		}
		r.memory = append([]int{k}, others...)
	}
	r.final, err = t.lastElements(c, r.shape, k, &t.owners[owner])
	return r, err
}

// lastElements returns the elements of a new cache as the last along axis k of a shape,
// and -1 for what is before.
func (t *tracer) lastElements(c *call, shape []int, k int, o *owner) (*tensors, error) {
	n := length(shape)
	if err := c.spend(n); err != nil {
		return nil, err
	}
	a := &array{dtype: typeFloat, stored: slices.Clone(shape), floats: make([]float32, n)}
	for _, d := range shape {
		a.shape = append(a.shape, number(int64(d)))
	}
	inner, before := length(shape[k+1:]), shape[k]-o.shape[k]
	for i := range n {
		outer, at, rest := i/inner/shape[k], i/inner%shape[k], i%inner
		a.floats[i] = -1
		if at >= before {
			a.floats[i] = float32(o.first + (outer*o.shape[k]+at-before)*inner + rest)
		}
	}
	return &tensors{ids: a, time: -1}, nil
}

// isWhole reports whether all elements are known.
func (s *tensors) isWhole() bool { return !slices.Contains(s.ids.floats, -1) }

// layoutOfEdges evaluates a node that lays out a flow with frames before or behind its
// own: it may leave all of them, or take those of a new cache.
func (t *tracer) layoutOfEdges(c *call, f *flow) ([]value, error) {
	if err := c.spend(length(f.shape)); err != nil {
		return nil, err
	}
	results, err := t.rearranged(c, f.positions())
	if err != nil {
		return nil, err
	}
	var finals []value
	if f.final != nil {
		if finals, err = t.rearranged(c, f.final.ids); err != nil {
			return nil, err
		}
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
		var final *tensors
		if finals != nil {
			final = &tensors{ids: finals[i].(*array), time: -1}
		}
		r := &flow{value: f.value, shape: shape, time: -1, due: f.due, final: final}
		list := make([]int, len(a.floats))
		for k, at := range a.floats {
			list[k] = int(at)
		}
		strides, ok := stridesOf(shape, list)
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
				return nil, c.unsupported("it lays padded steps out, which only a convolution reads")
			}
		case final != nil && final.isWhole():
			r.due.only = true
		default:
			return nil, c.unsupported("it takes some of padded steps, or mixes them with other axes")
		}
		out[i] = r
	}
	return out, nil
}
