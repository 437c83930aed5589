package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// reductions adds the operators that reduce axes to one number.
func reductions(ops map[string]operator) {
	for name, operator := range map[string]string{"Sum": "ReduceSum", "Mean": "ReduceMean", "Max": "ReduceMax", "Min": "ReduceMin", "Prod": "ReduceProd"} {
		ops[name] = func(c *call) ([]value, error) { return one(c.reduce(operator)) }
	}
}

// reduce reduces axes to one number.
func (c *call) reduce(operator string) (*tensor, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.fixed(1, "the axes")
	if err != nil {
		return nil, err
	}
	keep, err := c.flag("keep_dims")
	if err != nil {
		return nil, err
	}
	var axes []int
	for _, k := range list {
		axis, err := c.axis(k, len(x.shape))
		if err != nil {
			return nil, err
		}
		axes = append(axes, axis)
	}
	var shape []dimension
	for k, d := range x.shape {
		if !slices.Contains(axes, k) {
			shape = append(shape, d)
		} else if keep {
			shape = append(shape, dimension{n: 1})
		}
	}
	v, uniform := x.uniform()
	switch {
	case len(axes) == 0:
		return x, nil
	case x.constant && !x.dtype.isFloat():
		return c.reduceWhole(operator, x, axes, shape)
	case uniform && (v == 0 || operator != "ReduceSum" && operator != "ReduceProd"):
		return filled(x.dtype, shape, v), nil
	case operator == "ReduceSum":
		flag := 0
		if keep {
			flag = 1
		}
		var named []int64
		for _, k := range axes {
			named = append(named, int64(k))
		}
		return c.nodeOf(operator, x.dtype, shape, []proto.Attribute{{Name: "keepdims", Value: flag}}, x, integers(named...))
	}
	flag := 0
	if keep {
		flag = 1
	}
	return c.nodeOf(operator, x.dtype, shape, []proto.Attribute{{Name: "axes", Value: axes}, {Name: "keepdims", Value: flag}}, x)
}

// reduceWhole reduces a constant of integers to one.
func (c *call) reduceWhole(operator string, x *tensor, axes []int, shape []dimension) (*tensor, error) {
	f := map[string]pairwise{"ReduceSum": add, "ReduceProd": multiply, "ReduceMax": greatest, "ReduceMin": least}[operator]
	if f.whole == nil || len(axes) != len(x.shape) || len(x.ints) == 0 || x.limits != nil {
		return nil, c.unsupported("of constants of integers of the shape %s", shapeText(x.shape))
	}
	n := x.ints[0]
	for _, v := range x.ints[1:] {
		var ok bool
		if n, ok = f.whole(n, v); !ok {
			return nil, c.unsupported("of numbers that depend on the step of a loop")
		}
	}
	return whole(x.dtype, shape, n), nil
}
