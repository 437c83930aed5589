package tensorflow

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/message"
)

// layouts adds the operators that change the layout of numbers.
func layouts(ops map[string]operator) {
	ops["Reshape"] = (*call).reshape
	ops["ExpandDims"] = (*call).expandDims
	ops["Squeeze"] = (*call).squeeze
	ops["Transpose"] = (*call).transpose
	ops["ReverseV2"], ops["ReverseSequence"] = (*call).reverse, (*call).reverseSequence
	ops["Pack"] = (*call).pack
	ops["Unpack"] = (*call).unpack
	ops["Concat"], ops["ConcatV2"] = (*call).concat, (*call).concat
	ops["Split"], ops["SplitV"] = (*call).split, (*call).splitV
	ops["Tile"] = (*call).tile
	ops["Pad"], ops["PadV2"], ops["MirrorPad"] = (*call).pad, (*call).pad, (*call).pad
}

// laidOut returns a tensor of another shape with the same numbers in the same order.
func (c *call) laidOut(x *tensor, shape []dimension) (*tensor, error) {
	return c.laidOutBut(x, shape, -1)
}

// laidOutBut does the same, with an axis whose length follows from the others.
func (c *call) laidOutBut(x *tensor, shape []dimension, rest int) (*tensor, error) {
	if slices.Equal(x.shape, shape) {
		return x, nil
	}
	if _, uniform := x.uniform(); x.constant && (uniform || x.ints != nil) {
		as := *x
		as.shape, as.name = shape, ""
		return &as, nil
	}
	if m := x.madeBy("Reshape"); m != nil && m.in[0].reversed < 0 {
		return c.laidOutBut(m.in[0], shape, rest)
	}
	target := make([]int64, len(shape))
	open := 0
	for i, d := range shape {
		target[i] = int64(d.n)
		if d.open {
			target[i] = -1
			open++
		}
	}
	if open > 1 {
		return nil, c.unsupported("to the shape %s, which has more than one open axis", shapeText(shape))
	}
	if open == 0 && rest >= 0 {
		target[rest] = -1
	}
	return c.nodeOf("Reshape", x.dtype, shape, nil, x, integers(target...))
}

func (c *call) reshape() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.numbers(1, "the shape")
	if err != nil {
		return nil, err
	}
	if len(list) > maxRank {
		return nil, c.unsupported("a tensor of %s", message.Count(len(list), "axis"))
	}
	shape := make([]dimension, len(list))
	rest, known, open := -1, 1, false
	for i, v := range list {
		d, ok := v.dimension()
		switch {
		case v == number{n: -1} && rest < 0:
			rest = i
			continue
		case !ok || d.n > 0 && known > math.MaxInt32/d.n:
			return nil, c.damaged("a shape with the length %d", v.n)
		}
		shape[i] = d
		known *= d.n
		open = open || d.open
	}
	n := x.count()
	if i := slices.IndexFunc(list, c.isFixed); i >= 0 && x.isOpen() && !open && !slices.Contains(x.shape, dimension{n: c.someSteps}) {
		// The number of steps, which the file has as a constant.
		shape[i] = dimension{c.trial.steps, true}
		known, open = known/c.someSteps*c.trial.steps, true
	}
	if rest >= 0 {
		if known == 0 || n%known != 0 {
			return nil, c.refuseShape(x, list)
		}
		shape[rest] = dimension{n / known, x.isOpen() && !open}
		known = n
		open = open || x.isOpen()
	}
	if known != n || open != x.isOpen() {
		return nil, c.refuseShape(x, list)
	}
	return one(c.laidOutBut(x, shape, rest))
}

func (c *call) refuseShape(x *tensor, list []number) error {
	var shape []dimension
	for _, v := range list {
		shape = append(shape, dimension{int(v.n), v.open})
	}
	return c.unsupported("of %s to %s; give the shape of the input (--shape)", shapeText(x.shape), shapeText(shape))
}

func (c *call) expandDims() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.fixed(1, "the axis")
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || len(x.shape) >= maxRank {
		return nil, c.damaged("%s", message.Count(len(list), "axis"))
	}
	k, err := c.axis(list[0], len(x.shape)+1)
	if err != nil {
		return nil, err
	}
	return one(c.unsqueezed(x, k))
}

// unsqueezed returns a tensor with a further axis of the length 1.
func (c *call) unsqueezed(x *tensor, k int) (*tensor, error) {
	shape := slices.Insert(slices.Clone(x.shape), k, dimension{n: 1})
	if x.constant && (x.ints != nil || len(x.floats) == 1) {
		return c.laidOut(x, shape)
	}
	y, err := c.nodeOf("Unsqueeze", x.dtype, shape, nil, x.forward(), integers(int64(k)))
	if err == nil && x.reversed >= 0 {
		y.reversed = x.reversed
		if k <= x.reversed {
			y.reversed++
		}
	}
	return y, err
}

// squeezed returns a tensor without axes, which have the length 1.
func (c *call) squeezed(x *tensor, axes []int) (*tensor, error) {
	var shape []dimension
	var list []int64
	for k, d := range x.shape {
		if !slices.Contains(axes, k) {
			shape = append(shape, d)
			continue
		}
		if d != (dimension{n: 1}) {
			return nil, c.damaged("the axis %d of the shape %s is not of the length 1", k, shapeText(x.shape))
		}
		list = append(list, int64(k))
	}
	if x.constant && (x.ints != nil || len(x.floats) == 1) || len(list) == 0 {
		return c.laidOut(x, shape)
	}
	return c.nodeOf("Squeeze", x.dtype, shape, nil, x, integers(list...))
}

func (c *call) squeeze() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.node.integers("squeeze_dims")
	if err != nil {
		return nil, err
	}
	if list == nil {
		if list, err = c.node.integers("axis"); err != nil {
			return nil, err
		}
	}
	var axes []int
	for _, k := range list {
		axis, err := c.axis(k, len(x.shape))
		if err != nil {
			return nil, err
		}
		axes = append(axes, axis)
	}
	for k, d := range x.shape {
		if len(list) == 0 && d == (dimension{n: 1}) {
			axes = append(axes, k)
		}
	}
	return one(c.squeezed(x, axes))
}

func (c *call) transpose() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.fixed(1, "the order of the axes")
	if err != nil {
		return nil, err
	}
	order := make([]int, len(list))
	for i, k := range list {
		order[i] = int(k)
	}
	return one(c.transposed(x, order))
}

// transposed returns a tensor with its axes in another order.
func (c *call) transposed(x *tensor, order []int) (*tensor, error) {
	sorted := slices.Sorted(slices.Values(order))
	for i, k := range sorted {
		if k != i || len(order) != len(x.shape) {
			return nil, c.damaged("the order %v of the axes of %s", order, shapeText(x.shape))
		}
	}
	if slices.Equal(order, sorted) && len(order) == len(x.shape) {
		return x, nil
	}
	shape := make([]dimension, len(order))
	for i, k := range order {
		shape[i] = x.shape[k]
	}
	if _, uniform := x.uniform(); uniform {
		return c.laidOut(x, shape)
	}
	y, err := c.nodeOf("Transpose", x.dtype, shape, []proto.Attribute{{Name: "perm", Value: order}}, x.forward())
	if err == nil && x.reversed >= 0 {
		y.reversed = slices.Index(order, x.reversed)
	}
	return y, err
}

// reverse reverses an axis.
func (c *call) reverse() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.fixed(1, "the axes")
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, c.unsupported("along %s", message.Count(len(list), "axis"))
	}
	axis, err := c.axis(list[0], len(x.shape))
	if err != nil {
		return nil, err
	}
	return one(c.turned(x, axis))
}

// turned returns a tensor with an axis reversed.
func (c *call) turned(x *tensor, axis int) (*tensor, error) {
	switch {
	case x.shape[axis] == dimension{n: 1}:
		return x, nil
	case x.constant:
		if _, uniform := x.uniform(); uniform {
			return x, nil
		}
		if x.ints != nil && len(x.shape) == 1 && x.limits == nil {
			r := whole(x.dtype, x.shape, slices.Clone(x.ints)...)
			slices.Reverse(r.ints)
			return r, nil
		}
		return nil, c.unsupported("of a constant")
	case x.reversed == axis:
		return x.forward(), nil
	case x.reversed >= 0:
		return nil, c.unsupported("along two axes")
	}
	r := *x
	r.reversed, r.given = axis, ""
	return &r, nil
}

// reverseSequence reverses sequences, each over its length, which is all of it.
func (c *call) reverseSequence() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	lengths, err := c.numbers(1, "the lengths")
	if err != nil {
		return nil, err
	}
	along, err := c.integer("seq_dim", 0)
	if err != nil {
		return nil, err
	}
	axis, err := c.axis(along, len(x.shape))
	if err != nil {
		return nil, err
	}
	for _, n := range lengths {
		if d, ok := n.dimension(); !n.length && (!ok || d != x.shape[axis]) {
			return nil, c.unsupported("of %s of %d", message.Count(n.n, "step"), x.shape[axis].n)
		}
	}
	return one(c.turned(x, axis))
}

// tile repeats a tensor along its axes.
func (c *call) tile() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.numbers(1, "the numbers of times")
	if err != nil {
		return nil, err
	}
	if len(list) != len(x.shape) {
		return nil, c.damaged("%s of times for the shape %s", message.Count(len(list), "number"), shapeText(x.shape))
	}
	shape := slices.Clone(x.shape)
	for i, v := range list {
		d, ok := v.dimension()
		if !ok || d.n < 1 || shape[i].n > math.MaxInt32/d.n {
			return nil, c.unsupported("%d times", v.n)
		}
		shape[i] = dimension{shape[i].n * d.n, shape[i].open || d.open}
	}
	switch v, uniform := x.uniform(); {
	case slices.Equal(shape, x.shape):
		return one(x, nil)
	case uniform:
		return one(filled(x.dtype, shape, v), nil)
	case x.constant && len(x.ints) == 1:
		return one(c.repeated(x.dtype, shape, x.ints[0]))
	}
	times, err := c.fixed(1, "the numbers of times")
	if err != nil {
		return nil, err
	}
	return one(c.nodeOf("Tile", x.dtype, shape, nil, x, integers(times...)))
}

// pad puts numbers before and after those of a tensor.
func (c *call) pad() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	list, err := c.fixed(1, "the paddings")
	if err != nil {
		return nil, err
	}
	rank := len(x.shape)
	if len(list) != 2*rank {
		return nil, c.damaged("%s for the shape %s", message.Count(len(list), "padding"), shapeText(x.shape))
	}
	mode := "constant"
	if c.node.op == "MirrorPad" {
		m, err := c.text("mode", "")
		if err != nil {
			return nil, err
		}
		if m != "REFLECT" {
			return nil, c.unsupported("of the mode %.40q", m)
		}
		mode = "reflect"
	}
	shape := slices.Clone(x.shape)
	pads := make([]int64, 2*rank)
	for k := range rank {
		pads[k], pads[rank+k] = list[2*k], list[2*k+1]
		if list[2*k] < 0 || list[2*k+1] < 0 || list[2*k]+list[2*k+1] > math.MaxInt32 {
			return nil, c.damaged("a padding of %d and %d", list[2*k], list[2*k+1])
		}
		shape[k].n += int(list[2*k] + list[2*k+1])
	}
	in := []*tensor{x, integers(pads...)}
	if c.node.op == "PadV2" {
		v, err := c.tensor(2)
		if err != nil {
			return nil, err
		}
		in = append(in, v)
	}
	return one(c.nodeOf("Pad", x.dtype, shape, []proto.Attribute{{Name: "mode", Value: mode}}, in...))
}
