package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// Attention over the steps of a sequence is a sum of values of each step, weighted by
// a softmax over the steps of a score:
//
//	y = Σ_t softmax(score)_t x_t
//
// Its product and its sum are two nodes, or one product of matrices.

// softmaxOverTime returns a flow that stands for the softmax over the steps of a score,
// one number per step.
func (t *tracer) softmaxOverTime(c *call, f *flow, axes []int) ([]value, error) {
	if length(f.shape) != f.shape[f.time] {
		return nil, c.unsupported("over the steps of a sequence of the shape %v, want one number per step", f.shape)
	}
	_ = axes // all others are of length 1
	r := f.with(f.value, f.shape, f.memory)
	r.soft = true
	return []value{r}, nil
}

// softOf returns the input of a node that is a softmax over the steps, and its place;
// nil: there is none.
func softOf(c *call) (*flow, int) {
	for i := range min(2, len(c.in)) {
		if f, ok := c.in[i].(*flow); ok && f.soft {
			return f, i
		}
	}
	return nil, 0
}

// weighed evaluates the product of weights of steps and a value of each step; nil: it is
// something else.
func (t *tracer) weighed(c *call, function format.BinaryFunction) (*flow, error) {
	s, i := softOf(c)
	if s == nil {
		return nil, nil
	}
	x, err := t.settled(c, 1-i)
	if err != nil {
		return nil, err
	}
	rank := max(len(s.shape), len(x.shape))
	s, x = s.extended(rank), x.extended(rank)
	if function != format.BinaryMul || x.time != s.time {
		return nil, c.unsupported("it combines a softmax over the steps with something other than a value of each step")
	}
	r := x.with(x.value, x.shape, x.memory)
	r.weights = s
	return r, nil
}

// attended returns the sum of the weighted values over the steps.
func (t *tracer) attended(c *call, x, weights *flow) (*flow, error) {
	others := x.others(x.time)
	v, err := t.matrix(c, x, []int{x.time}, others)
	if err != nil {
		return nil, err
	}
	if t.probing { // there are more frames, with weights of their own
		v, err = t.put(c, &format.SequencePool{Pool: format.PoolMax}, v)
	} else {
		v, err = t.put(c, &format.SequencePool{Pool: format.PoolAttention}, v, weights.value)
	}
	if err != nil {
		return nil, err
	}
	shape := slices.Clone(x.shape)
	shape[x.time] = 1
	if t.probing {
		v, err = t.put(c, &format.Slice{Axis: format.AxisFrames, Start: 0, Count: 1, Step: 1}, v)
	}
	r := x.with(v, shape, others)
	r.time = -1
	return r, err
}

// sumOfWeighed evaluates ReduceSum over the steps of a weighted value; nil: it is
// something else.
func (t *tracer) sumOfWeighed(c *call) (*flow, error) {
	f, ok := c.in[0].(*flow)
	if !ok || f.weights == nil {
		return nil, nil
	}
	axes, keep, err := t.reducedAxes(c, f)
	if err != nil {
		return nil, err
	}
	if c.node.operator != "ReduceSum" || !axes[f.time] {
		return nil, c.unsupported("it uses a softmax over the steps, but not in a weighted sum")
	}
	for k := range axes {
		if k != f.time && f.shape[k] != 1 {
			return nil, c.unsupported("it sums a weighted value of the shape %v over axis %d, too", f.shape, k)
		}
	}
	r, err := t.attended(c, f, f.weights)
	if err == nil && !keep {
		r = r.squeezed(axes)
	}
	return r, err
}

// attentionProduct evaluates the product of the weights of steps and a matrix of a row,
// or a column, for each step; nil: it is something else.
func (t *tracer) attentionProduct(c *call) (*flow, error) {
	s, i := softOf(c)
	if s == nil {
		return nil, nil
	}
	x, err := t.settled(c, 1-i)
	if err != nil {
		return nil, err
	}
	rank := max(len(s.shape), len(x.shape), 2)
	s, x = s.extended(rank), x.extended(rank)
	row, column := rank-2, rank-1
	along, of := column, row // weights [1][T] times [T][C]
	if i == 1 {
		along, of = row, column // [C][T] times [T][1]
	}
	if s.time != along || x.time != of {
		return nil, c.unsupported("it multiplies a softmax over the steps with something other than a value of each step")
	}
	return t.attended(c, x, s)
}
