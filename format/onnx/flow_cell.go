package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A recurrent layer of one step may be written gate by gate. What its nodes compute of
// a state is kept as it is written, until it is a whole layer: see flow_gates.go.

// A part is what nodes compute of a state: a vector, along the last of its axes.
type part struct {
	origin
	kind  partKind
	shape []int

	input        *denseProduct     // of partInput
	state        *tensors          // of partState
	weight, bias []float32         // of partProduct: [rows][columns] and [rows]; nil: zeros
	function     format.Activation // of partFunction
	of           []*part           // operands
	cell         *newCell          // what a sum is; nil: no new cell state
}

type partKind int

const (
	partInput      partKind = iota // rows of a dense layer of what is no state
	partState                      // a state
	partProduct                    // the product of a matrix with an operand, and a bias
	partFunction                   // a function of an operand
	partSum                        // the sum of operands
	partDifference                 // the first operand without the second
	partTimes                      // the products of the numbers of two operands
)

func (p *part) width() int { return p.shape[len(p.shape)-1] }

// isVector reports whether a shape is that of a vector along its last axis.
func isVector(shape []int) bool {
	return len(shape) > 0 && length(shape) == shape[len(shape)-1]
}

// isState reports whether elements are of an input other than the first.
func (t *tracer) isState(s *tensors) bool {
	o, _ := t.list(s)
	return o >= 0 && t.owners[o].input != nil && t.owners[o].input != &t.model.graph.inputs[0] && t.owners[o].input.dtype.isFloat()
}

// partOf returns a value as a part; nil: it is none.
func (t *tracer) partOf(v value) *part {
	switch v := v.(type) {
	case *part:
		return v
	case *tensors:
		if shape := v.lengths(); t.isState(v) && isVector(shape) {
			return &part{kind: partState, shape: shape, state: v}
		}
	case *flow:
		if v.dense != nil && v.time < 0 && isVector(v.shape) {
			return &part{kind: partInput, shape: v.shape, input: v.dense}
		}
	}
	return nil
}

// partProduct evaluates the product of a state, or of a state that a gate resets, with
// a constant matrix [inputs][outputs].
func (t *tracer) partProduct(c *call, matrix, bias []float32, outputs int) (value, bool) {
	if _, ok := c.in[0].(*flow); ok || t.plainly {
		return nil, false
	}
	of := t.partOf(c.in[0])
	if of == nil || of.kind != partState && of.kind != partTimes || len(matrix) != of.width()*outputs {
		return nil, false
	}
	shape := slices.Clone(of.shape)
	shape[len(shape)-1] = outputs
	return &part{origin: origin{c, 0}, kind: partProduct, shape: shape, weight: transposed(matrix, of.width(), outputs), bias: bias, of: []*part{of}}, true
}

// partBinary evaluates an operator of two values of which one is a part; false: there is
// none, or they make none together.
func (t *tracer) partBinary(c *call, function format.BinaryFunction) (value, bool, error) {
	_, first := c.in[0].(*part)
	_, second := c.in[1].(*part)
	if t.plainly || !first && !second {
		return nil, false, nil
	}
	for i := range 2 {
		if a, ok := c.in[i].(*array); ok {
			p, err := t.withBias(c, c.in[1-i].(*part), a, function)
			return p, p != nil, err
		}
	}
	p := &part{origin: origin{c, 0}, of: []*part{t.partOf(c.in[0]), t.partOf(c.in[1])}}
	if p.of[0] == nil || p.of[1] == nil || p.of[0].width() != p.of[1].width() {
		return nil, false, nil
	}
	p.shape = p.of[0].shape
	if len(p.of[1].shape) > len(p.shape) {
		p.shape = p.of[1].shape
	}
	switch function {
	case format.BinaryAdd:
		p.kind = partSum
		var terms []*part
		for _, o := range p.of {
			if o.kind == partSum && o.cell == nil {
				terms = append(terms, o.of...)
			} else {
				terms = append(terms, o)
			}
		}
		p.of = terms
	case format.BinarySub:
		p.kind = partDifference
	case format.BinaryMul:
		p.kind = partTimes
	default:
		return nil, false, nil
	}
	f, err := t.layerOf(c, p)
	if f != nil || err != nil {
		return f, true, err
	}
	return p, true, nil
}

// withBias adds a constant to the product in a part; nil: it is not that.
func (t *tracer) withBias(c *call, p *part, a *array, function format.BinaryFunction) (value, error) {
	if function != format.BinaryAdd || !a.isFloat() || len(a.shape) > len(p.shape) {
		return nil, nil
	}
	shape, bias, err := t.floats(c, a)
	if err != nil || len(bias) != p.width() || !isVector(shape) {
		return nil, err
	}
	r := *p
	r.origin = origin{c, 0}
	switch p.kind {
	case partProduct:
		if r.bias = slices.Clone(bias); p.bias != nil {
			for i, v := range p.bias {
				r.bias[i] += v
			}
		}
		return &r, nil
	case partSum:
		for i, term := range p.of {
			if v, err := t.withBias(c, term, a, function); v != nil || err != nil {
				r.of = slices.Clone(p.of)
				r.of[i] = v.(*part)
				return &r, err
			}
		}
	}
	return nil, nil
}

// applied applies a function to a part.
func (p *part) applied(c *call, a format.Activation) *part {
	return &part{origin: origin{c, 0}, kind: partFunction, shape: p.shape, function: a, of: []*part{p}}
}

// layoutOfPart evaluates an operator that lays a part out, or takes some of its rows.
func (t *tracer) layoutOfPart(c *call, p *part) ([]value, error) {
	n := p.width()
	if err := c.spend(n); err != nil {
		return nil, err
	}
	index := &array{dtype: typeFloat, stored: slices.Clone(p.shape), floats: make([]float32, n)}
	for _, d := range p.shape {
		index.shape = append(index.shape, number(int64(d)))
	}
	for i := range n {
		index.floats[i] = float32(i)
	}
	out, err := t.rearranged(c, index)
	for i, v := range out {
		a, ok := v.(*array)
		if !ok {
			continue
		}
		first, count, ok := rangeOf(a)
		r := p.rows(first, count)
		if !ok || r == nil {
			f, err := t.plain(c, p, c.node.inputs[0])
			if err != nil {
				return nil, err
			}
			return t.layoutOf(c, f)
		}
		r.origin, r.shape = origin{c, i}, slices.Clone(a.stored)
		out[i] = r
	}
	return out, err
}

// rangeOf returns which elements of a vector an array has, if they follow upon one
// another along its last axis.
func rangeOf(a *array) (first, count int, ok bool) {
	if len(a.floats) == 0 || !a.plain() || !isVector(a.stored) {
		return 0, 0, false
	}
	first = int(a.floats[0])
	for i, v := range a.floats {
		if int(v) != first+i {
			return 0, 0, false
		}
	}
	return first, len(a.floats), true
}

// rows returns some of the rows of a part; nil: it cannot be cut.
func (p *part) rows(first, count int) *part {
	if first == 0 && count == p.width() {
		r := *p
		return &r
	}
	if p.kind == partState || p.cell != nil {
		return nil
	}
	r := &part{kind: p.kind, shape: slices.Clone(p.shape), function: p.function, of: p.of}
	r.shape[len(r.shape)-1] = count
	switch p.kind {
	case partInput:
		r.input = p.input.rows(first, count)
	case partProduct:
		n := len(p.weight) / p.width()
		r.weight = p.weight[first*n:][:count*n]
		if p.bias != nil {
			r.bias = p.bias[first:][:count]
		}
	default:
		r.of = nil
		for _, o := range p.of {
			cut := o.rows(first, count)
			if cut == nil {
				return nil
			}
			r.of = append(r.of, cut)
		}
	}
	return r
}

// rows returns a product of some of the rows.
func (d *denseProduct) rows(first, count int) *denseProduct {
	r := *d
	r.cut = true
	r.weight = d.weight[first*d.inputs:][:count*d.inputs]
	if d.bias != nil {
		r.bias = d.bias[first:][:count]
	}
	return &r
}

// keepsDense has a part of a product know what it is the product of.
func (f *flow) keepsDense(from *flow, a *array) {
	if from.dense == nil || !isVector(from.shape) || from.time >= 0 {
		return
	}
	if first, count, ok := rangeOf(a); ok {
		f.dense = from.dense.rows(first, count)
	}
}
