package onnx

import (
	"slices"
)

// A cell may multiply one matrix with a step and a state side by side, as
// TensorFlow's cells do:
//
//	Concat(x, h) W = x W[:inputs] + h W[inputs:]
//
// Only the product tells the purpose of a Concat: a cache of frames, or states that are
// packed into one, are Concats as well.

// joins reports whether a Concat puts a state, or a part of a cell, beside other values
// along the last of their axes.
func (t *tracer) joins(c *call) bool {
	if t.plainly || len(c.in) < 2 || c.node.operator != "Concat" {
		return false
	}
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return false
	}
	rank, states, others := rankOfFlow(c.in[0]), 0, 0
	for _, v := range c.in {
		var shape []int
		switch v := v.(type) {
		case *part:
			shape = v.shape
		case *tensors:
			shape = v.lengths()
		case *flow:
			if v.time >= 0 || v.pending() {
				return false
			}
			shape = v.shape
		}
		if len(shape) != rank || !isVector(shape) {
			return false
		}
		if p := t.partOf(v); p != nil && p.joinable() {
			states++
		} else {
			others++
		}
	}
	return states > 0 && others > 0 && (at == -1 || at == int64(rank-1))
}

// joinable reports whether a cell may multiply a matrix with the part.
func (p *part) joinable() bool { return p.kind == partState || p.kind == partTimes }

// joinedPart returns the Concat of a state and values that nodes have computed; nil: it is
// none.
func (t *tracer) joinedPart(c *call) *part {
	if !t.joins(c) || allTensors(c.in) {
		return nil
	}
	shape := slices.Clone(shapeOfFlow(c.in[0]))
	for _, v := range c.in[1:] {
		shape[len(shape)-1] += shapeOfFlow(v)[len(shape)-1]
	}
	return &part{origin: origin{c, 0}, kind: partJoined, shape: shape}
}

// joinOf returns the Concat that gives a value; nil: no Concat that joins a
// state.
func (t *tracer) joinOf(v value) *call {
	var from *call
	switch v := v.(type) {
	case *part:
		if v.kind == partJoined {
			from = v.node
		}
	case *tensors:
		from = v.node
	}
	if from == nil || !t.joins(from) {
		return nil
	}
	return from
}

// joinedProduct returns the sum of the products of a Concat's inputs with the rows of a
// matrix [inputs][outputs]; nil: it is something else.
func (t *tracer) joinedProduct(c *call, matrix, bias []float32, outputs int) (*part, error) {
	from := t.joinOf(c.in[0])
	if from == nil {
		return nil, nil
	}
	shape := slices.Clone(shapeOfFlow(from.in[0]))
	shape[len(shape)-1] = outputs
	sum := &part{origin: origin{c, 0}, kind: partSum, shape: shape}
	x := &call{importer: t.importer, node: from.node}
	var rows []float32 // of the values that are not states
	for i, v := range from.in {
		lengths := shapeOfFlow(v)
		n := lengths[len(lengths)-1]
		if len(matrix) < n*outputs {
			return nil, c.shape("a matrix of fewer rows than %s has numbers", quote(c.node.inputs[0]))
		}
		if p := t.partOf(v); p != nil && p.joinable() {
			sum.of = append(sum.of, &part{kind: partProduct, shape: shape, weight: transposed(matrix[:n*outputs], n, outputs), of: []*part{p}})
		} else {
			f, err := t.plain(from, v, from.node.inputs[i])
			if err != nil {
				return nil, err
			}
			x.in, rows = append(x.in, f), append(rows, matrix[:n*outputs]...)
		}
		matrix = matrix[n*outputs:]
	}
	if len(matrix) > 0 {
		return nil, c.shape("a matrix of more rows than %s has numbers", quote(c.node.inputs[0]))
	}
	joined, err := t.joinFlows(x)
	if err != nil {
		return nil, err
	}
	d, err := t.dense(c, joined[0].(*flow), len(shape)-1, transposed(rows, len(rows)/outputs, outputs), nil)
	if err != nil {
		return nil, err
	}
	sum.of[0].bias = bias
	sum.of = append([]*part{t.partOf(d)}, sum.of...)
	return sum, nil
}
