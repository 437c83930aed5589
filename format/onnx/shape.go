package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// These operators compute shapes, and constants of a shape.

func constant(c *call) ([]value, error) {
	if len(c.node.attributes) != 1 {
		return nil, c.damaged("%s, but the value is one", message.Count(len(c.node.attributes), "attribute"))
	}
	a := &c.node.attributes[0]
	a.read = true
	switch {
	case a.name == "value" && a.kind == attributeTensor && a.tensor != nil:
		return one(a.tensor.array(), nil)
	case a.name == "value_int" && a.kind == attributeInt:
		return one(&array{dtype: typeInt64, ints: []size{number(a.integer)}}, nil)
	case a.name == "value_float" && a.kind == attributeFloat:
		return one(&array{dtype: typeFloat, floats: []float32{a.float}}, nil)
	case a.name == "value_ints" && a.kind == attributeInts && len(a.ints) <= maxIntegers:
		list := make([]size, len(a.ints))
		for i, v := range a.ints {
			list[i] = number(v)
		}
		return one(vector(list), c.spend(8*len(list)))
	case a.name == "value_floats" && a.kind == attributeFloats:
		n := len(a.floats)
		return one(&array{dtype: typeFloat, shape: []size{number(int64(n))}, stored: []int{n}, floats: a.floats}, nil)
	}
	return nil, c.unsupported("a constant in the attribute %s", quote(a.name))
}

func shapeOp(c *call) ([]value, error) {
	from, err := c.intAttribute("start", 0)
	if err != nil {
		return nil, err
	}
	shape := shapeOf(c.in[0])
	n := int64(len(shape))
	to, err := c.intAttribute("end", n)
	if err != nil {
		return nil, err
	}
	bound := func(v int64) int64 {
		if v < 0 {
			v += n
		}
		return min(max(v, 0), n)
	}
	from, to = bound(from), bound(to)
	return one(vector(slices.Clone(shape[from:max(from, to)])), nil)
}

func sizeOp(c *call) ([]value, error) {
	n, ok := total(shapeOf(c.in[0]))
	if !ok {
		return nil, c.shape("the shape %v is too large", shapeText(shapeOf(c.in[0])))
	}
	return one(&array{dtype: typeInt64, ints: []size{n}}, nil)
}

// target returns the shape that input i gives.
func (c *call) target(i int) ([]size, error) {
	a, err := c.array(i, "the shape")
	if err != nil {
		return nil, err
	}
	list, ok := a.integers()
	if !ok || len(list) > maxRank {
		return nil, c.unsupported("the shape is not a list of integers")
	}
	for _, n := range list {
		if v, isNumber := n.isNumber(); isNumber && (v < 0 || v > math.MaxInt32) {
			return nil, c.shape("the shape %v", shapeText(list))
		}
	}
	return list, nil
}

func constantOfShape(c *call) ([]value, error) {
	a, err := c.attribute("value", attributeTensor)
	if err != nil {
		return nil, err
	}
	shape, err := c.target(0)
	if err != nil {
		return nil, err
	}
	fill := &array{dtype: typeFloat, floats: []float32{0}}
	if a != nil {
		if fill = a.tensor.array(); fill.length() != 1 {
			return nil, c.damaged("the value has %s, want 1", message.Count(fill.length(), "element"))
		}
	}
	return one(fill.filled(shape), nil)
}

// constantFill is PyTorch's operator from before ConstantOfShape existed.
func constantFill(c *call) ([]value, error) {
	v, err := c.floatAttribute("value", 0)
	if err != nil {
		return nil, err
	}
	t, err := c.intAttribute("dtype", int64(typeFloat))
	if err != nil {
		return nil, err
	}
	from, err := c.intAttribute("input_as_shape", 0)
	if err != nil {
		return nil, err
	}
	if from != 1 || dtype(t) != typeFloat {
		return nil, c.unsupported("of the type %v, or with input_as_shape %d", dtype(t), from)
	}
	shape, err := c.target(0)
	if err != nil {
		return nil, err
	}
	return one((&array{dtype: typeFloat, floats: []float32{v}}).filled(shape), nil)
}

// filled returns an array of one stored element of a.
func (a *array) filled(shape []size) *array {
	for _, n := range shape {
		if n.is(0) {
			r := a.like(shape, slices.Repeat([]int{0}, len(shape)))
			r.floats = nil
			if !a.isFloat() {
				r.ints = []size{}
			}
			return r
		}
	}
	return a.like(shape, slices.Repeat([]int{1}, len(shape)))
}

func expand(c *call) ([]value, error) {
	to, err := c.target(1)
	if err != nil {
		return nil, err
	}
	switch v := c.in[0].(type) {
	case *stream:
		// Only if it leaves the shape as it is.
		shape, err := c.broadcast(v.shape(), to)
		if err != nil {
			return nil, err
		}
		if !slices.EqualFunc(shape, v.shape(), size.equal) {
			return nil, c.unsupported("it repeats the shape %v to %v", shapeText(v.shape()), shapeText(to))
		}
		return one(v, nil)
	case *array:
		if err := c.spend(v.length()); err != nil {
			return nil, err
		}
		if v.uniform() {
			// Exporters write zeros for the batch of their example, and expand
			// them to the batch of the input, which is then open.
			shape := slices.Clone(v.shape)
			for k := 1; k <= min(len(shape), len(to)); k++ {
				if _, isNumber := to[len(to)-k].isNumber(); !isNumber {
					shape[len(shape)-k] = number(1)
				}
			}
			if shape, err = c.broadcast(shape, to); err != nil {
				return nil, err
			}
			return one(v.compact().filled(shape), nil)
		}
		shape, err := c.broadcast(v.shape, to)
		if err != nil {
			return nil, err
		}
		return one(v.stretched(shape), nil)
	}
	return nil, nil
}

// stretched returns an array with more axes in front, and axes of length 1
// stretched.
func (a *array) stretched(shape []size) *array {
	more := slices.Repeat([]int{1}, len(shape)-len(a.stored))
	return a.like(shape, slices.Concat(more, a.stored))
}

// broadcast returns the shape of two values that are combined by element.
func (c *call) broadcast(a, b []size) ([]size, error) {
	shape := make([]size, max(len(a), len(b)))
	for k := 1; k <= len(shape); k++ {
		m, n := number(1), number(1)
		if k <= len(a) {
			m = a[len(a)-k]
		}
		if k <= len(b) {
			n = b[len(b)-k]
		}
		switch {
		case m.equal(n) || n.is(1):
			shape[len(shape)-k] = m
		case m.is(1):
			shape[len(shape)-k] = n
		default:
			return nil, c.shape("the shapes %v and %v", shapeText(a), shapeText(b))
		}
	}
	return shape, nil
}

func tile(c *call) ([]value, error) {
	a, err := c.array(0, "the input")
	if err != nil {
		return nil, err
	}
	repeats, err := c.target(1)
	if err != nil {
		return nil, err
	}
	if len(repeats) != len(a.shape) {
		return nil, c.shape("%s of %s", message.Count(len(repeats), "repeat"), message.Count(len(a.shape), "axis"))
	}
	if err := c.spend(a.length()); err != nil {
		return nil, err
	}
	shape := make([]size, len(a.shape))
	for k := range shape {
		var ok bool
		if shape[k], ok = a.shape[k].times(repeats[k]); !ok {
			return nil, c.shape("an axis that is too long")
		}
		if !repeats[k].is(1) && a.stored[k] != 1 {
			if !a.uniform() {
				return nil, c.unsupported("it repeats constants along axis %d", k)
			}
		}
	}
	if a.uniform() {
		a = a.compact()
	}
	return one(a.like(shape, a.stored), nil)
}

func rangeOp(c *call) ([]value, error) {
	if a, ok := c.in[1].(*array); ok {
		list, ok := a.integers()
		if ok && len(list) == 1 && list[0].known() < 0 {
			for i, due := range []int64{0, 0, 1} {
				if b, ok := c.in[i].(*array); i != 1 && (!ok || b.isFloat() || b.length() != 1 || !b.ints[0].is(due)) {
					return nil, c.unsupported("it counts up to the open number %v, but not from 0 by 1", list[0])
				}
			}
			return one(&counting{list[0]}, nil)
		}
	}
	var v [3]int64
	for i := range v {
		list, _, err := c.list(i, "the range")
		if err != nil {
			return nil, err
		}
		if len(list) != 1 {
			return nil, c.damaged("a bound of %s", message.Count(len(list), "number"))
		}
		v[i] = list[0]
	}
	var list []size
	for x := v[0]; v[2] > 0 && x < v[1] || v[2] < 0 && x > v[1]; x += v[2] {
		list = append(list, number(x))
		if len(list) > maxRank {
			return nil, c.unsupported("it counts from %d to %d by %d", v[0], v[1], v[2])
		}
	}
	return one(vector(list), nil)
}

// reduceProd multiplies a list of integers, as a dense layer of three axes does
// with a part of its input's shape in TensorFlow's graphs.
func reduceProd(c *call) ([]value, error) {
	axes, given, err := c.listOf("axes", 1, 17)
	if err != nil {
		return nil, err
	}
	keep, err := c.intAttribute("keepdims", 1)
	if err != nil {
		return nil, err
	}
	if empty, err := c.intAttribute("noop_with_empty_axes", 0); err != nil || empty != 0 {
		return nil, c.unsupported("noop_with_empty_axes, or an attribute of the wrong type")
	}
	a, err := c.array(0, "the input")
	if err != nil {
		return nil, err
	}
	list, ok := a.integers()
	if !ok || len(a.shape) != 1 || given && !slices.Equal(axes, []int64{0}) && !slices.Equal(axes, []int64{-1}) {
		return nil, c.unsupported("of something other than a list of integers")
	}
	n, ok := total(list)
	if !ok {
		return nil, c.shape("the product of %v is too large", shapeText(list))
	}
	r := vector([]size{n})
	if keep == 0 {
		r.shape, r.stored = nil, nil
	}
	return one(r, nil)
}
