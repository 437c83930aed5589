package torchscript

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// reductions adds the operators along an axis.
func reductions(ops map[string]operator) {
	for name, onnx := range map[string]string{"softmax": "Softmax", "log_softmax": "LogSoftmax"} {
		ops[name] = func(c *operatorCall) (value, error) {
			t, axis, err := c.along(1, "dim", -1)
			if err != nil {
				return nil, err
			}
			return c.node(onnx, t.shape, []proto.Attribute{{Name: "axis", Value: axis}}, t.name), nil
		}
	}
	for name, onnx := range map[string]string{"mean": "ReduceMean", "sum": "ReduceSum", "amax": "ReduceMax"} {
		ops[name] = func(c *operatorCall) (value, error) { return c.reduce(onnx) }
	}
	ops["max"] = (*operatorCall).greatest
	ops["norm"], ops["linalg_vector_norm"] = (*operatorCall).norm, (*operatorCall).norm
	ops["frobenius_norm"] = (*operatorCall).norm
	ops["max_pool1d"] = func(c *operatorCall) (value, error) { return c.pool("MaxPool") }
	ops["avg_pool1d"] = func(c *operatorCall) (value, error) { return c.pool("AveragePool") }
	ops["adaptive_avg_pool1d"] = func(c *operatorCall) (value, error) { return c.global("GlobalAveragePool") }
	ops["adaptive_max_pool1d"] = func(c *operatorCall) (value, error) {
		t, err := c.global("GlobalMaxPool")
		return &list{[]value{t, nil}}, err
	}
	ops["argmax"] = (*operatorCall).argmax
}

// reduced returns the shape without axes, or with 1 in their place.
func reduced(shape []dimension, axes []int, keep bool) []dimension {
	var s []dimension
	for i, d := range shape {
		switch {
		case !slices.Contains(axes, i):
			s = append(s, d)
		case keep:
			s = append(s, dimension{n: 1})
		}
	}
	return s
}

// axes returns axes of a tensor of so many, and whether they stay, as axes of one: the
// argument at a place and the one after it.
func (c *operatorCall) axes(i, rank int) (axes []int, keep bool, err error) {
	if axes, err = c.integers(i, "dim"); err != nil {
		return nil, false, err
	}
	for k := range axes {
		if axes[k], err = c.within(axes[k], rank); err != nil {
			return nil, false, err
		}
	}
	keep, err = c.flag(i+1, "keepdim", false)
	return axes, keep, err
}

func keepDimensions(keep bool) proto.Attribute {
	if keep {
		return proto.Attribute{Name: "keepdims", Value: 1}
	}
	return proto.Attribute{Name: "keepdims", Value: 0}
}

func (c *operatorCall) reduce(onnx string) (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if c.argument(1, "dim") == nil {
		return nil, c.unsupported("%s over all axes, which would mix sequences", c.name)
	}
	axes, keep, err := c.axes(1, len(t.shape))
	if err != nil {
		return nil, err
	}
	attributes := []proto.Attribute{keepDimensions(keep)}
	inputs := []string{t.name}
	if onnx == "ReduceSum" { // whose axes are an input since opset 13
		var list []int64
		for _, a := range axes {
			list = append(list, int64(a))
		}
		inputs = append(inputs, c.ints(list...))
	} else {
		attributes = append(attributes, proto.Attribute{Name: "axes", Value: axes})
	}
	return c.node(onnx, reduced(t.shape, axes, keep), attributes, inputs...), nil
}

// greatest is max along an axis, with indices, which are not followed.
func (c *operatorCall) greatest() (value, error) {
	if _, ok := c.argument(1, "").(*tensor); ok {
		return c.broadcast("Max", c.argument(0, ""), c.argument(1, ""), nil)
	}
	v, err := c.reduce("ReduceMax")
	if err != nil {
		return nil, err
	}
	return &list{[]value{v, nil}}, nil
}

// norm is the square root of a sum of squares.
func (c *operatorCall) norm() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	at := 2
	if c.name == "frobenius_norm" {
		at = 1
	} else if p, err := c.float(1, "p", 2); err != nil || p != 2 {
		return nil, c.unsupported("%s of another order than 2", c.name)
	}
	axes, keep, err := c.axes(at, len(t.shape))
	if err != nil {
		return nil, err
	}
	return c.node("ReduceL2", reduced(t.shape, axes, keep), []proto.Attribute{{Name: "axes", Value: axes}, keepDimensions(keep)}, t.name), nil
}

// pool has a kernel, a stride, a padding, and more.
func (c *operatorCall) pool(onnx string) (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	one := func(i int, name string, usual int) int {
		v := c.argument(i, name)
		if l, ok := v.(*list); ok && len(l.items) == 0 || v == nil {
			return usual
		}
		list, e := c.integers(i, name)
		if e != nil || len(list) != 1 {
			err = c.unsupported("%s with %s", c.name, describe(v))
			return 1
		}
		return list[0]
	}
	kernel := one(1, "kernel_size", 1)
	stride := one(2, "stride", kernel)
	padding := one(3, "padding", 0)
	attributes := []proto.Attribute{{Name: "kernel_shape", Value: []int{kernel}}, {Name: "strides", Value: []int{stride}}, {Name: "pads", Value: []int{padding, padding}}}
	dilation, up := 1, false
	if onnx == "MaxPool" {
		dilation = one(4, "dilation", 1)
		attributes = append(attributes, proto.Attribute{Name: "dilations", Value: []int{dilation}})
		if err == nil {
			up, err = c.flag(5, "ceil_mode", false)
		}
	} else if err == nil {
		if up, err = c.flag(4, "ceil_mode", false); err == nil {
			var include bool
			if include, err = c.flag(5, "count_include_pad", true); include {
				attributes = append(attributes, proto.Attribute{Name: "count_include_pad", Value: 1})
			}
		}
	}
	span := (kernel-1)*dilation + 1
	if err != nil || up || len(t.shape) != 3 || stride < 1 || t.shape[2].n+2*padding < span {
		return nil, c.unsupported("%s of %s with a kernel of %d", c.name, describe(t), kernel)
	}
	shape := slices.Clone(t.shape)
	shape[2].n = (shape[2].n+2*padding-span)/stride + 1
	return c.node(onnx, shape, attributes, t.name), nil
}

// global is a pool of all to one.
func (c *operatorCall) global(onnx string) (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	to, err := c.integers(1, "output_size")
	if err != nil {
		return nil, err
	}
	if !slices.Equal(to, []int{1}) || len(t.shape) != 3 {
		return nil, c.unsupported("%s of %s to %v", c.name, describe(t), to)
	}
	return c.node(onnx, []dimension{t.shape[0], t.shape[1], {n: 1}}, nil, t.name), nil
}

func (c *operatorCall) argmax() (value, error) {
	t, axis, err := c.along(1, "dim", -1)
	if err != nil || c.argument(1, "dim") == nil {
		return nil, c.unsupported("%s over all axes", c.name)
	}
	keep, err := c.flag(2, "keepdim", false)
	if err != nil {
		return nil, err
	}
	y := c.node("ArgMax", reduced(t.shape, []int{axis}, keep), []proto.Attribute{{Name: "axis", Value: axis}, keepDimensions(keep)}, t.name)
	y.whole = true
	return y, nil
}
