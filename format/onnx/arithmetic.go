package onnx

import (
	"math"

	"github.com/rnnrun/rnnrun/format/network"
)

// A pairwise computes an element of two constants, of float32 or of integers.
type pairwise struct {
	floats func(a, b float32) float32
	ints   func(a, b size) (size, bool)
	// compare, instead of floats, is the truth of a comparison of two float32.
	compare func(a, b float32) bool
}

func binaries() map[string]pairwise {
	return map[string]pairwise{
		"Add": {floats: func(a, b float32) float32 { return a + b }, ints: size.plus},
		"Sub": {floats: func(a, b float32) float32 { return a - b }, ints: size.minus},
		"Mul": {floats: func(a, b float32) float32 { return a * b }, ints: size.times},
		"Div": {floats: func(a, b float32) float32 { return a / b }, ints: quotient},
		"Min": {floats: func(a, b float32) float32 { return min(a, b) }, ints: func(a, b size) (size, bool) {
			less, ok := compare(a, b)
			if less > 0 {
				return b, ok
			}
			return a, ok
		}},
		"Max": {floats: func(a, b float32) float32 { return max(a, b) }, ints: func(a, b size) (size, bool) {
			less, ok := compare(a, b)
			if less < 0 {
				return b, ok
			}
			return a, ok
		}},
		"Equal": {compare: func(a, b float32) bool { return a == b }, ints: func(a, b size) (size, bool) {
			if a.equal(b) {
				return number(1), true
			}
			order, ok := compare(a, b)
			return truth(order == 0), ok
		}},
		"Greater": {compare: func(a, b float32) bool { return a > b }, ints: func(a, b size) (size, bool) {
			order, ok := compare(a, b)
			return truth(order > 0), ok
		}},
		"Less": {compare: func(a, b float32) bool { return a < b }, ints: func(a, b size) (size, bool) {
			order, ok := compare(a, b)
			return truth(order < 0), ok
		}},
		"And": {ints: size.times},
	}
}

func truth(b bool) size {
	if b {
		return number(1)
	}
	return number(0)
}

// compare returns the sign of a-b, if that is known.
func compare(a, b size) (int, bool) {
	d, ok := a.minus(b)
	if !ok {
		return 0, false
	}
	return d.sign()
}

// quotient rounds toward zero, as the division of integers does.
func quotient(a, b size) (size, bool) {
	x, ok1 := a.isNumber()
	y, ok2 := b.isNumber()
	if ok1 && ok2 && y != 0 && !(y == -1 && x == math.MinInt64) {
		return number(x / y), true
	}
	return a.over(b)
}

// elementwise computes an operator of two inputs: of constants here, of a
// stream and constants as a layer.
func elementwise(operator string) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		if v, ok, err := c.softsign(operator); ok {
			return one(v, err)
		}
		a, isArray1 := c.in[0].(*array)
		b, isArray2 := c.in[1].(*array)
		if isArray1 && isArray2 {
			v, err := c.combine(binaries()[operator], a, b)
			if r, ok := v.(*array); ok && compares(operator) {
				r.dtype = typeBool
			}
			return one(v, err)
		}
		return one(c.affine(operator))
	}
}

// compares reports whether an operator gives truths.
func compares(operator string) bool {
	return operator == "Equal" || operator == "Greater" || operator == "Less"
}

// combine computes an element of two constants each.
func (c *call) combine(op pairwise, a, b *array) (value, error) {
	shape, err := c.broadcast(a.shape, b.shape)
	if err != nil {
		return nil, err
	}
	a, b = a.stretched(shape), b.stretched(shape)
	stored := make([]int, len(shape))
	for k := range stored {
		stored[k] = max(a.stored[k], b.stored[k])
		if a.stored[k] == 0 || b.stored[k] == 0 {
			stored[k] = 0
		}
	}
	if err := c.spend(a.cost(length([]int{3, length(stored)}))); err != nil {
		return nil, err
	}
	x, y := a.view(shape, stored, a.strides(), 0), b.view(shape, stored, b.strides(), 0)
	if x.isFloat() != y.isFloat() || x.isFloat() && op.floats == nil && op.compare == nil {
		return nil, c.unsupported("constants of the types %v and %v", a.dtype, b.dtype)
	}
	if x.isFloat() && op.compare != nil {
		t := x.like(x.shape, x.stored)
		t.dtype, t.floats, t.ints = typeBool, nil, make([]size, len(x.floats))
		for i := range x.floats {
			t.ints[i] = truth(op.compare(x.floats[i], y.floats[i]))
		}
		return t, c.spend(8 * len(t.ints))
	}
	if x.isFloat() {
		for i := range x.floats {
			x.floats[i] = op.floats(x.floats[i], y.floats[i])
		}
		return x, nil
	}
	for i := range x.ints {
		v, ok := op.ints(x.ints[i], y.ints[i])
		if !ok {
			return nil, c.unsupported("of %v and %v, which depends on dimensions that the file leaves open, or is too large", x.ints[i], y.ints[i])
		}
		x.ints[i] = v
	}
	return x, nil
}

func where(c *call) ([]value, error) {
	var in [3]*array
	for i := range in {
		var err error
		if in[i], err = c.array(i, "an input"); err != nil {
			return nil, err
		}
	}
	if in[0].isFloat() {
		return nil, c.fail(network.ErrDamaged, "a condition of the type %v", in[0].dtype)
	}
	pick := func(take int64) pairwise {
		return pairwise{ints: func(cond, v size) (size, bool) {
			x, ok := cond.isNumber()
			if ok && (x != 0) == (take != 0) {
				return v, true
			}
			return number(0), ok
		}}
	}
	if in[1].isFloat() || in[2].isFloat() {
		return nil, c.unsupported("it chooses among constants of the type %v", in[1].dtype)
	}
	yes, err := c.combine(pick(1), in[0], in[1])
	if err != nil {
		return nil, err
	}
	no, err := c.combine(pick(0), in[0], in[2])
	if err != nil {
		return nil, err
	}
	return one(c.combine(binaries()["Add"], yes.(*array), no.(*array)))
}

// cast changes the type of a value. Floats stay as they are; the type of a
// network's inputs and outputs makes no difference, unless it rounds them.
func cast(c *call) ([]value, error) {
	v, err := c.intAttribute("to", 0)
	if err != nil {
		return nil, err
	}
	if _, err := c.intAttribute("saturate", 1); err != nil {
		return nil, err
	}
	to := dtype(v)
	if !to.isFloat() && !to.isInteger() {
		return nil, c.unsupported("to the type %v", to)
	}
	switch v := c.in[0].(type) {
	case *permutation, *counting:
		if to != typeInt32 && to != typeInt64 {
			return nil, c.unsupported("an order of the sequences, to the type %v", to)
		}
		return one(v, nil)
	case *stream:
		s := v.clone()
		s.dtype = to
		switch {
		case to.isInteger() && to != typeInt32 && to != typeInt64:
			return nil, c.unsupported("to the type %v", to)
		case v.dtype.isFloat() && to.isInteger() && !v.whole():
			return nil, c.unsupported("from %v to %v, which rounds", v.dtype, to)
		}
		return one(s, nil)
	case *array:
		a := *v
		a.dtype = to
		switch {
		case to == typeBool:
			return c.toBool(v)
		case v.isFloat() && to.isInteger():
			if err := c.spend(8 * len(v.floats)); err != nil {
				return nil, err
			}
			a.floats, a.ints = nil, make([]size, len(v.floats))
			for i, x := range v.floats {
				if x != x || math.Abs(float64(x)) >= 1<<31 {
					return nil, c.unsupported("the constant %v to the type %v", x, to)
				}
				a.ints[i] = number(int64(x))
			}
		case v.ints != nil && to.isFloat():
			// Open dimensions stay what they are, and come back as integers.
			a.floats = nil
			open := false
			for _, x := range v.ints {
				_, isNumber := x.isNumber()
				open = open || !isNumber
			}
			if !open {
				a.ints, a.floats = nil, make([]float32, len(v.ints))
				for i, x := range v.ints {
					a.floats[i] = float32(x.constant)
				}
			}
		}
		least, greatest, isInteger := to.bounds()
		for _, x := range a.ints {
			if n, isNumber := x.isNumber(); isInteger && isNumber && (n < least || n > greatest) {
				return nil, c.unsupported("the constant %d to the type %v", n, to)
			}
		}
		return one(&a, nil)
	}
	return nil, nil
}

// toBool casts constants to the type bool: all numbers but 0 are true.
func (c *call) toBool(v *array) ([]value, error) {
	a := *v
	a.dtype, a.floats, a.ints = typeBool, nil, make([]size, max(len(v.floats), len(v.ints)))
	if err := c.spend(8 * len(a.ints)); err != nil {
		return nil, err
	}
	for i := range a.ints {
		zero := v.isFloat() && v.floats[i] == 0
		if !v.isFloat() {
			sign, known := v.ints[i].sign()
			if !known {
				return nil, c.unsupported("the open number %v to the type bool", v.ints[i])
			}
			zero = sign == 0
		}
		a.ints[i] = number(1)
		if zero {
			a.ints[i] = number(0)
		}
	}
	return one(&a, nil)
}

// not negates constants of the type bool.
func not(c *call) ([]value, error) {
	v, err := c.array(0, "the input")
	if err != nil {
		return nil, err
	}
	if v.dtype != typeBool {
		return nil, c.unsupported("of the type %v", v.dtype)
	}
	a := *v
	a.ints = make([]size, len(v.ints))
	for i, x := range v.ints {
		a.ints[i] = number(1)
		if !x.is(0) {
			a.ints[i] = number(0)
		}
	}
	return one(&a, nil)
}

// unary computes an operator of constants of float32.
func unary(f func(x float32) float32) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		a, err := c.array(0, "the input")
		if err != nil {
			return nil, err
		}
		if !a.isFloat() {
			return nil, c.unsupported("of constants of the type %v", a.dtype)
		}
		if err := c.spend(len(a.floats)); err != nil {
			return nil, err
		}
		r := a.like(a.shape, a.stored)
		r.floats = make([]float32, len(a.floats))
		for i, x := range a.floats {
			r.floats[i] = f(x)
		}
		return one(r, nil)
	}
}
