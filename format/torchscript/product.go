package torchscript

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// products adds the operators that have weights.
func products(ops map[string]operator) {
	ops["linear"] = (*operatorCall).linear
	ops["addmm"] = (*operatorCall).addmm
	ops["matmul"], ops["mm"], ops["bmm"] = (*operatorCall).matmul, (*operatorCall).matmul, (*operatorCall).matmul
	ops["conv1d"], ops["_convolution"], ops["convolution"] = (*operatorCall).conv, (*operatorCall).conv, (*operatorCall).conv
	ops["conv2d"] = (*operatorCall).conv
	ops["conv_transpose1d"] = (*operatorCall).conv
	ops["batch_norm"] = (*operatorCall).batchNorm
	ops["layer_norm"] = (*operatorCall).layerNorm
	ops["embedding"] = (*operatorCall).embedding
}

// linear multiplies by weights [outputs][inputs].
func (c *operatorCall) linear() (value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	w, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	bias, err := c.optional(2)
	if err != nil {
		return nil, err
	}
	last := len(x.shape) - 1
	if len(w.shape) != 2 || last < 0 || x.shape[last] != w.shape[1] {
		return nil, c.unsupported("%s of %s with weights of %s", c.name, describe(x), describe(w))
	}
	transposed := c.constantTransposed(w)
	shape := slices.Clone(x.shape)
	shape[last] = w.shape[0]
	y := c.node("MatMul", shape, nil, x.name, transposed.name)
	if bias != nil {
		y = c.node("Add", shape, nil, y.name, bias.name)
	}
	return y, nil
}

// constantTransposed transposes weights, as a constant if they are one.
func (c *operatorCall) constantTransposed(w *tensor) *tensor {
	if w.data == nil {
		return c.transposed(w, 1, 0)
	}
	rows, columns := w.shape[0].n, w.shape[1].n
	return c.floats([]int{columns, rows}, transpose(w.data, rows, columns))
}

// addmm adds a bias to a product.
func (c *operatorCall) addmm() (value, error) {
	for _, name := range []string{"alpha", "beta"} {
		if x, err := c.float(-1, name, 1); err != nil || x != 1 {
			return nil, c.unsupported("%s with %s", c.name, name)
		}
	}
	bias := c.argument(0, "")
	product := &operatorCall{c.interpreter, c.name, c.arguments[1:], nil}
	y, err := product.matmul()
	if err != nil {
		return nil, err
	}
	return c.broadcast("Add", y, bias, nil)
}

func (c *operatorCall) matmul() (value, error) {
	a, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	b, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	m, n := len(a.shape), len(b.shape)
	if m < 2 || n < 2 || a.shape[m-1] != b.shape[n-2] {
		return nil, c.unsupported("%s of %s and %s", c.name, describe(a), describe(b))
	}
	outer, ok := together(a.shape[:m-2], b.shape[:n-2])
	if !ok {
		return nil, c.unsupported("%s of %s and %s", c.name, describe(a), describe(b))
	}
	return c.node("MatMul", append(outer, a.shape[m-2], b.shape[n-1]), nil, a.name, b.name), nil
}

// A convolution holds the settings that the operators of convolutions share.
type convolution struct {
	stride, padding, dilation, output []int
	groups                            int
	transposed, same                  bool
}

// settings reads the arguments after the bias.
func (c *operatorCall) settings(axes int) (v convolution, err error) {
	each := func(i int, name string, usual int) []int {
		if err != nil {
			return nil
		}
		if c.argument(i, name) == nil {
			return slices.Repeat([]int{usual}, axes)
		}
		var list []int
		if list, err = c.integers(i, name); len(list) == 1 {
			list = slices.Repeat(list, axes)
		}
		if err == nil && len(list) != axes {
			err = c.unsupported("%s with %v", c.name, list)
		}
		return list
	}
	v.stride = each(3, "stride", 1)
	if text, ok := c.argument(4, "padding").(string); ok {
		v.same = text == "same"
		v.padding = slices.Repeat([]int{0}, axes)
	} else {
		v.padding = each(4, "padding", 0)
	}
	if err != nil {
		return v, err
	}
	v.output = slices.Repeat([]int{0}, axes)
	switch c.name {
	case "_convolution", "convolution": // dilation, transposed, output_padding, groups
		v.dilation = each(5, "dilation", 1)
		if err == nil {
			v.transposed, err = c.flag(6, "transposed", false)
		}
		v.output = each(7, "output_padding", 0)
		if err == nil {
			v.groups, err = c.integer(8, "groups", 1)
		}
	case "conv_transpose1d": // output_padding, groups, dilation
		v.transposed = true
		v.output = each(5, "output_padding", 0)
		if err == nil {
			v.groups, err = c.integer(6, "groups", 1)
		}
		v.dilation = each(7, "dilation", 1)
	default: // dilation, groups
		v.dilation = each(5, "dilation", 1)
		if err == nil {
			v.groups, err = c.integer(6, "groups", 1)
		}
	}
	return v, err
}

func (c *operatorCall) conv() (value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	w, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	bias, err := c.optional(2)
	if err != nil {
		return nil, err
	}
	axes := len(w.shape) - 2
	if axes < 1 || len(x.shape) != axes+2 {
		return nil, c.unsupported("%s of %s with weights of %s", c.name, describe(x), describe(w))
	}
	v, err := c.settings(axes)
	if err != nil {
		return nil, err
	}
	return c.convolved(x, w, bias, v)
}

func (c *operatorCall) convolved(x, w, bias *tensor, v convolution) (value, error) {
	axes := len(v.stride)
	inputs, outputs := w.shape[1].n*v.groups, w.shape[0].n
	operator := "Conv"
	if v.transposed {
		inputs, outputs = w.shape[0].n, w.shape[1].n*v.groups
		operator = "ConvTranspose"
	}
	if x.shape[1] != (dimension{n: inputs}) {
		return nil, c.unsupported("%s of %s with weights of %s", c.name, describe(x), describe(w))
	}
	shape := []dimension{x.shape[0], {n: outputs}}
	var kernel, before, after []int
	for i := range axes {
		d, k := x.shape[i+2], w.shape[i+2].n
		span := (k-1)*v.dilation[i] + 1
		left, right := v.padding[i], v.padding[i]
		if v.same { // the longer padding comes after
			left = (span - 1) / 2
			right = span - 1 - left
		}
		switch {
		case v.transposed:
			d.n = (d.n-1)*v.stride[i] - left - right + span + v.output[i]
		case v.stride[i] < 1 || d.n+left+right < span:
			return nil, c.unsupported("%s of %s with a kernel that spans %d", c.name, describe(x), span)
		default:
			d.n = (d.n+left+right-span)/v.stride[i] + 1
		}
		shape = append(shape, d)
		kernel, before, after = append(kernel, k), append(before, left), append(after, right)
	}
	attributes := []proto.Attribute{
		{Name: "dilations", Value: v.dilation}, {Name: "group", Value: v.groups}, {Name: "kernel_shape", Value: kernel},
		{Name: "pads", Value: slices.Concat(before, after)}, {Name: "strides", Value: v.stride},
	}
	if v.transposed {
		attributes = append(attributes, proto.Attribute{Name: "output_padding", Value: v.output})
	}
	inputsOf := []string{x.name, w.name}
	if bias != nil {
		inputsOf = append(inputsOf, bias.name)
	}
	return c.node(operator, shape, attributes, inputsOf...), nil
}

// batchNorm has weight, bias, mean, variance, whether it trains, momentum, and ε.
func (c *operatorCall) batchNorm() (value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if train, err := c.flag(5, "training", false); err != nil || train {
		return nil, c.unsupported("the module was saved in training mode, with batch norm: save it after model.eval()")
	}
	epsilon, err := c.float(7, "eps", 1e-5)
	if err != nil || len(x.shape) < 2 {
		return nil, c.unsupported("%s of %s", c.name, describe(x))
	}
	inputs := []string{x.name}
	channels := x.shape[1].n
	for i, usual := range []float32{1, 0} {
		t, err := c.optional(i + 1)
		if err != nil {
			return nil, err
		}
		if t == nil {
			t = c.floats([]int{channels}, slices.Repeat([]float32{usual}, channels))
		}
		inputs = append(inputs, t.name)
	}
	for i := 3; i <= 4; i++ {
		t, err := c.tensor(i)
		if err != nil {
			return nil, err
		}
		if len(t.shape) != 1 || t.shape[0].n != channels {
			return nil, c.unsupported("%s of %s", c.name, describe(x))
		}
		inputs = append(inputs, t.name)
	}
	return c.node("BatchNormalization", x.shape, []proto.Attribute{{Name: "epsilon", Value: float32(epsilon)}}, inputs...), nil
}

// layerNorm has the shape that it is over, weight, bias and ε: the mean and the variance
// are written out, as opset 13 has no operator of it.
func (c *operatorCall) layerNorm() (value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	over, err := c.integers(1, "normalized_shape")
	if err != nil {
		return nil, err
	}
	epsilon, err := c.float(4, "eps", 1e-5)
	if err != nil {
		return nil, err
	}
	if len(over) != 1 || len(x.shape) < 1 || x.shape[len(x.shape)-1] != (dimension{n: over[0]}) {
		return nil, c.unsupported("%s of %s over %v, want only the last axis", c.name, describe(x), over)
	}
	one := slices.Clone(x.shape)
	one[len(one)-1] = dimension{n: 1}
	mean := func(t *tensor) *tensor {
		return c.node("ReduceMean", one, []proto.Attribute{{Name: "axes", Value: []int{-1}}, {Name: "keepdims", Value: 1}}, t.name)
	}
	scalar := func(v float32) string { return c.floats(nil, []float32{v}).name }
	d := c.node("Sub", x.shape, nil, x.name, mean(x).name)
	variance := mean(c.node("Pow", x.shape, nil, d.name, scalar(2)))
	deviation := c.node("Sqrt", one, nil, c.node("Add", one, nil, variance.name, scalar(float32(epsilon))).name)
	y := c.node("Div", x.shape, nil, d.name, deviation.name)
	for i, operator := range []string{"Mul", "Add"} {
		t, err := c.optional(i + 2)
		if err != nil {
			return nil, err
		}
		if t != nil {
			y = c.node(operator, x.shape, nil, y.name, t.name)
		}
	}
	return y, nil
}

// embedding takes rows of a table.
func (c *operatorCall) embedding() (value, error) {
	table, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	x, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	if len(table.shape) != 2 || !x.whole {
		return nil, c.unsupported("%s of %s", c.name, describe(x))
	}
	return c.node("Gather", append(slices.Clone(x.shape), table.shape[1]), []proto.Attribute{{Name: "axis", Value: 0}}, table.name, x.name), nil
}
