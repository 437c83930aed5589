package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// framePool evaluates MaxPool and AveragePool.
func (t *tracer) framePool(c *call) ([]value, error) {
	x, err := t.stream(c, 0)
	if err == nil && x.edges == [2]int{} || x != nil && x.only {
		err = x.ready(c)
	}
	if err != nil {
		return nil, err
	}
	edges := x.edges
	x = x.core()
	if len(x.shape) < 3 {
		return nil, c.shape("the shape %v", x.shape)
	}
	flags := [3]int64{}
	for i, name := range []string{"ceil_mode", "storage_order", "count_include_pad"} {
		if flags[i], err = c.intAttribute(name, 0); err != nil {
			return nil, err
		}
	}
	list, err := t.kernels(c, x, nil)
	if err != nil {
		return nil, err
	}
	mean := c.node.operator == "AveragePool"
	for i := range list {
		k := &list[i]
		beyond := 0
		if over := (x.shape[k.axis] + k.before + k.after - k.span()) % k.stride; flags[0] != 0 && over != 0 {
			beyond = k.stride - over
		}
		switch {
		case k.dilation != 1:
			return nil, c.unsupported("with the dilation %d", k.dilation)
		case k.before >= k.taps || k.after >= k.taps && k.after > 0:
			return nil, c.unsupported("with pads of %d and %d for a kernel of %d", k.before, k.after, k.taps)
		case beyond > 0 && (k.axis == x.time || mean || beyond+k.after >= k.taps):
			return nil, c.unsupported("with ceil_mode, of the shape %v", x.shape)
		case mean && flags[2] == 0 && k.before+k.after > 0 && k.axis == x.time:
			return nil, c.unsupported("it averages fewer frames at the ends")
		}
		k.after += beyond
	}
	if edges != [2]int{} {
		for i := range list {
			if list[i].before+list[i].after > 0 {
				return nil, c.unsupported("it pads steps that are padded")
			}
		}
		k := along(list, x.time)
		if k.axis < 2 {
			return nil, x.edged(edges[0], edges[1]).ready(c)
		}
		k.before, k.after = edges[0], edges[1] // zeros that count
		flags[2] = 1
	}
	p, err := t.planeOf(c, x, slidAxes(list))
	if err != nil {
		return nil, err
	}
	padding := float32(-math.MaxFloat32) // less than any number beside it
	if mean || edges != [2]int{} {
		padding = 0
	}
	r, err := t.pooled(c, p, along(list, p.row), along(list, p.column), mean, padding)
	if err != nil || !mean || flags[2] != 0 {
		return one(r, err)
	}
	for i := range list {
		if r, err = t.averaged(c, x, r, &list[i]); err != nil {
			return nil, err
		}
	}
	return []value{r}, nil
}

// averaged turns means that count padding into means that do not.
func (t *tracer) averaged(c *call, x, r *flow, k *kernel) (*flow, error) {
	if k.before+k.after == 0 {
		return r, nil
	}
	factors := make([]float32, r.shape[k.axis])
	for i := range factors {
		first := i*k.stride - k.before
		n := min(first+k.taps, x.shape[k.axis]) - max(first, 0)
		factors[i] = float32(k.taps) / float32(n)
	}
	shape := slices.Repeat([]int{1}, len(r.shape))
	shape[k.axis] = len(factors)
	a := &array{dtype: typeFloat, stored: shape, floats: factors}
	for _, n := range shape {
		a.shape = append(a.shape, number(int64(n)))
	}
	f, err := t.constant(c, a)
	if err != nil {
		return nil, err
	}
	return t.combine(c, format.BinaryMul, r, f)
}
