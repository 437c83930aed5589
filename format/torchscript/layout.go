package torchscript

import (
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// layouts adds the operators that change the layout of numbers.
func layouts(ops map[string]operator) {
	same := func(c *operatorCall) (value, error) { return c.tensor(0) }
	for _, name := range []string{"contiguous", "detach", "alias", "requires_grad_", "cpu", "lift_fresh"} {
		ops[name] = same
	}
	ops["clone"] = func(c *operatorCall) (value, error) {
		t, err := c.tensor(0)
		if err != nil {
			return nil, err
		}
		now := *t
		now.memory, now.place = &memory{}, nil
		return &now, nil
	}
	for _, name := range []string{"to", "type_as"} {
		ops[name] = func(c *operatorCall) (value, error) {
			t, err := c.tensor(0)
			if err != nil {
				return nil, err
			}
			// Types as PyTorch numbers them: 5 to 7 are those of floats.
			if n, ok := c.argument(1, "dtype").(int64); ok && (n < 5 || n > 7) || t.whole {
				return nil, c.unsupported("a conversion to another type")
			}
			return t, nil
		}
	}
	for _, name := range []string{"dropout", "feature_dropout", "alpha_dropout"} {
		ops[name] = func(c *operatorCall) (value, error) { // of p, when it trains
			p, err := c.float(1, "p", 0)
			if err != nil {
				return nil, err
			}
			if train, err := c.flag(2, "train", false); err != nil || train && p != 0 {
				return nil, c.unsupported("the module was saved in training mode, with dropout: save it after model.eval()")
			}
			return c.tensor(0)
		}
	}
	ops["transpose"] = func(c *operatorCall) (value, error) {
		return c.permuted(func(rank int) ([]int, error) {
			a, err := c.axis(1, "", 0, rank)
			if err != nil {
				return nil, err
			}
			b, err := c.axis(2, "", 0, rank)
			order := upTo(rank)
			order[a], order[b] = order[b], order[a]
			return order, err
		})
	}
	ops["t"] = func(c *operatorCall) (value, error) {
		return c.permuted(func(rank int) ([]int, error) {
			order := upTo(rank)
			slices.Reverse(order)
			return order, nil
		})
	}
	ops["permute"] = func(c *operatorCall) (value, error) {
		return c.permuted(func(rank int) ([]int, error) {
			order, err := c.integers(1, "dims")
			for i := range order {
				if order[i] < 0 {
					order[i] += rank
				}
			}
			return order, err
		})
	}
	ops["squeeze"] = (*operatorCall).squeeze
	ops["unsqueeze"] = (*operatorCall).unsqueeze
	ops["view"], ops["reshape"], ops["_unsafe_view"] = (*operatorCall).reshape, (*operatorCall).reshape, (*operatorCall).reshape
	ops["flatten"] = (*operatorCall).flatten
	ops["slice"] = (*operatorCall).slice
	ops["select"] = (*operatorCall).sel
	ops["cat"], ops["concat"] = (*operatorCall).cat, (*operatorCall).cat
	ops["stack"] = (*operatorCall).stack
	ops["chunk"], ops["split"], ops["split_with_sizes"] = (*operatorCall).split, (*operatorCall).split, (*operatorCall).split
	ops["unbind"] = (*operatorCall).unbind
	for name, v := range map[string]float64{"zeros": 0, "ones": 1, "zeros_like": 0, "ones_like": 1, "new_zeros": 0} {
		ops[name] = func(c *operatorCall) (value, error) { return c.filled(v) }
	}
	ops["copy_"] = (*operatorCall).copy
	ops["pad"], ops["constant_pad_nd"] = (*operatorCall).pad, (*operatorCall).pad
	for _, name := range []string{"reflection_pad1d", "replication_pad1d"} {
		ops[name] = (*operatorCall).pad
	}
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func (c *operatorCall) permuted(order func(rank int) ([]int, error)) (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	axes, err := order(len(t.shape))
	if err != nil {
		return nil, err
	}
	sorted := slices.Clone(axes)
	slices.Sort(sorted)
	if !slices.Equal(sorted, upTo(len(t.shape))) {
		return nil, c.unsupported("an order of axes %v of %s", axes, describe(t))
	}
	return view(t, c.transposed(t, axes...)), nil
}

func (g *graph) transposed(t *tensor, axes ...int) *tensor {
	var shape []dimension
	for _, a := range axes {
		shape = append(shape, t.shape[a])
	}
	v := g.node("Transpose", shape, []proto.Attribute{{Name: "perm", Value: axes}}, t.name)
	if t.data != nil && len(axes) == 2 && axes[0] == 1 {
		v.data = transpose(t.data, t.shape[0].n, t.shape[1].n)
	}
	return v
}

// transpose returns [columns][rows] of [rows][columns].
func transpose(x []float32, rows, columns int) []float32 {
	y := make([]float32, len(x))
	for r := range rows {
		for k := range columns {
			y[k*rows+r] = x[r*columns+k]
		}
	}
	return y
}

func (c *operatorCall) squeeze() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	if c.argument(1, "dim") == nil {
		return nil, c.unsupported("squeeze of all axes: whether one is removed would depend on the number of sequences")
	}
	axis, err := c.axis(1, "dim", 0, len(t.shape))
	if err != nil {
		return nil, err
	}
	if t.shape[axis] != (dimension{n: 1}) {
		return t, nil
	}
	return view(t, c.squeezed(t, axis)), nil
}

func (g *graph) squeezed(t *tensor, axis int) *tensor {
	return g.node("Squeeze", slices.Delete(slices.Clone(t.shape), axis, axis+1), nil, t.name, g.ints(int64(axis)))
}

func (g *graph) unsqueezed(t *tensor, axis int) *tensor {
	return g.node("Unsqueeze", slices.Insert(slices.Clone(t.shape), axis, dimension{n: 1}), nil, t.name, g.ints(int64(axis)))
}

func (c *operatorCall) unsqueeze() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	axis, err := c.axis(1, "dim", 0, len(t.shape)+1)
	if err != nil {
		return nil, err
	}
	return view(t, c.unsqueezed(t, axis)), nil
}

// reshape lays a tensor out in another shape, which may have a number of steps, and
// one -1.
func (c *operatorCall) reshape() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	l, ok := c.argument(1, "shape").(*list)
	if !ok {
		return nil, c.unsupported("%s to %s", c.name, describe(c.argument(1, "shape")))
	}
	return c.laidOut(t, l.items)
}

func (c *operatorCall) laidOut(t *tensor, sizes []value) (*tensor, error) {
	var shape []dimension
	rest, known, inferred, opens := 1, 1, -1, 0
	for _, d := range t.shape {
		rest *= d.n
		if d.open {
			opens++
		}
	}
	target := make([]int64, len(sizes))
	for i, v := range sizes {
		n, ok := count(v)
		if !ok || n == 0 || n < -1 || n == -1 && inferred >= 0 || n > maxFilled || known > maxFilled {
			return nil, c.unsupported("%s to %s", c.name, describe(v))
		}
		target[i] = n
		shape = append(shape, dimension{int(n), isSize(v)})
		switch {
		case n == -1:
			inferred = i
			continue
		case isSize(v):
			opens--
		}
		known *= int(n)
	}
	if inferred < 0 && opens == 0 { // a number of steps may be found as well
		for i, d := range shape {
			if d.open {
				target[i] = -1
				break
			}
		}
	}
	if inferred >= 0 && known > 0 {
		shape[inferred] = dimension{rest / known, opens > 0}
		known *= shape[inferred].n
	}
	if known != rest {
		return nil, c.unsupported("%s of %s to %s", c.name, describe(t), shapeText(shape))
	}
	for i, d := range shape {
		if d.open && target[i] > 0 {
			return nil, c.unsupported("%s with several numbers of steps", c.name)
		}
	}
	return view(t, c.node("Reshape", shape, nil, t.name, c.ints(target...))), nil
}

func (c *operatorCall) flatten() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	first, err := c.axis(1, "start_dim", 0, len(t.shape))
	if err != nil {
		return nil, err
	}
	last, err := c.axis(2, "end_dim", -1, len(t.shape))
	if err != nil || last < first {
		return nil, c.unsupported("%s from axis %d to %d", c.name, first, last)
	}
	var sizes []value
	for i := range t.shape {
		switch {
		case i == first:
			sizes = append(sizes, int64(-1))
		case i < first || i > last:
			n, err := c.sizeOf(t, i)
			if err != nil {
				return nil, err
			}
			sizes = append(sizes, n)
		}
	}
	return c.laidOut(t, sizes)
}

// slice takes a part of an axis, from a start to an end, in steps. TorchScript writes
// the greatest integer if the end is that of the axis.
func (c *operatorCall) slice() (value, error) {
	t, axis, err := c.along(1, "dim", 0)
	if err != nil {
		return nil, err
	}
	start, err := c.long(2, "start", 0)
	if err != nil {
		return nil, err
	}
	end, err := c.long(3, "end", math.MaxInt64)
	if err != nil {
		return nil, err
	}
	step, err := c.integer(4, "step", 1)
	if err != nil {
		return nil, err
	}
	d := t.shape[axis]
	n, whole := int64(d.n), end == math.MaxInt64
	if start == 0 && step == 1 && (whole || !d.open && end >= n) {
		return t, nil
	}
	// With an open number of steps: the first or the last few, or all but
	// those.
	open := d.open && start >= 0 && (end < 0 || whole)
	if d.open && !open && (start < 0 && !whole && end >= 0 || start >= n || end >= n && !whole) || step < 1 {
		return nil, c.unsupported("a slice from %d to %d of an open number of steps", start, end)
	}
	from, to := clamp(start, n), clamp(end, n)
	if from >= to {
		return nil, c.unsupported("a slice of nothing")
	}
	shape := slices.Clone(t.shape)
	shape[axis] = dimension{int(to-from+int64(step)-1) / step, open}
	return view(t, c.node("Slice", shape, nil, t.name, c.ints(start), c.ints(end), c.ints(int64(axis)), c.ints(int64(step)))), nil
}

func clamp(i, n int64) int64 {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}

// sel takes one number along an axis, which it removes.
func (c *operatorCall) sel() (value, error) {
	t, axis, err := c.along(1, "dim", 0)
	if err != nil {
		return nil, err
	}
	index, err := c.integer(2, "index", 0)
	if err != nil {
		return nil, err
	}
	if n := t.shape[axis].n; index < -n || index >= n {
		return nil, c.unsupported("number %d of %d", index, n)
	}
	return view(t, c.selected(t, axis, index)), nil
}

func (g *graph) selected(t *tensor, axis, index int) *tensor {
	name := fmt.Sprintf("%s.at", g.fresh("i"))
	g.model.Constants = append(g.model.Constants, proto.Tensor{Name: name, Type: proto.Int64, Ints: []int64{int64(index)}})
	return g.node("Gather", slices.Delete(slices.Clone(t.shape), axis, axis+1), []proto.Attribute{{Name: "axis", Value: axis}}, t.name, name)
}

func (c *operatorCall) cat() (value, error) {
	list, err := c.tensors(0)
	if err != nil {
		return nil, err
	}
	axis, err := c.axis(1, "dim", 0, len(list[0].shape))
	if err != nil {
		return nil, err
	}
	return c.joined(list, axis)
}

func (c *operatorCall) joined(list []*tensor, axis int) (value, error) {
	shape := slices.Clone(list[0].shape)
	var names []string
	for i, t := range list {
		names = append(names, t.name)
		if len(t.shape) != len(shape) {
			return nil, c.unsupported("%s of %s and %s", c.name, describe(list[0]), describe(t))
		}
		for a := range shape {
			switch {
			case a == axis && i > 0:
				shape[a] = dimension{shape[a].n + t.shape[a].n, shape[a].open || t.shape[a].open}
			case a != axis && t.shape[a] != shape[a]:
				return nil, c.unsupported("%s of %s and %s", c.name, describe(list[0]), describe(t))
			}
		}
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return c.node("Concat", shape, []proto.Attribute{{Name: "axis", Value: axis}}, names...), nil
}

func (c *operatorCall) stack() (value, error) {
	list, err := c.tensors(0)
	if err != nil {
		return nil, err
	}
	axis, err := c.axis(1, "dim", 0, len(list[0].shape)+1)
	if err != nil {
		return nil, err
	}
	for i, t := range list {
		if axis > len(t.shape) {
			return nil, c.unsupported("%s of tensors of other shapes", c.name)
		}
		list[i] = c.unsqueezed(t, axis)
	}
	return c.joined(list, axis)
}

// split splits a tensor into a number of parts, into parts of one size, or into
// parts of given sizes.
func (c *operatorCall) split() (value, error) {
	t, axis, err := c.along(2, "dim", 0)
	if err != nil {
		return nil, err
	}
	sizes, err := c.integers(1, "")
	if err != nil {
		return nil, err
	}
	n := t.shape[axis].n
	if _, several := c.argument(1, "").(*list); !several {
		size := sizes[0]
		if size < 1 || t.shape[axis].open {
			return nil, c.unsupported("%s of %s in %d", c.name, describe(t), size)
		}
		if c.name == "chunk" {
			size = (n + size - 1) / size
		}
		sizes = sizes[:0]
		for left := n; left > 0; left -= size {
			sizes = append(sizes, min(size, left))
		}
	}
	var shapes [][]dimension
	var lengths []int64
	sum := 0
	for _, size := range sizes {
		s := slices.Clone(t.shape)
		s[axis] = dimension{n: size}
		shapes = append(shapes, s)
		lengths = append(lengths, int64(size))
		sum += size
	}
	if sum != n {
		return nil, c.unsupported("%s of %d in %v", c.name, n, sizes)
	}
	parts := c.nodes("Split", []proto.Attribute{{Name: "axis", Value: axis}}, []string{t.name, c.ints(lengths...)}, shapes...)
	l := &list{}
	for _, part := range parts {
		l.items = append(l.items, view(t, part))
	}
	return l, nil
}

// unbind splits a tensor along an axis, which it removes.
func (c *operatorCall) unbind() (value, error) {
	t, axis, err := c.along(1, "dim", 0)
	if err != nil {
		return nil, err
	}
	if t.shape[axis].open {
		return nil, c.unsupported("%s of an open number of steps", c.name)
	}
	l := &list{}
	for i := range t.shape[axis].n {
		l.items = append(l.items, view(t, c.selected(t, axis, i)))
	}
	return l, nil
}

// maxFilled bounds a constant that is made from a shape.
const maxFilled = 1 << 20

// filled makes a constant of one number.
func (c *operatorCall) filled(x float64) (value, error) {
	var sizes []value
	switch v := c.argument(0, "size").(type) {
	case *list:
		sizes = v.items
	case *tensor:
		for _, d := range v.shape {
			sizes = append(sizes, int64(d.n))
			if d.open {
				sizes[len(sizes)-1] = &size{n: int64(d.n)}
			}
		}
		if l, ok := c.argument(1, "size").(*list); ok && c.name == "new_zeros" {
			sizes = l.items
		}
	default:
		return nil, c.unsupported("%s of %s", c.name, describe(v))
	}
	var shape []int
	n := 1
	for _, v := range sizes {
		size, ok := count(v)
		if !ok || size < 1 || size > maxFilled || n*int(size) > maxFilled {
			return nil, c.unsupported("%s of the size %s", c.name, describe(v))
		}
		if isSize(v) {
			return nil, c.unsupported("%s of an open number of steps", c.name)
		}
		shape = append(shape, int(size))
		n *= int(size)
	}
	t := c.floats(shape, slices.Repeat([]float32{float32(x)}, n))
	t.zeros = x == 0
	return t, nil
}

// copy gives a buffer new content.
func (c *operatorCall) copy() (value, error) {
	to, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	from, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	if to.place == nil || !slices.Equal(to.shape, from.shape) {
		return nil, c.unsupported("%s is copied to %s, want a whole buffer of that shape", describe(from), describe(to))
	}
	return c.replace(to, from)
}

// pad has numbers of elements before and after an axis, of the last axis first.
func (c *operatorCall) pad() (value, error) {
	t, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	around, err := c.integers(1, "pad")
	if err != nil {
		return nil, err
	}
	mode, fill := "constant", 2
	switch c.name {
	case "reflection_pad1d":
		mode = "reflect"
	case "replication_pad1d":
		mode = "edge"
	case "pad":
		text, _ := c.argument(2, "mode").(string)
		names := map[string]string{"": "constant", "constant": "constant", "reflect": "reflect", "replicate": "edge"}
		if mode = names[text]; mode == "" {
			return nil, c.unsupported("%s by the mode %.40q", c.name, text)
		}
		fill = 3
	}
	x, err := c.float(fill, "value", 0)
	if err != nil {
		return nil, err
	}
	rank := len(t.shape)
	if len(around)%2 != 0 || len(around) > 2*rank {
		return nil, c.unsupported("%s of %s by %v", c.name, describe(t), around)
	}
	before, after, shape := make([]int64, rank), make([]int64, rank), slices.Clone(t.shape)
	for i := 0; i < len(around); i += 2 {
		axis := rank - 1 - i/2
		before[axis], after[axis] = int64(around[i]), int64(around[i+1])
		if shape[axis].n += around[i] + around[i+1]; shape[axis].n < 1 || max(around[i], around[i+1]) > maxFilled {
			return nil, c.unsupported("%s of %s by %v", c.name, describe(t), around)
		}
	}
	inputs := []string{t.name, c.ints(slices.Concat(before, after)...)}
	if mode == "constant" {
		inputs = append(inputs, c.floats(nil, []float32{float32(x)}).name)
	}
	return c.node("Pad", shape, []proto.Attribute{{Name: "mode", Value: mode}}, inputs...), nil
}
