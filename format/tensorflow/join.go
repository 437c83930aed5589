package tensorflow

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/message"
)

// joined returns tensors one behind the other along an axis.
func (c *call) joined(list []*tensor, axis int) (*tensor, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	shape := slices.Clone(list[0].shape)
	folded, uniform := true, true
	for i, t := range list {
		if len(t.shape) != len(shape) || t.dtype.isFloat() != list[0].dtype.isFloat() {
			return nil, c.damaged("of %s and %s", describe(list[0]), describe(t))
		}
		for k, d := range t.shape {
			switch {
			case k == axis && i > 0:
				shape[k].n += d.n
				shape[k].open = shape[k].open || d.open
				if shape[k].n > math.MaxInt32 {
					return nil, c.damaged("an axis of more than %d", math.MaxInt32)
				}
			case k != axis && d != shape[k]:
				return nil, c.damaged("of the shapes %s and %s", shapeText(list[0].shape), shapeText(t.shape))
			}
		}
		folded = folded && t.isFolded() && !t.dtype.isFloat()
		v, ok := t.uniform()
		w, _ := list[0].uniform()
		uniform = uniform && ok && v == w
	}
	if v, _ := list[0].uniform(); uniform {
		return filled(list[0].dtype, shape, v), nil
	}
	if !folded {
		return c.reversibleBut(list, axis, func(in []*tensor) (*tensor, error) {
			return c.nodeOf("Concat", list[0].dtype, shape, []proto.Attribute{{Name: "axis", Value: axis}}, in...)
		})
	}
	t := whole(list[0].dtype, shape)
	outer := 1
	for _, d := range shape[:axis] {
		outer *= d.n
	}
	for o := range outer {
		for _, part := range list {
			width := len(part.ints) / max(outer, 1)
			t.ints = append(t.ints, part.ints[o*width:(o+1)*width]...)
		}
		if len(t.ints) > maxIntegers {
			return nil, c.unsupported("a constant of more than %d integers", maxIntegers)
		}
	}
	return t, nil
}

// reversibleBut writes a node that computes along all axes but one.
func (c *call) reversibleBut(in []*tensor, axis int, write func(in []*tensor) (*tensor, error)) (*tensor, error) {
	if slices.ContainsFunc(in, func(t *tensor) bool { return t.reversed == axis }) {
		return write(in)
	}
	return c.reversible(in, write)
}

// pack puts tensors one behind the other along a further axis.
func (c *call) pack() ([]value, error) {
	list, err := c.tensors(len(c.in))
	if err != nil {
		return nil, err
	}
	k, err := c.integer("axis", 0)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list[0].shape) >= maxRank {
		return nil, c.damaged("it has %s", message.Count(len(list), "input"))
	}
	shape := list[0].shape
	axis, err := c.axis(k, len(shape)+1)
	if err != nil {
		return nil, err
	}
	for i, t := range list {
		if len(t.shape) != len(shape) {
			return nil, c.damaged("of the shapes %s and %s", shapeText(shape), shapeText(t.shape))
		}
		if list[i], err = c.unsqueezed(t, axis); err != nil {
			return nil, err
		}
	}
	return one(c.joined(list, axis))
}

// unpack gives all parts along an axis.
func (c *call) unpack() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	k, err := c.integer("axis", 0)
	if err != nil {
		return nil, err
	}
	axis, err := c.axis(k, len(x.shape))
	if err != nil {
		return nil, err
	}
	n := x.shape[axis]
	if n.open || n.n > maxOutputs {
		return nil, c.unsupported("an axis of %s, want up to %d, and their number must not be open; give the shape of the input (--shape)", message.Count(n.n, "part"), maxOutputs)
	}
	backward := x.reversed == axis
	if backward {
		x = x.forward()
	}
	var list []*tensor
	for i := range n.n {
		p, err := c.part(x, axis, number{n: int64(i)})
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if backward {
		slices.Reverse(list)
	}
	return outputs(list, nil)
}

// maxOutputs bounds the outputs of a node.
const maxOutputs = 1 << 10

// concat puts tensors one behind the other. The axis is the first input, or the last.
func (c *call) concat() ([]value, error) {
	at := 0
	if c.node.op == "ConcatV2" {
		at = len(c.in) - 1
	}
	if len(c.in) < 2 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	k, err := c.fixed(at, "the axis")
	if err != nil {
		return nil, err
	}
	c.in = slices.Delete(slices.Clone(c.in), at, at+1)
	list, err := c.tensors(len(c.in))
	if err != nil {
		return nil, err
	}
	if len(k) != 1 {
		return nil, c.damaged("%s", message.Count(len(k), "axis"))
	}
	axis, err := c.axis(k[0], len(list[0].shape))
	if err != nil {
		return nil, err
	}
	return one(c.joined(list, axis))
}

// split cuts a tensor into parts of the same length.
func (c *call) split() ([]value, error) {
	k, err := c.fixed(0, "the axis")
	if err != nil {
		return nil, err
	}
	n, err := c.integer("num_split", 0)
	if err != nil {
		return nil, err
	}
	x, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	if len(k) != 1 || n < 1 || n > maxOutputs {
		return nil, c.damaged("%s and %s", message.Count(len(k), "axis"), message.Count(n, "part"))
	}
	axis, err := c.axis(k[0], len(x.shape))
	if err != nil {
		return nil, err
	}
	if d := x.shape[axis]; d.open || d.n%int(n) != 0 {
		return nil, c.unsupported("an axis of %d in %s", d.n, message.Count(n, "part"))
	}
	return outputs(c.parts(x, axis, slices.Repeat([]int64{int64(x.shape[axis].n) / n}, int(n))))
}

// splitV cuts a tensor into parts of given lengths.
func (c *call) splitV() ([]value, error) {
	x, err := c.tensor(0)
	if err != nil {
		return nil, err
	}
	sizes, err := c.fixed(1, "the lengths")
	if err != nil {
		return nil, err
	}
	k, err := c.fixed(2, "the axis")
	if err != nil {
		return nil, err
	}
	if len(k) != 1 || len(sizes) > maxOutputs {
		return nil, c.damaged("%s and %s", message.Count(len(k), "axis"), message.Count(len(sizes), "part"))
	}
	axis, err := c.axis(k[0], len(x.shape))
	if err != nil {
		return nil, err
	}
	rest, sum := -1, int64(0)
	for i, n := range sizes {
		if n == -1 && rest < 0 {
			rest = i
			continue
		}
		if n < 0 || n > math.MaxInt32 {
			return nil, c.damaged("a part of the length %d", n)
		}
		sum += n
	}
	if rest >= 0 {
		sizes[rest] = int64(x.shape[axis].n) - sum
		sum += sizes[rest]
	}
	if x.shape[axis].open || sum != int64(x.shape[axis].n) || rest >= 0 && sizes[rest] < 0 {
		return nil, c.unsupported("parts of %v of an axis of %d", sizes, x.shape[axis].n)
	}
	return outputs(c.parts(x, axis, sizes))
}

// parts cuts a tensor into parts of given lengths.
func (c *call) parts(x *tensor, axis int, sizes []int64) ([]*tensor, error) {
	if len(sizes) == 1 {
		return []*tensor{x}, nil
	}
	var list []*tensor
	var shapes [][]dimension
	at := int64(0)
	for _, n := range sizes {
		shape := slices.Clone(x.shape)
		shape[axis].n = int(n)
		shapes = append(shapes, shape)
		if x.isFolded() {
			var places []int
			if x.ints != nil {
				places = span{number{n: at}, number{n: at + n}, 1}.list()
			}
			list = append(list, x.picked(axis, places, shape[axis]))
		}
		at += n
	}
	if x.isFolded() {
		return list, nil
	}
	return c.nodes("Split", []proto.Attribute{{Name: "axis", Value: axis}}, []*tensor{x, integers(sizes...)}, x.dtype, shapes...)
}
