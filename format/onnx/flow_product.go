package onnx

import (
	"errors"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A denseProduct is the product of a dense layer without a bias, over the last
// axis.
type denseProduct struct {
	x      *flow
	weight []float32 // [outputs][inputs]
	inputs int
	bias   []float32
	cut    bool // it is a part of a node's product
}

func (t *tracer) matMul(c *call) ([]value, error) {
	if a, ok := c.in[1].(*array); ok && len(a.shape) == 2 {
		if _, isFlow := c.in[0].(*flow); !isFlow {
			shape, data, err := t.floats(c, a)
			if err != nil {
				return nil, err
			}
			if v, err := t.partProduct(c, data, nil, shape[1]); v != nil || err != nil {
				return []value{v}, err
			}
		}
	}
	if f, err := t.attentionProduct(c); f != nil || err != nil {
		return one(f, err)
	}
	_, left := c.in[0].(*array)
	_, right := c.in[1].(*array)
	switch {
	case right:
		return t.timesMatrix(c)
	case left:
		return t.matrixTimes(c)
	}
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	y, err := t.settled(c, 1)
	if err != nil {
		return nil, err
	}
	return one(t.product(c, x, y))
}

// product multiplies the matrices of the last two axes of two flows. The other axes
// count several matrices.
func (t *tracer) product(c *call, x, y *flow) (*flow, error) {
	rank := max(len(x.shape), len(y.shape))
	x, y = x.extended(rank), y.extended(rank)
	f, d, g := rank-2, rank-1, rank-1
	if rank < 2 || x.shape[d] != y.shape[rank-2] {
		return nil, c.shape("the shapes %v and %v", x.shape, y.shape)
	}
	var several []int
	for k := range rank - 2 {
		if x.shape[k] != y.shape[k] || x.time == k || y.time == k {
			return nil, c.unsupported("products of several matrices, of the shapes %v and %v", x.shape, y.shape)
		}
		several = append(several, k)
	}
	if x.time == d || y.time >= 0 || x.time >= 0 && x.size(several) > 1 {
		return nil, c.unsupported("it multiplies with the steps of a sequence")
	}
	several = x.withoutOnes(several...)
	n := x.size(several)
	a, err := t.matrix(c, x, append(several, f), []int{d})
	if err != nil {
		return nil, err
	}
	op := &format.MatMul{Transposed: len(y.memory) > 0 && y.memory[len(y.memory)-1] != g}
	rows, columns := rank-2, g
	if op.Transposed {
		rows, columns = g, rank-2
	}
	b, err := t.matrix(c, y, append(several, rows), []int{columns})
	if err != nil {
		return nil, err
	}
	var parts []int
	for i := range n {
		p, q := a, b
		for _, side := range []struct {
			v     *int
			count int
		}{{&p, x.shape[f]}, {&q, y.shape[rows]}} {
			if n > 1 {
				if *side.v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: i * side.count, Count: side.count, Step: 1}, *side.v); err != nil {
					return nil, err
				}
			}
		}
		v, err := t.put(c, op, p, q)
		if err != nil {
			return nil, err
		}
		parts = append(parts, v)
	}
	v := parts[0]
	if n > 1 {
		if v, err = t.put(c, &format.Concat{Axis: format.AxisFrames}, parts...); err != nil {
			return nil, err
		}
	}
	shape := slices.Clone(x.shape)
	shape[d] = y.shape[g]
	r := x.with(v, shape, nil)
	r.memory = r.withoutOnes(append(several, f, d)...)
	return r, nil
}

// timesMatrix multiplies the last axis of a flow with a constant matrix.
func (t *tracer) timesMatrix(c *call) ([]value, error) {
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	shape, data, err := t.floats(c, c.in[1].(*array))
	if err != nil {
		return nil, err
	}
	for len(shape) > 2 && shape[0] == 1 {
		shape = shape[1:]
	}
	if len(shape) != 2 || len(x.shape) == 0 || x.shape[len(x.shape)-1] != shape[0] {
		return nil, c.shape("the shapes %v and %v", x.shape, shape)
	}
	return one(t.dense(c, x, len(x.shape)-1, transposed(data, shape[0], shape[1]), nil))
}

// matrixTimes multiplies a constant matrix with the last axis but one of a flow.
func (t *tracer) matrixTimes(c *call) ([]value, error) {
	x, err := t.settled(c, 1)
	if err != nil {
		return nil, err
	}
	shape, data, err := t.floats(c, c.in[0].(*array))
	if err != nil {
		return nil, err
	}
	for len(shape) > 2 && shape[0] == 1 {
		shape = shape[1:]
	}
	if len(shape) != 2 || len(x.shape) < 2 || x.shape[len(x.shape)-2] != shape[1] {
		return nil, c.shape("the shapes %v and %v", shape, x.shape)
	}
	r, err := t.dense(c, x, len(x.shape)-2, data, nil)
	if r != nil {
		r.dense = nil
	}
	return one(r, err)
}

// dense multiplies axis k of a flow with weights [outputs][inputs].
func (t *tracer) dense(c *call, x *flow, k int, weight, bias []float32) (*flow, error) {
	if x.time == k {
		return nil, c.unsupported("it multiplies the steps of a sequence")
	}
	inputs := x.shape[k]
	outputs := len(weight) / inputs
	v, err := t.matrix(c, x, x.others(k), []int{k})
	if err != nil {
		return nil, err
	}
	if v, err = t.linear(c, v, inputs, outputs, weight, bias); err != nil {
		return nil, err
	}
	shape := slices.Clone(x.shape)
	shape[k] = outputs
	r := x.with(v, shape, nil)
	r.memory = r.withoutOnes(append(x.others(k), k)...)
	if k == len(shape)-1 {
		r.dense = &denseProduct{x: x, weight: weight, inputs: inputs, bias: bias}
	}
	return r, nil
}

// biased adds a constant of the last axis to a product: the bias of the layer.
func (t *tracer) biased(c *call, function format.BinaryFunction) (value, bool, error) {
	if function != format.BinaryAdd {
		return nil, false, nil
	}
	for i := range 2 {
		f, ok1 := c.in[i].(*flow)
		a, ok2 := c.in[1-i].(*array)
		if !ok1 || !ok2 || f.dense == nil || f.dense.bias != nil || !a.isFloat() {
			continue
		}
		last := len(f.shape) - 1
		if n := len(a.shape); n == 0 || n > len(f.shape) || !a.shape[n-1].is(int64(f.shape[last])) || slices.ContainsFunc(a.shape[:n-1], func(s size) bool { return !s.is(1) }) {
			continue
		}
		_, bias, err := t.floats(c, a)
		if err != nil {
			return nil, true, err
		}
		if !f.dense.cut {
			r, err := t.dense(c, f.dense.x, last, f.dense.weight, bias)
			return r, true, err
		}
		k, err := t.constant(c, a)
		if err != nil {
			return nil, true, err
		}
		r, err := t.combine(c, function, f, k)
		if err == nil {
			d := *f.dense
			d.bias = bias
			r.dense = &d
		}
		return r, true, err
	}
	return nil, false, nil
}

// keepsBias records of which product a biased product is the sum.
func (t *tracer) keepsBias(c *call, sum value) {
	r, ok := sum.(*flow)
	if !ok || r.dense != nil || !isVector(r.shape) {
		return
	}
	for i := range 2 {
		f, ok1 := c.in[i].(*flow)
		a, ok2 := c.in[1-i].(*array)
		if !ok1 || !ok2 || f.dense == nil || !slices.Equal(f.shape, r.shape) {
			continue
		}
		n := len(f.dense.weight) / f.dense.inputs
		if _, list, err := t.floats(c, a); err == nil && (len(list) == 1 || len(list) == n) {
			d := *f.dense
			d.bias, d.cut = added(f.dense.bias, slices.Repeat(list, n/len(list))), true
			r.dense = &d
		}
	}
}

// gemmOfState evaluates Gemm of a state, as PyTorch writes it in cells; false: it is
// something else.
func (t *tracer) gemmOfState(c *call) (value, bool, error) {
	b, ok := c.in[1].(*array)
	if t.plainly || !ok || len(b.shape) != 2 || t.partOf(c.in[0]) == nil && t.joinOf(c.in[0]) == nil {
		return nil, false, nil
	}
	shape, data, err := t.floats(c, b)
	if err != nil {
		return nil, false, err
	}
	factor, err1 := c.floatAttribute("alpha", 1)
	beta, err2 := c.floatAttribute("beta", 1)
	turned, err3 := c.intAttribute("transA", 0)
	transposedB, err4 := c.intAttribute("transB", 0)
	if err := errors.Join(err1, err2, err3, err4); err != nil || turned != 0 {
		return nil, false, err
	}
	for i := range data {
		data[i] *= factor
	}
	outputs := shape[1]
	if transposedB != 0 {
		outputs = shape[0]
		data = transposed(data, shape[0], shape[1])
	}
	var bias []float32
	switch v := c.input(2).(type) {
	case nil:
	case *array:
		if _, bias, err = t.floats(c, v); err != nil || len(bias) != outputs {
			return nil, false, err
		}
		for i := range bias {
			bias[i] *= beta
		}
	default:
		return nil, false, nil
	}
	v, err := t.partProduct(c, data, bias, outputs)
	return v, v != nil, err
}

func (t *tracer) gemm(c *call) ([]value, error) {
	if v, ok, err := t.gemmOfState(c); ok || err != nil {
		return []value{v}, err
	}
	x, err := t.settled(c, 0)
	if err != nil {
		return nil, err
	}
	b, err := c.array(1, "B")
	if err != nil {
		return nil, err
	}
	shape, data, err := t.floats(c, b)
	if err != nil {
		return nil, err
	}
	numbers := [2]float32{}
	for i, name := range []string{"alpha", "beta"} {
		if numbers[i], err = c.floatAttribute(name, 1); err != nil {
			return nil, err
		}
	}
	flags := [2]int64{}
	for i, name := range []string{"transA", "transB"} {
		if flags[i], err = c.intAttribute(name, 0); err != nil {
			return nil, err
		}
	}
	if len(shape) != 2 || len(x.shape) != 2 {
		return nil, c.shape("the shapes %v and %v", x.shape, shape)
	}
	k := 1
	if flags[0] != 0 {
		k = 0
	}
	inputs, outputs := shape[0], shape[1]
	if flags[1] == 0 {
		data = transposed(data, inputs, outputs)
	} else {
		inputs, outputs = outputs, inputs
	}
	if x.shape[k] != inputs || k == 0 && x.shape[1] != 1 {
		return nil, c.shape("the shapes %v and %v", x.shape, shape)
	}
	if numbers[0] != 1 {
		for i := range data {
			data[i] *= numbers[0]
		}
	}
	var bias []float32
	if v, ok := c.input(2).(*array); ok {
		s, all, err := t.floats(c, v)
		if err != nil {
			return nil, err
		}
		if len(all) == 1 {
			all = slices.Repeat(all, outputs)
		}
		if len(all) != outputs || len(s) > 0 && s[len(s)-1] != outputs && len(all) != 1 && outputs != 1 {
			return nil, c.shape("C has the shape %v for %s", s, message.Count(outputs, "output"))
		}
		for i := range all {
			all[i] *= numbers[1]
		}
		bias = all
	} else if c.input(2) != nil {
		return nil, c.unsupported("C depends on the graph's inputs")
	}
	r, err := t.dense(c, x, k, data, bias)
	return one(r, err)
}
