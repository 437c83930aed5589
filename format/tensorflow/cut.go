package tensorflow

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/message"
)

// choices adds the operators that take parts of tensors, and put parts together.
func choices(ops map[string]operator) {
	ops["StridedSlice"] = (*call).stridedSlice
	ops["Slice"] = (*call).slice
	ops["Gather"], ops["GatherV2"] = (*call).gatherOf, (*call).gatherOf
	ops["OneHot"] = (*call).oneHot
	ops["ArgMax"] = (*call).argMax
	ops["Select"], ops["SelectV2"] = (*call).choose, (*call).choose
}

// isFolded reports whether a constant is computed here, and not by nodes.
func (t *tensor) isFolded() bool {
	return t.constant && (t.ints != nil || len(t.floats) == 1 || !t.dtype.isFloat()) && t.limits == nil
}

// picked returns a constant with the parts of an axis that a list has.
func (t *tensor) picked(axis int, list []int, length dimension) *tensor {
	shape := slices.Clone(t.shape)
	shape[axis] = length
	r := *t
	r.shape, r.name, r.given = shape, "", ""
	if t.dtype.isFloat() {
		return &r
	}
	r.ints = nil
	inner := 1
	for _, d := range t.shape[axis+1:] {
		inner *= d.n
	}
	width := t.shape[axis].n * inner
	for at := 0; at+width <= len(t.ints) && width > 0; at += width {
		for _, k := range list {
			r.ints = append(r.ints, t.ints[at+k*inner:at+(k+1)*inner]...)
		}
	}
	return &r
}

// A span is a range of the parts of an axis: a start, an end that is not
// included, and a step.
type span struct {
	from, to number
	by       int64
}

// spanOf clips the ends of a span as TensorFlow does. An open number counts from
// the end.
func (c *call) spanOf(d dimension, from, to *number, by int64) (s span, err error) {
	bound := func(v *number, usual, low, high number) (number, error) {
		if v == nil {
			return usual, nil
		}
		if !v.isPlain() {
			return *v, c.unsupported("a part that depends on the step of a loop")
		}
		n := *v
		if n.n < 0 {
			n = number{n: n.n + int64(d.n), open: n.open != d.open}
		}
		if n.n < low.n {
			n = low
		}
		if n.n > high.n {
			n = high
		}
		return n, nil
	}
	all := d.number()
	first, last := number{}, number{n: all.n - 1, open: all.open}
	low, high, start, end := first, all, first, all
	if by < 0 {
		low, high, start, end = number{n: -1}, last, last, number{n: -1}
	}
	s.by = by
	if s.from, err = bound(from, start, low, high); err != nil {
		return s, err
	}
	s.to, err = bound(to, end, low, high)
	return s, err
}

// length returns the number of parts of a span.
func (s span) length() dimension {
	n := s.to.n - s.from.n
	if s.by < 0 {
		n = -n
	}
	k := max(s.by, -s.by)
	return dimension{int(max(0, (n+k-1)/k)), s.to.open != s.from.open}
}

// list returns the places of a span's parts.
func (s span) list() []int {
	var list []int
	for v := s.from.n; s.by > 0 && v < s.to.n || s.by < 0 && v > s.to.n; v += s.by {
		list = append(list, int(v))
	}
	return list
}

// end returns a number that counts along an axis, from the end if it depends on
// the number of steps.
func (d dimension) end(n number) int64 {
	switch {
	case n == d.number():
		return math.MaxInt32
	case n.open && d.open:
		return n.n - int64(d.n)
	}
	return n.n
}

// cut returns the parts of an axis that a span has.
func (c *call) cut(x *tensor, axis int, s span) (*tensor, error) {
	d := x.shape[axis]
	length := s.length()
	switch {
	case s.by == 1 && s.from == number{} && s.to == d.number():
		return x, nil
	case s.by == -1 && length == d:
		return c.turned(x, axis)
	case x.isFolded() && x.ints == nil:
		return x.picked(axis, nil, length), nil
	case x.isFolded():
		return x.picked(axis, s.list(), length), nil
	case s.by < 0 || s.from.open && !d.open || s.to.open && !d.open || length.n < 1:
		return nil, c.unsupported("from %d to %d by %d of an axis of %d", s.from.n, s.to.n, s.by, d.n)
	}
	if part := joinedPart(x, axis, s); part != nil {
		return part, nil
	}
	shape := slices.Clone(x.shape)
	shape[axis] = length
	return c.nodeOf("Slice", x.dtype, shape, nil, x, integers(d.end(s.from)), integers(d.end(s.to)), integers(int64(axis)), integers(s.by))
}

// joinedPart returns the tensor that a span covers, of those that are joined along an
// axis; nil: it does not cover exactly one.
func joinedPart(x *tensor, axis int, s span) *tensor {
	m := x.madeBy("Concat")
	if m == nil || m.attributes[0].Value != axis || s.by != 1 {
		return nil
	}
	at := int64(0)
	for _, t := range m.in {
		n := int64(t.shape[axis].n)
		if (s.from == number{n: at} && s.to == number{n: at + n}) && !t.shape[axis].open {
			return t
		}
		at += n
	}
	return nil
}

// part returns one part of an axis, without it.
func (c *call) part(x *tensor, axis int, at number) (*tensor, error) {
	d := x.shape[axis]
	if !at.isPlain() {
		return nil, c.unsupported("a part that depends on the step of a loop")
	}
	behind := at.n < 0 // it counts from the end, as the last step may in a file with a fixed number of steps
	if behind {
		at = number{n: at.n + int64(d.n), open: d.open != at.open}
	}
	if at.n < 0 || at.n >= int64(d.n) || at.open && !d.open {
		return nil, c.unsupported("part %d of an axis of %d", at.n, d.n)
	}
	shape := slices.Delete(slices.Clone(x.shape), axis, axis+1)
	if x.isFolded() {
		return c.laidOut(x.picked(axis, []int{int(at.n)}, dimension{n: 1}), shape)
	}
	if d == (dimension{n: 1}) {
		return c.squeezed(x, []int{axis})
	}
	if x.reversed == axis {
		behind = !behind
		x, at = x.forward(), number{n: int64(d.n) - 1 - at.n, open: at.open != d.open}
	}
	k := d.end(at)
	if behind && k >= 0 {
		k -= int64(d.n)
	}
	return c.gather(x, whole(typeInt64, nil, number{n: k}), axis)
}

// gather returns the parts of an axis that a tensor of integers names.
func (c *call) gather(x, at *tensor, axis int) (*tensor, error) {
	shape := slices.Concat(x.shape[:axis], at.shape, x.shape[axis+1:])
	if len(shape) > maxRank {
		return nil, c.unsupported("a tensor of %s", message.Count(len(shape), "axis"))
	}
	return c.nodeOf("Gather", x.dtype, shape, []proto.Attribute{{Name: "axis", Value: axis}}, x, at)
}

// stridedSlice takes x[a:b:c, …].
func (c *call) stridedSlice() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	var masks [5]int64
	for i, name := range []string{"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"} {
		if masks[i], err = c.integer(name, 0); err != nil {
			return nil, err
		}
	}
	var ends [2][]number
	for i := range ends {
		if ends[i], err = c.numbers(1+i, "the ends"); err != nil {
			return nil, err
		}
	}
	by, err := c.fixed(3, "the steps")
	if err != nil {
		return nil, err
	}
	if len(ends[0]) != len(ends[1]) || len(ends[0]) != len(by) || len(by) > maxRank {
		return nil, c.damaged("%d, %d and %d ends and steps", len(ends[0]), len(ends[1]), len(by))
	}
	has := func(mask, i int) bool { return masks[mask]>>i&1 != 0 }
	axis, own := 0, 0 // of what is made; own axes that the list has
	for i := range by {
		if !has(2, i) && !has(3, i) {
			own++
		}
	}
	skip := len(x.shape) - own
	if skip < 0 {
		return nil, c.damaged("%s of the shape %s", message.Count(own, "part"), shapeText(x.shape))
	}
	for i := range by {
		switch {
		case has(2, i):
			axis, skip = axis+skip, 0
			continue
		case has(3, i):
			x, err = c.unsqueezed(x, axis)
			axis++
		case has(4, i):
			x, err = c.part(x, axis, ends[0][i])
		default:
			var from, to *number
			if !has(0, i) {
				from = &ends[0][i]
			}
			if !has(1, i) {
				to = &ends[1][i]
			}
			if by[i] == 0 {
				return nil, c.damaged("steps of 0")
			}
			var s span
			if s, err = c.spanOf(x.shape[axis], from, to, by[i]); err == nil {
				x, err = c.cut(x, axis, s)
			}
			axis++
		}
		if err != nil {
			return nil, err
		}
	}
	return one(x, nil)
}

// slice takes that many parts of each axis, from a start on.
func (c *call) slice() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	from, err := c.numbers(1, "the starts")
	if err != nil {
		return nil, err
	}
	count, err := c.numbers(2, "the lengths")
	if err != nil {
		return nil, err
	}
	if len(from) != len(x.shape) || len(count) != len(x.shape) {
		return nil, c.damaged("%d starts and %s for the shape %s", len(from), message.Count(len(count), "length"), shapeText(x.shape))
	}
	for k := range from {
		to, _ := add.whole(from[k], count[k])
		if (count[k] == number{n: -1}) {
			to = x.shape[k].number()
		}
		if from[k].n < 0 || to.n > int64(x.shape[k].n) || to.n < from[k].n {
			return nil, c.damaged("%d from %d of an axis of %d", count[k].n, from[k].n, x.shape[k].n)
		}
		s, err := c.spanOf(x.shape[k], &from[k], &to, 1)
		if err != nil {
			return nil, err
		}
		if x, err = c.cut(x, k, s); err != nil {
			return nil, err
		}
	}
	return one(x, nil)
}

// gatherOf takes the parts that a tensor of integers names: rows of a table, or parts.
func (c *call) gatherOf() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	at, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	axis := 0
	if len(c.in) > 2 {
		list, err := c.fixed(2, "the axis")
		if err != nil {
			return nil, err
		}
		if len(list) != 1 {
			return nil, c.damaged("%s", message.Count(len(list), "axis"))
		}
		if axis, err = c.axis(list[0], len(x.shape)); err != nil {
			return nil, err
		}
	}
	batch, err := c.integer("batch_dims", 0)
	if err != nil {
		return nil, err
	}
	if batch != 0 || len(x.shape) == 0 || at.dtype.isFloat() {
		return nil, c.unsupported("of %s by %s and batch_dims %d", describe(x), describe(at), batch)
	}
	if !at.constant {
		return one(c.gather(x, at, axis))
	}
	list, err := c.numbers(1, "the places")
	if err != nil {
		return nil, err
	}
	if len(at.shape) == 0 && len(list) == 1 {
		return one(c.part(x, axis, list[0]))
	}
	fixed, err := c.fixed(1, "the places")
	if err != nil {
		return nil, err
	}
	var places []int
	for _, k := range fixed {
		if k < 0 || k >= int64(x.shape[axis].n) {
			return nil, c.damaged("part %d of an axis of %d", k, x.shape[axis].n)
		}
		places = append(places, int(k))
	}
	if x.isFolded() && len(at.shape) == 1 && len(places)*x.count() <= maxIntegers {
		return one(x.picked(axis, places, at.shape[0]), nil)
	}
	return one(c.gather(x, at, axis))
}

// oneHot turns tokens into vectors.
func (c *call) oneHot() ([]value, error) {
	list, err := c.tensors(4)
	if err != nil {
		return nil, err
	}
	x := list[0]
	depth, err := c.fixed(1, "the number of tokens")
	if err != nil {
		return nil, err
	}
	axis, err := c.integer("axis", -1)
	if err != nil {
		return nil, err
	}
	on, ok1 := list[2].uniform()
	off, ok2 := list[3].uniform()
	if axis != -1 && axis != int64(len(x.shape)) || len(depth) != 1 || depth[0] < 1 || depth[0] > 1<<24 || !ok1 || !ok2 || x.constant {
		return nil, c.unsupported("want tokens along the last axis")
	}
	shape := append(slices.Clone(x.shape), dimension{n: int(depth[0])})
	values := &tensor{dtype: typeFloat, shape: []dimension{{n: 2}}, constant: true, floats: []float32{off, on}, reversed: -1}
	return one(c.nodeOf("OneHot", list[2].dtype, shape, []proto.Attribute{{Name: "axis", Value: -1}}, x, scalar(typeInt64, number{n: depth[0]}), values))
}

// argMax gives the index of the greatest number along an axis.
func (c *call) argMax() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.fixed(1, "the axis")
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, c.damaged("%s", message.Count(len(list), "axis"))
	}
	axis, err := c.axis(list[0], len(x.shape))
	if err != nil {
		return nil, err
	}
	shape := slices.Delete(slices.Clone(x.shape), axis, axis+1)
	return one(c.nodeOf("ArgMax", typeInt64, shape, []proto.Attribute{{Name: "axis", Value: axis}, {Name: "keepdims", Value: 0}}, x))
}

// choose takes one of two tensors, by a constant condition.
func (c *call) choose() ([]value, error) {
	if len(c.in) != 3 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	cond, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if cond.constant && cond.dtype == typeBool && cond.limits == nil && len(cond.ints) > 0 {
		first := cond.ints[0].n
		if !slices.ContainsFunc(cond.ints, func(v number) bool { return v.n != first }) {
			return c.in[2-first : 3-first], nil
		}
	}
	return nil, c.unsupported("the choice depends on what the network reads: a mask of steps, or lengths of sequences that differ")
}
