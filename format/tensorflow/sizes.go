package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// sizes adds the operators that compute shapes, and constants of them.
func sizes(ops map[string]operator) {
	ops["Shape"] = (*call).shape
	ops["Size"] = func(c *call) ([]value, error) {
		x, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		return one(scalar(typeInt32, number{n: int64(x.count()), open: x.isOpen()}), nil)
	}
	ops["Rank"] = func(c *call) ([]value, error) {
		x, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		return one(scalar(typeInt32, number{n: int64(len(x.shape))}), nil)
	}
	ops["Range"] = (*call).rangeOf
	ops["Fill"] = (*call).fill
	ops["ZerosLike"] = func(c *call) ([]value, error) { return one(c.like(0)) }
	ops["OnesLike"] = func(c *call) ([]value, error) { return one(c.like(1)) }
}

// shape gives the shape of a tensor, or of random numbers.
func (c *call) shape() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	kind, err := c.kind("out_type", typeInt32)
	if err != nil {
		return nil, err
	}
	t := whole(kind, []dimension{{n: len(x.shape)}})
	for _, d := range x.shape {
		t.ints = append(t.ints, d.number())
	}
	return one(t, nil)
}

// shapeOf returns a shape given by integers.
func (c *call) shapeOf(list []number) ([]dimension, error) {
	if len(list) > maxRank {
		return nil, c.unsupported("a tensor of %s", message.Count(len(list), "axis"))
	}
	var shape []dimension
	n := 1
	for _, v := range list {
		d, ok := v.dimension()
		if !ok || d.n > 0 && n > (1<<31-1)/d.n {
			return nil, c.unsupported("an axis of the length %d", v.n)
		}
		n *= d.n
		shape = append(shape, d)
	}
	return shape, nil
}

// rangeOf gives the integers from a start up to an end, which is not included.
func (c *call) rangeOf() ([]value, error) {
	var ends [3]number
	kind := typeInt32
	for i := range ends {
		list, err := c.numbers(i, "the range")
		if err != nil {
			return nil, err
		}
		if len(list) != 1 || !list[0].isPlain() {
			return nil, c.unsupported("a range of numbers that depend on the step of a loop")
		}
		ends[i] = list[0]
	}
	if t, ok := c.in[0].(*tensor); ok {
		kind = t.dtype
	}
	start, limit, delta := ends[0], ends[1], ends[2]
	if delta.n == 0 || start.open || delta.open {
		return nil, c.unsupported("a range from %d by %d", start.n, delta.n)
	}
	t := whole(kind, nil)
	for v := start.n; delta.n > 0 && v < limit.n || delta.n < 0 && v > limit.n; v += delta.n {
		if len(t.ints) == maxIntegers {
			return nil, c.unsupported("a range of more than %d integers", maxIntegers)
		}
		t.ints = append(t.ints, number{n: v})
	}
	t.shape = []dimension{{len(t.ints), limit.open}}
	return one(t, nil)
}

// fill gives a constant whose elements are all the same.
func (c *call) fill() ([]value, error) {
	list, err := c.numbers(0, "the shape")
	if err != nil {
		return nil, err
	}
	shape, err := c.shapeOf(list)
	if err != nil {
		return nil, err
	}
	x, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	if v, ok := x.uniform(); ok {
		return one(filled(x.dtype, shape, v), nil)
	}
	if x.constant && len(x.ints) == 1 && x.limits == nil {
		return one(c.repeated(x.dtype, shape, x.ints[0]))
	}
	return nil, c.unsupported("with %s, want a constant number", describe(x))
}

// repeated returns a constant of integers that are all the same.
func (c *call) repeated(kind dtype, shape []dimension, v number) (*tensor, error) {
	t := whole(kind, shape)
	n := t.count()
	if n > maxIntegers {
		return nil, c.unsupported("a constant of %s", message.Count(n, "integer"))
	}
	t.ints = slices.Repeat([]number{v}, n)
	return t, nil
}

// like returns a constant of the shape of a tensor.
func (c *call) like(v int) (*tensor, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if x.dtype.isFloat() {
		return filled(x.dtype, x.shape, float32(v)), nil
	}
	return c.repeated(x.dtype, x.shape, number{n: int64(v)})
}
