package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// These operators change the layout of a value, but not its elements.

func transpose(c *call) ([]value, error) {
	perm, given, err := c.intsAttribute("perm")
	if err != nil {
		return nil, err
	}
	rank := rankOf(c.in[0])
	if !given {
		for k := rank - 1; k >= 0; k-- {
			perm = append(perm, int64(k))
		}
	}
	set, err := c.axes(perm, rank)
	if err != nil {
		return nil, err
	}
	if len(set) != rank {
		return nil, c.shape("the permutation %v of %s", perm, message.Count(rank, "axis"))
	}
	switch v := c.in[0].(type) {
	case *stream:
		s := v.clone()
		s.axes = nil
		for _, k := range perm {
			s.axes = append(s.axes, v.axes[k])
		}
		return one(s, nil)
	case *array:
		var shape []size
		var stored, strides []int
		from := v.strides()
		for _, k := range perm {
			shape = append(shape, v.shape[k])
			stored = append(stored, v.stored[k])
			strides = append(strides, from[k])
		}
		if err := c.spend(v.cost(v.length())); err != nil {
			return nil, err
		}
		return one(v.view(shape, stored, strides, 0), nil)
	}
	return nil, nil
}

func rankOf(v value) int {
	switch v := v.(type) {
	case *array:
		return len(v.shape)
	case *stream:
		return len(v.axes)
	case *permutation, *counting:
		return 1
	}
	return 0
}

func shapeOf(v value) []size {
	switch v := v.(type) {
	case *array:
		return v.shape
	case *stream:
		return v.shape()
	case *permutation:
		return []size{v.of.count}
	case *counting:
		return []size{v.count}
	}
	return nil
}

func squeeze(c *call) ([]value, error) {
	list, given, err := c.listOf("axes", 1, 12)
	if err != nil {
		return nil, err
	}
	shape := shapeOf(c.in[0])
	set, err := c.axes(list, len(shape))
	if err != nil {
		return nil, err
	}
	var keep []int
	for k, n := range shape {
		switch {
		case !given && n.is(1): // an open length can be any, so it is not 1
		case set[k]:
			if !n.is(1) {
				return nil, c.shape("axis %d has the length %v, want 1; the shape is %v", k, n, shapeText(shape))
			}
		default:
			keep = append(keep, k)
		}
	}
	return one(pickAxes(c.in[0], keep), nil)
}

// pickAxes drops the axes that are not kept, which have the length 1.
func pickAxes(v value, keep []int) value {
	switch v := v.(type) {
	case *stream:
		s := v.clone()
		s.axes = nil
		for _, k := range keep {
			s.axes = append(s.axes, v.axes[k])
		}
		return s
	case *array:
		var shape []size
		var stored []int
		for _, k := range keep {
			shape = append(shape, v.shape[k])
			stored = append(stored, v.stored[k])
		}
		return v.like(shape, stored)
	}
	return nil
}

func unsqueeze(c *call) ([]value, error) {
	list, given, err := c.listOf("axes", 1, 12)
	if err != nil {
		return nil, err
	}
	if !given {
		return nil, c.damaged("it has no axes")
	}
	rank := rankOf(c.in[0]) + len(list)
	if rank > maxRank {
		return nil, c.shape("%s", message.Count(rank, "axis"))
	}
	set, err := c.axes(list, rank)
	if err != nil {
		return nil, err
	}
	switch v := c.in[0].(type) {
	case *stream:
		s := v.clone()
		s.axes = nil
		for k, i := 0, 0; k < rank; k++ {
			if set[k] {
				s.axes = append(s.axes, nil)
				continue
			}
			s.axes = append(s.axes, v.axes[i])
			i++
		}
		return one(s, nil)
	case *array:
		var shape []size
		var stored []int
		for k, i := 0, 0; k < rank; k++ {
			if set[k] {
				shape, stored = append(shape, number(1)), append(stored, 1)
				continue
			}
			shape, stored = append(shape, v.shape[i]), append(stored, v.stored[i])
			i++
		}
		return one(v.like(shape, stored), nil)
	}
	return nil, nil
}

func flatten(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", 1)
	if err != nil {
		return nil, err
	}
	shape := shapeOf(c.in[0])
	if at < 0 {
		at += int64(len(shape))
	}
	if at < 0 || at > int64(len(shape)) {
		return nil, c.shape("the axis %d of %d", at, len(shape))
	}
	a, ok1 := total(shape[:at])
	b, ok2 := total(shape[at:])
	if !ok1 || !ok2 {
		return nil, c.shape("the shape %v is too large", shapeText(shape))
	}
	return c.reshaped(c.in[0], []size{a, b})
}

func reshape(c *call) ([]value, error) {
	zero, err := c.intAttribute("allowzero", 0)
	if err != nil {
		return nil, err
	}
	a, err := c.array(1, "the shape")
	if err != nil {
		return nil, err
	}
	list, ok := a.integers()
	if !ok || len(list) > maxRank {
		return nil, c.unsupported("the shape is not a list of integers")
	}
	from := shapeOf(c.in[0])
	to := slices.Clone(list)
	rest := -1
	for k, n := range to {
		switch v, isNumber := n.isNumber(); {
		case isNumber && v == 0 && zero == 0:
			if k >= len(from) {
				return nil, c.shape("dimension %d of %v is kept, but there are %d", k, shapeText(list), len(from))
			}
			to[k] = from[k]
		case isNumber && v == -1 && rest < 0:
			rest = k
			to[k] = number(1)
		case isNumber && v < 0:
			return nil, c.shape("the shape %v", shapeText(list))
		}
	}
	all, ok1 := total(from)
	others, ok2 := total(to)
	if !ok1 || !ok2 {
		return nil, c.shape("the shape %v is too large", shapeText(list))
	}
	if rest >= 0 {
		n, ok := all.over(others)
		if !ok {
			return nil, c.shape("the shape %v cannot become %v", shapeText(from), shapeText(list))
		}
		to[rest] = n
	} else if !all.equal(others) {
		return nil, c.shape("the shape %v cannot become %v", shapeText(from), shapeText(list))
	}
	return c.reshaped(c.in[0], to)
}

// reshaped gives a value a shape with the same number of elements.
func (c *call) reshaped(v value, to []size) ([]value, error) {
	switch v := v.(type) {
	case *stream:
		return one(c.regroup(v, to))
	case *array:
		if !v.plain() {
			if !v.uniform() {
				return nil, c.unsupported("it reshapes constants that are repeated %v times", shapeText(v.shape))
			}
			v = v.compact()
			return one(v.like(to, slices.Repeat([]int{1}, len(to))), nil)
		}
		stored := make([]int, len(to))
		for k, n := range to {
			if stored[k] = n.known(); stored[k] < 0 {
				return nil, c.shape("constants get the shape %v", shapeText(to))
			}
		}
		return one(v.like(to, stored), nil)
	}
	return nil, nil
}

// regroup spreads the atoms of a stream over the axes of another shape. An atom
// of features may be divided for it; one of steps or sequences may not.
func (c *call) regroup(s *stream, to []size) (*stream, error) {
	fail := func() (*stream, error) {
		return nil, c.unsupported("the shape %v becomes %v, which mixes steps or sequences with each other or with features",
			shapeText(s.shape()), shapeText(to))
	}
	r := s
	rest := slices.Concat(s.axes...)
	var axes [][]*atom
	for _, n := range to {
		var axis []*atom
		for left := n; !left.is(1); {
			if len(rest) == 0 {
				return fail()
			}
			a := rest[0]
			if quotient, ok := left.over(a.size); ok {
				axis, rest, left = append(axis, a), rest[1:], quotient
				continue
			}
			// Only a part of the atom belongs to this axis.
			first, size := left.known(), a.size.known()
			if !slices.Contains(s.features, a) && !slices.Contains(r.features, a) || first < 1 || size%first != 0 {
				return fail()
			}
			pieces := []*atom{{size: number(int64(first)), track: a.track}, {size: number(int64(size / first)), track: a.track}}
			var ok bool
			if r, ok = r.replace([]*atom{a}, pieces); !ok {
				return fail()
			}
			axis, rest, left = append(axis, pieces[0]), slices.Concat(pieces[1:], rest[1:]), number(1)
		}
		axes = append(axes, axis)
	}
	if len(rest) > 0 {
		return fail()
	}
	r = r.clone()
	r.axes = axes
	return r, nil
}
