package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// layerNorm evaluates LayerNormalization over the axes from one on.
func (t *tracer) layerNorm(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	at, err := c.intAttribute("axis", -1)
	if err != nil {
		return nil, err
	}
	if _, err := c.intAttribute("stash_type", 1); err != nil {
		return nil, err
	}
	first, err := c.axis(at, len(x.shape))
	if err != nil {
		return nil, err
	}
	var axes []int
	for k := first; k < len(x.shape); k++ {
		axes = append(axes, k)
	}
	if slices.Contains(axes, x.time) {
		return nil, c.unsupported("over the steps of a sequence")
	}
	axes = x.withoutOnes(axes...)
	n := &format.Norm{Kind: format.NormLayer, Size: x.size(axes)}
	if n.Epsilon, err = c.floatAttribute("epsilon", 1e-5); err != nil {
		return nil, err
	}
	if n.Gain, err = t.vectorOf(c, 1, n.Size); err != nil {
		return nil, err
	}
	if n.Bias, err = t.vectorOf(c, 2, n.Size); err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(slices.Clone(x.memory), func(k int) bool { return slices.Contains(axes, k) })
	v, err := t.matrix(c, x, others, axes)
	if err != nil {
		return nil, err
	}
	v, err = t.put(c, n, v)
	return one(x.with(v, x.shape, slices.Concat(others, axes)), err)
}

// vectorOf returns constant input i of that many numbers; nil: it is left out.
func (t *tracer) vectorOf(c *call, i, size int) ([]float32, error) {
	a, err := c.array(i, "a constant")
	if err != nil || a == nil {
		return nil, err
	}
	shape, data, err := t.floats(c, a)
	if err != nil {
		return nil, err
	}
	if len(data) != size {
		return nil, c.shape("input %d has the shape %v, want %d numbers", i, shape, size)
	}
	return data, nil
}

// instanceNorm normalizes each channel over the frames of a step.
func (t *tracer) instanceNorm(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	if len(x.shape) < 3 || x.shape[0] != 1 {
		return nil, c.shape("the shape %v", x.shape)
	}
	if x.time >= 2 {
		return nil, c.unsupported("over the steps of a sequence")
	}
	n := &format.Norm{Kind: format.NormInstance, Size: x.shape[1]}
	if n.Epsilon, err = c.floatAttribute("epsilon", 1e-5); err != nil {
		return nil, err
	}
	if n.Gain, err = t.vectorOf(c, 1, n.Size); err != nil {
		return nil, err
	}
	if n.Bias, err = t.vectorOf(c, 2, n.Size); err != nil {
		return nil, err
	}
	v, err := t.matrix(c, x, x.others(1), []int{1})
	if err != nil {
		return nil, err
	}
	v, err = t.put(c, n, v)
	r := x.with(v, x.shape, nil)
	r.memory = r.withoutOnes(append(x.others(1), 1)...)
	return one(r, err)
}

// batchNorm scales and shifts each channel.
func (t *tracer) batchNorm(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	if len(x.shape) < 2 {
		return nil, c.shape("the shape %v", x.shape)
	}
	eps, err := c.floatAttribute("epsilon", 1e-5)
	if err != nil {
		return nil, err
	}
	if _, err := c.floatAttribute("momentum", 0.9); err != nil {
		return nil, err
	}
	for _, name := range []string{"training_mode", "spatial", "is_test"} {
		v, err := c.intAttribute(name, 0)
		if err != nil {
			return nil, err
		}
		if name == "training_mode" && v != 0 {
			return nil, c.unsupported("in training mode")
		}
	}
	n := x.shape[1]
	var p [4][]float32
	for i := range p {
		if p[i], err = t.vectorOf(c, i+1, n); err != nil {
			return nil, err
		}
		if p[i] == nil {
			return nil, c.damaged("input %d is left out", i+1)
		}
	}
	factor, offset := make([]float32, n), make([]float32, n)
	for i := range n {
		f := float64(p[0][i]) / sqrt64(float64(p[3][i])+float64(eps))
		factor[i], offset[i] = float32(f), float32(float64(p[1][i])-float64(p[2][i])*f)
	}
	shape := slices.Repeat([]int{1}, len(x.shape))
	shape[1] = n
	for i, data := range [][]float32{factor, offset} {
		v, err := t.put(c, &format.Constant{Frames: 1, Channels: n, Data: data})
		if err != nil {
			return nil, err
		}
		k := &flow{value: v, shape: shape, memory: canonical(shape), time: -1}
		f := format.BinaryMul
		if i == 1 {
			f = format.BinaryAdd
		}
		if x, err = t.combine(c, f, x, k); err != nil {
			return nil, err
		}
	}
	return []value{x}, nil
}

// lpNorm divides by the L2 norm of an axis.
func (t *tracer) lpNorm(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	p, err := c.intAttribute("p", 2)
	if err != nil {
		return nil, err
	}
	at, err := c.intAttribute("axis", -1)
	if err != nil {
		return nil, err
	}
	k, err := c.axis(at, len(x.shape))
	if err != nil {
		return nil, err
	}
	if p != 2 || k == x.time {
		return nil, c.unsupported("with p %d over axis %d", p, k)
	}
	v, err := t.matrix(c, x, x.others(k), []int{k})
	if err != nil {
		return nil, err
	}
	v, err = t.put(c, &format.Norm{Kind: format.NormL2, Size: x.shape[k]}, v)
	r := x.with(v, x.shape, nil)
	r.memory = r.withoutOnes(append(x.others(k), k)...)
	return one(r, err)
}
