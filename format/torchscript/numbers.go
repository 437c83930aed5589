package torchscript

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// arithmetic adds the operators of numbers, which tensors have, too.
func arithmetic(ops map[string]operator) {
	for name, onnx := range map[string]string{"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "floordiv": "Div", "rsub": "Sub", "true_divide": "Div"} {
		ops[name] = func(c *operatorCall) (value, error) { return c.binary(onnx) }
	}
	for _, name := range []string{"eq", "ne", "lt", "le", "gt", "ge"} {
		ops[name] = (*operatorCall).compare
	}
	ops["neg"] = func(c *operatorCall) (value, error) {
		switch v := c.argument(0, "").(type) {
		case int64:
			return -v, nil
		case float64:
			return -v, nil
		}
		return c.pointwise("Neg")
	}
	ops["__not__"] = func(c *operatorCall) (value, error) {
		v, ok := c.argument(0, "").(bool)
		if !ok {
			return nil, c.unsupported("not %s", describe(c.argument(0, "")))
		}
		return !v, nil
	}
	ops["__is__"] = func(c *operatorCall) (value, error) { return c.argument(0, "") == c.argument(1, ""), nil }
	ops["__isnot__"] = func(c *operatorCall) (value, error) { return c.argument(0, "") != c.argument(1, ""), nil }
	ops["__contains__"] = func(c *operatorCall) (value, error) {
		l, ok := c.argument(0, "").(*list)
		if !ok {
			return nil, c.unsupported("a search in %s", describe(c.argument(0, "")))
		}
		return slices.Contains(l.items, c.argument(1, "")), nil
	}
	ops["len"] = func(c *operatorCall) (value, error) {
		switch v := c.argument(0, "").(type) {
		case *list:
			return int64(len(v.items)), nil
		case *tensor:
			return c.sizeOf(v, 0)
		}
		return nil, c.unsupported("the length of %s", describe(c.argument(0, "")))
	}
	same := func(c *operatorCall) (value, error) { return c.argument(0, ""), nil }
	for _, name := range []string{"int", "prim.NumToTensor", "list", "bool", "Int", "IntImplicit", "ScalarImplicit"} {
		ops[name] = func(c *operatorCall) (value, error) {
			if _, ok := c.argument(0, "").(*tensor); ok {
				return nil, c.unsupported("a number is taken from a tensor")
			}
			return c.argument(0, ""), nil
		}
	}
	ops["float"] = func(c *operatorCall) (value, error) {
		if n, ok := c.argument(0, "").(int64); ok {
			return float64(n), nil
		}
		return same(c)
	}
	second := func(c *operatorCall) (value, error) { return c.argument(1, ""), nil }
	ops["annotate"], ops["unchecked_cast"] = second, second
	nothing := func(*operatorCall) (value, error) { return nil, nil }
	for _, name := range []string{"uninitialized", "prim.dtype", "prim.device", "prim.layout", "device", "format", "warn"} {
		ops[name] = nothing
	}
	ops["prim.min"] = func(c *operatorCall) (value, error) { return c.least(1) }
	ops["prim.max"] = func(c *operatorCall) (value, error) { return c.least(-1) }
	ops["prim.RaiseException"] = func(c *operatorCall) (value, error) {
		return nil, c.unsupported("the code raises an exception for such an input")
	}
	ops["getattr"] = func(c *operatorCall) (value, error) {
		name, ok := c.argument(1, "").(string)
		if !ok {
			return nil, c.unsupported("the attribute %s", describe(c.argument(1, "")))
		}
		return c.attribute(c.argument(0, ""), name)
	}
	ops["dim"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		return int64(len(t.shape)), nil
	}
	ops["size"] = (*operatorCall).size
}

// least returns the quotient of least magnitude between two numbers, with its
// sign.
func (c *operatorCall) least(sign int64) (value, error) {
	a, ok1 := c.argument(0, "").(int64)
	b, ok2 := c.argument(1, "").(int64)
	if !ok1 || !ok2 {
		return nil, c.unsupported("%s of %s and %s", c.name, describe(c.argument(0, "")), describe(c.argument(1, "")))
	}
	return sign * min(sign*a, sign*b), nil
}

// size gives the shape of a tensor, or one of its dimensions.
func (c *operatorCall) size() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if c.argument(1, "dim") != nil {
		axis, err := c.axis(1, "dim", 0, len(t.shape))
		if err != nil {
			return nil, err
		}
		return c.sizeOf(t, axis)
	}
	l := &list{}
	for axis := range t.shape {
		v, err := c.sizeOf(t, axis)
		if err != nil {
			return nil, err
		}
		l.items = append(l.items, v)
	}
	return l, nil
}

// sizeOf returns a dimension; a node if it is open.
func (c *operatorCall) sizeOf(t *tensor, axis int) (value, error) {
	if axis >= len(t.shape) {
		return nil, c.unsupported("dimension %d of %s", axis, describe(t))
	}
	d := t.shape[axis]
	if !d.open {
		return int64(d.n), nil
	}
	one := []dimension{{n: 1}}
	shape := c.node("Shape", []dimension{{n: len(t.shape)}}, nil, t.name)
	n := c.node("Gather", one, []proto.Attribute{{Name: "axis", Value: 0}}, shape.name, c.ints(int64(axis)))
	return &size{int64(d.n), n.name}, nil
}

// compare compares numbers, strings and lists.
func (c *operatorCall) compare() (value, error) {
	a, b := c.argument(0, ""), c.argument(1, "")
	la, ok1 := a.(*list)
	lb, ok2 := b.(*list)
	if ok1 && ok2 && (c.name == "eq" || c.name == "ne") {
		same := len(la.items) == len(lb.items)
		for i := 0; same && i < len(la.items); i++ {
			m, ok1 := count(la.items[i])
			n, ok2 := count(lb.items[i])
			if !ok1 || !ok2 {
				return nil, c.unsupported("%s is compared with %s", describe(a), describe(b))
			}
			same = m == n
		}
		return same == (c.name == "eq"), nil
	}
	if s, ok := a.(string); ok {
		t, _ := b.(string)
		return (s == t) == (c.name == "eq"), nil
	}
	if s, ok := a.(bool); ok {
		t, _ := b.(bool)
		return (s == t) == (c.name == "eq"), nil
	}
	if _, open := a.(*size); open != isSize(b) {
		return nil, c.unsupported("a condition on the number of steps")
	}
	x, ok1 := asFloat(a)
	y, ok2 := asFloat(b)
	if !ok1 || !ok2 {
		return nil, c.unsupported("%s is compared with %s", describe(a), describe(b))
	}
	return map[string]bool{"eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y}[c.name], nil
}

func isSize(v value) bool {
	_, ok := v.(*size)
	return ok
}

func asFloat(v value) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case *size:
		return float64(v.n), true
	}
	return 0, false
}

// binary computes with two numbers or tensors.
func (c *operatorCall) binary(onnx string) (value, error) {
	a, b := c.argument(0, ""), c.argument(1, "")
	if c.name == "rsub" {
		a, b = b, a
	}
	alpha := c.argument(2, "alpha")
	_, ok1 := a.(*tensor)
	_, ok2 := b.(*tensor)
	if ok1 || ok2 {
		if err := c.only(3, "alpha"); err != nil {
			return nil, err
		}
		return c.broadcast(onnx, a, b, alpha)
	}
	if la, ok := a.(*list); ok && onnx == "Add" {
		if lb, ok := b.(*list); ok {
			return &list{slices.Concat(la.items, lb.items)}, nil
		}
	}
	if alpha != nil && alpha != int64(1) {
		return nil, c.unsupported("%s of numbers with a factor", c.name)
	}
	m, whole1 := count(a)
	n, whole2 := count(b)
	switch {
	case whole1 && whole2 && (isSize(a) || isSize(b)):
		return c.sized(onnx, a, b)
	case whole1 && whole2 && c.name != "div" && c.name != "true_divide":
		if onnx == "Div" && n == 0 {
			return nil, c.unsupported("a division by zero")
		}
		return integerOf(onnx, m, n), nil
	}
	x, ok1 := asFloat(a)
	y, ok2 := asFloat(b)
	if !ok1 || !ok2 || isSize(a) || isSize(b) {
		return nil, c.unsupported("%s of %s and %s", c.name, describe(a), describe(b))
	}
	if c.name == "floordiv" {
		return math.Floor(x / y), nil
	}
	return map[string]float64{"Add": x + y, "Sub": x - y, "Mul": x * y, "Div": x / y}[onnx], nil
}

func integerOf(onnx string, m, n int64) int64 {
	switch onnx {
	case "Add":
		return m + n
	case "Sub":
		return m - n
	case "Mul":
		return m * n
	}
	q := m / n
	if m%n != 0 && (m < 0) != (n < 0) {
		q-- // Python rounds down
	}
	return q
}

// sized computes with a number of steps.
func (c *operatorCall) sized(onnx string, a, b value) (value, error) {
	if c.name == "div" || c.name == "true_divide" {
		return nil, c.unsupported("a fraction of the number of steps")
	}
	m, _ := count(a)
	n, _ := count(b)
	if onnx == "Div" && n == 0 {
		return nil, c.unsupported("a division by zero")
	}
	t := c.node(onnx, []dimension{{n: 1}}, nil, c.sizeName(a), c.sizeName(b))
	return &size{integerOf(onnx, m, n), t.name}, nil
}

// sizeName returns the graph's value of a number.
func (c *operatorCall) sizeName(v value) string {
	if s, ok := v.(*size); ok {
		return s.name
	}
	n, _ := count(v)
	return c.ints(n)
}
