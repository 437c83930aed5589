package torchscript

import (
	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// functions adds the operators of one number.
func functions(ops map[string]operator) {
	for name, onnx := range map[string]string{
		"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "abs": "Abs",
		"reciprocal": "Reciprocal", "erf": "Erf", "sin": "Sin", "cos": "Cos", "floor": "Floor", "sign": "Sign",
	} {
		ops[name] = func(c *operatorCall) (value, error) { return c.pointwise(onnx) }
	}
	softsign := func(c *operatorCall) (value, error) { return c.pointwise("Softsign") }
	ops["softsign"] = softsign
	with := func(onnx, attribute string, usual float64) operator {
		return func(c *operatorCall) (value, error) {
			x, err := c.float(1, "", usual)
			if err != nil {
				return nil, err
			}
			return c.pointwise(onnx, proto.Attribute{Name: attribute, Value: float32(x)})
		}
	}
	ops["leaky_relu"] = with("LeakyRelu", "alpha", 0.01)
	ops["elu"] = func(c *operatorCall) (value, error) { // alpha, scale, input_scale
		for i := 2; i <= 3; i++ {
			if x, err := c.float(i, "", 1); err != nil || x != 1 {
				return nil, c.unsupported("%s with a scale", c.name)
			}
		}
		return with("Elu", "alpha", 1)(c)
	}
	ops["selu"] = func(c *operatorCall) (value, error) { return c.pointwise("Selu") }
	ops["softplus"] = func(c *operatorCall) (value, error) { // beta, threshold: 20, beyond which it is the same in float32
		if x, err := c.float(1, "", 1); err != nil || x != 1 {
			return nil, c.unsupported("%s with a beta", c.name)
		}
		return c.pointwise("Softplus")
	}
	ops["silu"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		return c.node("Mul", t.shape, nil, t.name, c.node("Sigmoid", t.shape, nil, t.name).name), nil
	}
	ops["mish"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		soft := c.node("Softplus", t.shape, nil, t.name)
		return c.node("Mul", t.shape, nil, t.name, c.node("Tanh", t.shape, nil, soft.name).name), nil
	}
	ops["hardsigmoid"] = func(c *operatorCall) (value, error) {
		return c.pointwise("HardSigmoid", proto.Attribute{Name: "alpha", Value: float32(1.0 / 6)}, proto.Attribute{Name: "beta", Value: float32(0.5)})
	}
	ops["hardswish"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		gate, err := ops["hardsigmoid"](c)
		if err != nil {
			return nil, err
		}
		return c.node("Mul", t.shape, nil, t.name, gate.(*tensor).name), nil
	}
	ops["gelu"] = (*operatorCall).gelu
	ops["hardtanh"], ops["clamp"], ops["relu6"] = (*operatorCall).clamp, (*operatorCall).clamp, (*operatorCall).clamp
	ops["clamp_min"], ops["clamp_max"] = (*operatorCall).clamp, (*operatorCall).clamp
	ops["square"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		return c.node("Mul", t.shape, nil, t.name, t.name), nil
	}
	ops["rsqrt"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		return c.node("Reciprocal", t.shape, nil, c.node("Sqrt", t.shape, nil, t.name).name), nil
	}
	ops["pow"] = func(c *operatorCall) (value, error) {
		return c.broadcast("Pow", c.argument(0, ""), c.argument(1, ""), nil)
	}
	ops["prelu"] = (*operatorCall).prelu
	ops["glu"] = (*operatorCall).glu
	ops["maximum"] = func(c *operatorCall) (value, error) {
		return c.broadcast("Max", c.argument(0, ""), c.argument(1, ""), nil)
	}
	ops["minimum"] = func(c *operatorCall) (value, error) {
		return c.broadcast("Min", c.argument(0, ""), c.argument(1, ""), nil)
	}
}

func (c *operatorCall) pointwise(onnx string, attributes ...proto.Attribute) (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if t.whole {
		return nil, c.unsupported("%s of integers", c.name)
	}
	return c.node(onnx, t.shape, attributes, t.name), nil
}

// gelu writes x/2 (1 + erf(x/√2)).
func (c *operatorCall) gelu() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if a := c.argument(-1, "approximate"); a != nil && a != "none" {
		return nil, c.unsupported("gelu by an approximation")
	}
	scalar := func(x float32) string { return c.floats(nil, []float32{x}).name }
	e := c.node("Erf", t.shape, nil, c.node("Div", t.shape, nil, t.name, scalar(1.4142135623730951)).name)
	e = c.node("Mul", t.shape, nil, t.name, c.node("Add", t.shape, nil, e.name, scalar(1)).name)
	return c.node("Mul", t.shape, nil, e.name, scalar(0.5)), nil
}

// clamp bounds numbers.
func (c *operatorCall) clamp() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	least, most := c.argument(1, "min"), c.argument(2, "max")
	switch c.name {
	case "relu6":
		least, most = int64(0), int64(6)
	case "clamp_max":
		least, most = nil, least
	case "hardtanh":
		if least == nil {
			least, most = int64(-1), int64(1)
		}
	}
	inputs := []string{t.name}
	for _, bound := range []value{least, most} {
		if bound == nil {
			inputs = append(inputs, "")
			continue
		}
		x, ok := asFloat(bound)
		if !ok || isSize(bound) {
			return nil, c.unsupported("%s to %s", c.name, describe(bound))
		}
		inputs = append(inputs, c.floats(nil, []float32{float32(x)}).name)
	}
	for inputs[len(inputs)-1] == "" {
		inputs = inputs[:len(inputs)-1]
	}
	return c.node("Clip", t.shape, nil, inputs...), nil
}

// prelu has a slope for each channel, which are axis 1.
func (c *operatorCall) prelu() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	slope, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	if slope.data == nil || len(slope.shape) != 1 || len(t.shape) < 2 || slope.shape[0].n != 1 && slope.shape[0].n != t.shape[1].n {
		return nil, c.unsupported("%s of %s with slopes of %s", c.name, describe(t), describe(slope))
	}
	shape := []int{slope.shape[0].n}
	for range len(t.shape) - 2 {
		shape = append(shape, 1)
	}
	return c.node("PRelu", t.shape, nil, t.name, c.floats(shape, slope.data).name), nil
}

func (c *operatorCall) glu() (value, error) {
	t, axis, err := c.along(1, "dim", -1)
	if err != nil {
		return nil, err
	}
	half := t.shape[axis].n / 2
	if t.shape[axis].open || t.shape[axis].n != 2*half {
		return nil, c.unsupported("%s of %s", c.name, describe(t))
	}
	shape := append([]dimension{}, t.shape...)
	shape[axis] = dimension{n: half}
	parts := c.nodes("Split", []proto.Attribute{{Name: "axis", Value: axis}}, []string{t.name, c.ints(int64(half), int64(half))}, shape, shape)
	return c.node("Mul", shape, nil, parts[0].name, c.node("Sigmoid", shape, nil, parts[1].name).name), nil
}

// broadcast computes with two tensors, or with a number; alpha multiplies the second.
func (c *operatorCall) broadcast(onnx string, a, b, alpha value) (value, error) {
	x, err := c.operand(a)
	if err != nil {
		return nil, err
	}
	y, err := c.operand(b)
	if err != nil {
		return nil, err
	}
	if c.name == "floordiv" {
		return nil, c.unsupported("a rounded division of tensors")
	}
	if f, ok := asFloat(alpha); ok && f != 1 && c.name != "pow" {
		y = c.node("Mul", y.shape, nil, y.name, c.floats(nil, []float32{float32(f)}).name)
	} else if alpha != nil && !ok {
		return nil, c.unsupported("%s with %s", c.name, describe(alpha))
	}
	shape, ok := together(x.shape, y.shape)
	if !ok || x.whole || y.whole {
		return nil, c.unsupported("%s of %s and %s", c.name, describe(x), describe(y))
	}
	return c.node(onnx, shape, nil, x.name, y.name), nil
}

// operand returns a tensor, of a number too.
func (c *operatorCall) operand(v value) (*tensor, error) {
	if t, ok := v.(*tensor); ok && t.name != "" {
		return t, nil
	}
	x, ok := asFloat(v)
	if !ok || isSize(v) {
		return nil, c.unsupported("%s of %s", c.name, describe(v))
	}
	return c.floats(nil, []float32{float32(x)}), nil
}

// together returns the shape of two that are broadcast.
func together(a, b []dimension) ([]dimension, bool) {
	n := max(len(a), len(b))
	shape := make([]dimension, n)
	at := func(s []dimension, i int) dimension {
		if i += len(s) - n; i < 0 {
			return dimension{n: 1}
		}
		return s[i]
	}
	for i := range shape {
		x, y := at(a, i), at(b, i)
		switch {
		case x == y || y == (dimension{n: 1}):
			shape[i] = x
		case x == (dimension{n: 1}):
			shape[i] = y
		default:
			return nil, false
		}
	}
	return shape, true
}
