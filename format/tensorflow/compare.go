package tensorflow

import "slices"

// comparisons adds the operators that give true or false.
func comparisons(ops map[string]operator) {
	for _, name := range []string{"Less", "LessEqual", "Greater", "GreaterEqual", "Equal", "NotEqual"} {
		ops[name] = func(c *call) ([]value, error) {
			if out, ok, err := c.randomly(name); ok {
				return out, err
			}
			return one(c.compare(name))
		}
	}
	ops["LogicalAnd"], ops["LogicalOr"], ops["LogicalNot"] = (*call).both, (*call).either, (*call).not
	ops["All"], ops["Any"] = (*call).allOf, (*call).allOf
}

// compare compares constants. Comparing the number of a step with the number of steps
// is the condition of a loop; within the loop it has a value for each step.
func (c *call) compare(name string) (*tensor, error) {
	list, err := c.tensors(2)
	if err != nil {
		return nil, err
	}
	x, y := list[0], list[1]
	shape, err := c.broadcast(x.shape, y.shape)
	if err != nil {
		return nil, err
	}
	if name == "NotEqual" && (x.given != "" || y.given != "") {
		return nil, c.unsupported("a mask of steps that are padding (mask_zero): save the Keras model with its layers, with model.save of Keras 2 or as .keras, or trace it without the mask and use sequences without padding")
	}
	if !x.constant || !y.constant || x.dtype.isFloat() || y.dtype.isFloat() || x.limits != nil || y.limits != nil {
		return nil, c.unsupported("of %s and %s, want constants of integers", describe(x), describe(y))
	}
	t := whole(typeBool, shape)
	if len(x.ints) == 1 && len(y.ints) == 1 && len(shape) == 0 && (c.scope.loop != nil && c.scope.loop.trips == nil) {
		if limit, ok := limitOf(name, x.ints[0], y.ints[0]); ok {
			t.limits = []number{limit}
			return t, nil
		}
	}
	return t, c.each(t, x, y, func(v, w number) (number, error) {
		first, ok1 := c.holds(name, v, w, 0)
		last, ok2 := first, true
		if l := c.scope.loop; v.step != 0 || w.step != 0 {
			if l == nil || l.trips == nil {
				ok2 = false
			} else {
				last, ok2 = c.holds(name, v, w, int64(l.trips.n)-1)
			}
			ok2 = ok2 && name != "Equal" && name != "NotEqual"
		}
		if !ok1 || !ok2 || first != last {
			return number{}, c.unsupported("it is true at some steps and false at others")
		}
		if first {
			return number{n: 1}, nil
		}
		return number{}, nil
	})
}

// limitOf returns how many steps a condition of a loop is true for.
func limitOf(name string, a, b number) (number, bool) {
	if name == "Greater" || name == "GreaterEqual" {
		a, b = b, a
	}
	if a.step < 1 || a.length || a.open || b.step != 0 || name == "Equal" || name == "NotEqual" {
		return number{}, false
	}
	if name == "LessEqual" || name == "GreaterEqual" {
		b.n++
	}
	if b.length {
		return b, a == number{step: 1} && name != "LessEqual" && name != "GreaterEqual"
	}
	return number{n: (b.n - a.n + a.step - 1) / a.step, open: b.open}, true
}

// holds reports whether a comparison holds at a step of a loop. The length of a sequence
// is the number of its steps.
func (c *call) holds(name string, a, b number, step int64) (is, ok bool) {
	if a.length || b.length {
		l := c.scope.loop
		if l == nil || l.trips == nil {
			return false, false
		}
		if a.length {
			a = number{n: int64(l.trips.n)}
		}
		if b.length {
			b = number{n: int64(l.trips.n)}
		}
	}
	v, w := a.n+a.step*step, b.n+b.step*step
	switch name {
	case "Less":
		return v < w, true
	case "LessEqual":
		return v <= w, true
	case "Greater":
		return v > w, true
	case "GreaterEqual":
		return v >= w, true
	case "Equal":
		return v == w, true
	}
	return v != w, true
}

// conditions returns the inputs, which are true or false.
func (c *call) conditions(n int) ([]*tensor, error) {
	list, err := c.tensors(n)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if !t.constant || t.dtype != typeBool {
			return nil, c.unsupported("of %s, want a constant", describe(t))
		}
	}
	return list, nil
}

func (c *call) both() ([]value, error) {
	list, err := c.conditions(2)
	if err != nil {
		return nil, err
	}
	x, y := list[0], list[1]
	if x.limits != nil || y.limits != nil {
		for _, t := range list {
			if t.limits == nil && (len(t.ints) != 1 || t.ints[0].n == 0) {
				return nil, c.unsupported("a condition of a loop that is false from the start")
			}
		}
		t := whole(typeBool, nil)
		t.limits = slices.Concat(x.limits, y.limits)
		return one(t, nil)
	}
	return c.logical(list, func(v, w int64) int64 { return v & w })
}

func (c *call) either() ([]value, error) {
	list, err := c.conditions(2)
	if err != nil {
		return nil, err
	}
	return c.logical(list, func(v, w int64) int64 { return v | w })
}

func (c *call) logical(list []*tensor, f func(v, w int64) int64) ([]value, error) {
	x, y := list[0], list[1]
	shape, err := c.broadcast(x.shape, y.shape)
	if err != nil {
		return nil, err
	}
	t := whole(typeBool, shape)
	return one(t, c.each(t, x, y, func(v, w number) (number, error) { return number{n: f(v.n, w.n)}, nil }))
}

func (c *call) not() ([]value, error) {
	list, err := c.conditions(1)
	if err != nil {
		return nil, err
	}
	x := list[0]
	t := whole(typeBool, x.shape)
	return one(t, c.each(t, x, x, func(v, _ number) (number, error) { return number{n: 1 - v.n}, nil }))
}

// allOf reports whether all, or any, elements are true.
func (c *call) allOf() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if !x.constant || x.dtype != typeBool || x.limits != nil || len(x.ints) == 0 {
		return nil, c.unsupported("of %s, want a constant", describe(x))
	}
	n := x.ints[0].n
	if slices.ContainsFunc(x.ints, func(v number) bool { return v.n != n }) {
		return nil, c.unsupported("some are true and some are false")
	}
	return one(scalar(typeBool, number{n: n}), nil)
}
