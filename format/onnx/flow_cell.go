package onnx

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A recurrent layer of one step may be written gate by gate. The reader keeps what its
// nodes compute from a state as it is written until it is a whole layer: see
// flow_gates.go.

// A part is a value that nodes compute from a state: a vector along the last of
// its axes.
type part struct {
	origin
	kind  partKind
	shape []int

	input        *denseProduct     // of partInput
	state        *tensors          // of partState
	weight, bias []float32         // of partProduct: [rows][columns] and [rows]; nil: zeros. Of partScaled: [rows]
	function     format.Activation // of partFunction
	of           []*part           // operands
	cell         *newCell          // the cell that a sum is; nil: not a new cell state
}

type partKind int

const (
	partInput      partKind = iota // rows of a dense layer of a value that is not a state
	partState                      // a state
	partProduct                    // the product of a matrix with an operand, and a bias
	partFunction                   // a function of an operand
	partSum                        // the sum of operands
	partDifference                 // the first operand without the second
	partTimes                      // the products of the numbers of two operands
	partScaled                     // the products of the numbers of an operand with constants
	partJoined                     // a Concat of a state and more: see flow_joined.go
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

// partOf returns a value as a part; nil: it is not one.
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

// partProduct evaluates the product of a state, of a state that a gate resets, of both beside a
// step, or of the units of a cell, with a constant matrix [inputs][outputs]; nil: it is
// something else.
func (t *tracer) partProduct(c *call, matrix, bias []float32, outputs int) (value, error) {
	if _, ok := c.in[0].(*flow); ok || t.plainly {
		return nil, nil
	}
	if p, err := t.joinedProduct(c, matrix, bias, outputs); p != nil || err != nil {
		return p, err
	}
	of := t.partOf(c.in[0])
	if of == nil || !of.joinable() || len(matrix) != of.width()*outputs {
		return nil, nil
	}
	shape := slices.Clone(of.shape)
	shape[len(shape)-1] = outputs
	p := &part{origin: origin{c, 0}, kind: partProduct, shape: shape, weight: transposed(matrix, of.width(), outputs), bias: bias, of: []*part{of}}
	if f, err := t.layerOf(c, p); f != nil || err != nil {
		return f, err
	}
	return p, nil
}

// partBinary evaluates an operator of two values, one of them a part; false: neither is,
// or the result is not a part.
func (t *tracer) partBinary(c *call, function format.BinaryFunction) (value, bool, error) {
	if t.plainly {
		return nil, false, nil
	}
	for i := range 2 {
		if a, ok := c.in[i].(*array); ok {
			p, err := t.withConstant(c, 1-i, a, function)
			return p, p != nil, err
		}
	}
	_, first := c.in[0].(*part)
	_, second := c.in[1].(*part)
	if !first && !second {
		return nil, false, nil
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

// withConstant evaluates an operator of operand i, a part, and a constant: a bias of a gate,
// peepholes, or a bound; nil: it is none of these.
func (t *tracer) withConstant(c *call, i int, a *array, function format.BinaryFunction) (value, error) {
	p := t.partOf(c.in[i])
	_, isFlow := c.in[i].(*flow)
	if p == nil || isFlow || !a.isFloat() || len(a.shape) > len(p.shape) {
		return nil, nil
	}
	shape, list, err := t.floats(c, a)
	if err != nil || len(list) != p.width() && len(list) != 1 || len(shape) > 0 && !isVector(shape) {
		return nil, err
	}
	number := list[0]
	isNumber := len(list) == 1
	list = slices.Repeat(list, p.width()/len(list))
	switch {
	case function == format.BinarySub && i == 0:
		for k := range list {
			list[k] = -list[k]
		}
		fallthrough
	case function == format.BinaryAdd:
		if r := p.withBias(c, list); r != nil {
			return r, nil
		}
	case function == format.BinaryMul && (p.kind == partState || p.cell != nil):
		return &part{origin: origin{c, 0}, kind: partScaled, shape: p.shape, weight: list, of: []*part{p}}, nil
	case p.kind == partState || !isNumber:
	case function == format.BinaryMax:
		return p.applied(c, format.Activation{Kind: format.ActivationClip, Alpha: number, Beta: math.MaxFloat32}), nil
	case function == format.BinaryMin:
		return p.applied(c, format.Activation{Kind: format.ActivationClip, Alpha: -math.MaxFloat32, Beta: number}), nil
	case function == format.BinaryDiv && i == 0 && number != 0:
		return p.applied(c, format.Activation{Kind: format.ActivationAffine, Alpha: 1 / number}), nil
	}
	return nil, nil
}

// withBias adds numbers to the product in a part; nil: there is none.
func (p *part) withBias(c *call, bias []float32) *part {
	r := *p
	r.origin = origin{c, 0}
	switch p.kind {
	case partProduct:
		r.bias = added(p.bias, bias)
		return &r
	case partInput:
		d := *p.input
		d.bias = added(d.bias, bias)
		r.input = &d
		return &r
	case partSum:
		// If there are several terms, the one of a state has it.
		for _, kind := range []partKind{partProduct, partInput} {
			for i, term := range p.of {
				if term.kind == kind {
					r.of = slices.Clone(p.of)
					r.of[i] = term.withBias(c, bias)
					return &r
				}
			}
		}
	}
	return nil
}

// added returns the sums of numbers; nil stands for zeros.
func added(a, b []float32) []float32 {
	sum := slices.Clone(b)
	for i, v := range a {
		sum[i] += v
	}
	return sum
}

// applied applies a function to a part. It merges functions that together are one.
func (p *part) applied(c *call, a format.Activation) *part {
	r := &part{origin: origin{c, 0}, kind: partFunction, shape: p.shape, function: a, of: []*part{p}}
	for r.of[0].kind == partFunction {
		inner := r.of[0]
		of := inner.of[0]
		f, ok := composed(inner.function, r.function)
		if !ok && of.kind == partFunction {
			of = of.of[0]
			f, ok = composedThree(inner.of[0].function, inner.function, r.function)
		}
		if !ok {
			break
		}
		r.function, r.of = f, []*part{of}
	}
	if low, high, ok := bounds(r.function); ok && low == 0 && high == math.MaxFloat32 {
		r.function = format.Activation{Kind: format.ActivationReLU}
	}
	return r
}

// layoutOfPart evaluates an operator that changes the layout of a part, or takes some
// of its rows.
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

// rangeOf returns the range of elements of a vector that an array has, if they are
// consecutive along its last axis.
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
	if p.kind == partState || p.kind == partJoined || p.cell != nil {
		return nil
	}
	r := &part{kind: p.kind, shape: slices.Clone(p.shape), function: p.function, of: p.of}
	r.shape[len(r.shape)-1] = count
	switch p.kind {
	case partInput:
		r.input = p.input.rows(first, count)
	case partScaled:
		r.weight = p.weight[first:][:count]
		if r.of = []*part{p.of[0].rows(first, count)}; r.of[0] == nil {
			return nil
		}
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

// keepsDense records of which product a part is a part.
func (f *flow) keepsDense(from *flow, a *array) {
	if from.dense == nil || !isVector(from.shape) || from.time >= 0 {
		return
	}
	if first, count, ok := rangeOf(a); ok {
		f.dense = from.dense.rows(first, count)
	}
}
