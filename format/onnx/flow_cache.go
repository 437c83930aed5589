package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A streaming model keeps the last frames that a convolution, or an attention, reads
// again in the next call: an input comes before the frames of this call, and the last
// frames of both are an output, which is the input of the next call.
//
//	both = Concat(cache, x)
//	new cache = both[-frames of the cache:]
//
// That is a window over the frames of a stream. Whether an output has the new cache is
// known at the end; if none has, the input is read as any other.

// errCache says that an input is not a cache.
type errCache struct{ input *input }

func (e errCache) Error() string {
	return "the input " + quote(e.input.name) + " is not a cache of frames"
}

// cached evaluates the Concat of a cache and the frames after it; nil: it is
// something else.
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
