package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// An LSTM may be written gate by gate, as Keras models of one step are:
//
//	sums = x W + h R + b
//	c' = f(sums) ∘ c + i(sums) ∘ g(sums)
//	h' = o(sums) ∘ tanh(c')
//
// The values below stand for what is computed of it so far.

// A stateProduct is the product h R of a state that is an input.
type stateProduct struct {
	origin
	h      *tensors
	weight []float32 // [outputs][units]
	bias   []float32 // nil: zeros
}

// gateSums are some of the sums of gates, and the function that was applied to them.
type gateSums struct {
	origin
	x        *denseProduct
	state    *stateProduct
	bias     []float32 // of all rows; nil: zeros
	rows     []int     // the first row and the one behind the last
	function format.Activation
}

// A cellTerm is a part of the new cell state: f ∘ c, or i ∘ g.
type cellTerm struct {
	origin
	gates [2]*gateSums // f; i and g
	c     *tensors     // nil: i ∘ g
}

// A newCell is c', and then a function of it.
type newCell struct {
	origin
	forget, input *cellTerm
	layer         *tracedLayer
	hidden        *tensors // h' and c'
	tensors       *tensors
	function      *format.Activation // nil: c' itself
}

// cellProduct evaluates the product of a state with a constant matrix.
func (t *tracer) cellProduct(c *call) (value, bool, error) {
	h, ok1 := c.in[0].(*tensors)
	a, ok2 := c.in[1].(*array)
	if t.plainly || !ok1 || !ok2 || !t.isState(h) {
		return nil, false, nil
	}
	shape, data, err := t.floats(c, a)
	if err != nil {
		return nil, true, err
	}
	p := &stateProduct{origin: origin{c, 0}, h: h}
	if c.node.operator == "Gemm" {
		if shape, data, p.bias, err = t.gemmConstants(c); err != nil {
			return nil, true, err
		}
	}
	if len(shape) != 2 || h.ids.length() != shape[0] || shape[1] != 4*shape[0] {
		return nil, false, nil
	}
	p.weight = transposed(data, shape[0], shape[1])
	return p, true, nil
}

// shapeOfCell returns the shape of a part of a cell; nil: the value is none.
func shapeOfCell(v value) []int {
	like := func(h *tensors, n int) []int {
		shape := h.lengths()
		shape[len(shape)-1] = n
		return shape
	}
	switch v := v.(type) {
	case *stateProduct:
		return like(v.h, len(v.weight)/v.h.ids.length())
	case *gateSums:
		return like(v.state.h, v.rows[1]-v.rows[0])
	case *cellTerm:
		return like(v.gates[0].state.h, v.gates[0].rows[1]-v.gates[0].rows[0])
	case *newCell:
		return like(v.forget.c, v.layer.units)
	}
	return nil
}

// gemmConstants returns B of Gemm as [inputs][outputs], times alpha, and C, times beta.
func (t *tracer) gemmConstants(c *call) (shape []int, data, bias []float32, err error) {
	b, err := c.array(1, "B")
	if err != nil {
		return nil, nil, nil, err
	}
	if shape, data, err = t.floats(c, b); err != nil {
		return nil, nil, nil, err
	}
	if len(shape) != 2 {
		return nil, nil, nil, c.shape("B has the shape %v", shape)
	}
	var factors [2]float32
	for i, name := range []string{"alpha", "beta"} {
		if factors[i], err = c.floatAttribute(name, 1); err != nil {
			return nil, nil, nil, err
		}
	}
	turned, err := c.intAttribute("transB", 0)
	if err != nil {
		return nil, nil, nil, err
	}
	if turned != 0 {
		shape, data = []int{shape[1], shape[0]}, transposed(data, shape[0], shape[1])
	}
	if turned, err = c.intAttribute("transA", 0); err != nil {
		return nil, nil, nil, err
	}
	if turned != 0 {
		return nil, nil, nil, c.unsupported("a state is turned")
	}
	data = slices.Clone(data)
	for i := range data {
		data[i] *= factors[0]
	}
	if bias, err = t.spreadOver(c, 2, 1, shape[1]); err != nil {
		return nil, nil, nil, err
	}
	for i := range bias {
		bias[i] *= factors[1]
	}
	return shape, data, bias, nil
}

// sumOf returns the sum of biases, of which nil are zeros.
func sumOf(a, b []float32) []float32 {
	if a == nil || b == nil {
		return append(slices.Clone(a), b...)
	}
	sum := slices.Clone(a)
	for i, v := range b {
		sum[i] += v
	}
	return sum
}

// isState reports whether elements are of an input other than the first.
func (t *tracer) isState(s *tensors) bool {
	o, _ := t.list(s)
	return o >= 0 && t.owners[o].input != nil && t.owners[o].input != &t.model.graph.inputs[0] && t.owners[o].input.dtype.isFloat()
}

// cellBinary evaluates an operator of two values of which one is part of a cell.
// Without one, or if they make no cell together, it returns false.
func (t *tracer) cellBinary(c *call, function format.BinaryFunction) (value, bool, error) {
	for i := range 2 {
		if t.plainly {
			break
		}
		x, y := c.in[i], c.in[1-i]
		switch x := x.(type) {
		case *stateProduct:
			if f, ok := y.(*flow); ok && f.dense != nil && function == format.BinaryAdd && len(f.dense.weight)/f.dense.inputs == len(x.weight)/x.h.ids.length() {
				return &gateSums{origin: origin{c, 0}, x: f.dense, state: x, bias: sumOf(f.dense.bias, x.bias), rows: []int{0, f.shape[len(f.shape)-1]}}, true, nil
			}
		case *gateSums:
			return t.gateBinary(c, function, x, y)
		case *cellTerm:
			if y, ok := y.(*cellTerm); ok && function == format.BinaryAdd && (x.c == nil) != (y.c == nil) {
				if x.c == nil {
					x, y = y, x
				}
				v, err := t.newCell(c, x, y)
				return v, true, err
			}
		}
	}
	return nil, false, nil
}

func (t *tracer) gateBinary(c *call, function format.BinaryFunction, g *gateSums, other value) (value, bool, error) {
	switch y := other.(type) {
	case *array:
		_, bias, err := t.floats(c, y)
		if err != nil {
			return nil, true, err
		}
		n := len(g.x.weight) / g.x.inputs
		if function != format.BinaryAdd || g.function.Kind != format.ActivationNone || g.rows[1]-g.rows[0] != n || len(bias) != n {
			break
		}
		s := *g
		s.origin = origin{c, 0}
		s.bias = sumOf(bias, g.bias)
		return &s, true, nil
	case *tensors:
		if function == format.BinaryMul && t.isState(y) {
			return &cellTerm{origin: origin{c, 0}, gates: [2]*gateSums{g}, c: y}, true, nil
		}
	case *gateSums:
		if function == format.BinaryMul && y.x == g.x {
			return &cellTerm{origin: origin{c, 0}, gates: [2]*gateSums{g, y}}, true, nil
		}
	case *newCell:
		if function == format.BinaryMul && y.function != nil {
			return t.lstm(c, g, y)
		}
	}
	return nil, false, nil
}

func (g *gateSums) activated(c *call, a format.Activation) ([]value, error) {
	s := *g
	s.origin = origin{c, 0}
	s.function = a
	return []value{&s}, nil
}

// rowsOf takes some rows of the sums, of which an operator made an array.
func (t *tracer) rowsOf(c *call, g *gateSums) ([]value, error) {
	n := g.rows[1] - g.rows[0]
	index := &array{dtype: typeFloat, shape: []size{number(1), number(int64(n))}, stored: []int{1, n}}
	for i := range n {
		index.floats = append(index.floats, float32(g.rows[0]+i))
	}
	out, err := t.rearranged(c, index)
	for i, v := range out {
		a, ok := v.(*array)
		if !ok || len(a.floats) == 0 {
			continue
		}
		first := int(a.floats[0])
		for k, row := range a.floats {
			if int(row) != first+k {
				return nil, c.unsupported("it takes gates in another order")
			}
		}
		s := *g
		s.origin = origin{c, i}
		s.rows = []int{first, first + len(a.floats)}
		out[i] = &s
	}
	return out, err
}

// newCell returns f ∘ c + i ∘ g.
func (t *tracer) newCell(c *call, forget, input *cellTerm) (value, error) {
	units := forget.c.ids.length()
	l := &tracedLayer{node: c.node, units: units, dirs: 1, initial: [2]*tensors{forget.gates[0].state.h, forget.c}}
	v := &newCell{origin: origin{c, 0}, forget: forget, input: input, layer: l}
	for i, to := range []**tensors{&v.hidden, &v.tensors} {
		var err error
		if l.finals[i], *to, err = t.newOwner(c, owner{layer: l, cell: i == 1, shape: []int{1, units}, time: -1}); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// lstm adds the layer whose output gate is multiplied with a function of its cell;
// false: they make none.
func (t *tracer) lstm(c *call, out *gateSums, cell *newCell) (value, bool, error) {
	i, g := cell.input.gates[0], cell.input.gates[1]
	f := cell.forget.gates[0]
	if i.function.Kind == format.ActivationTanh && g.function.Kind != format.ActivationTanh {
		i, g = g, i // a product has no order
	}
	units := cell.layer.units
	x := out.x
	w := network.Direction{Plain: format.Plain{}}
	var bias []float32
	for _, gate := range []*gateSums{i, f, g, out} {
		if gate.x != x || gate.state != out.state || gate.rows[1]-gate.rows[0] != units || gate.function != i.function && gate != g {
			return nil, false, nil
		}
		first := gate.rows[0]
		w.WeightIH = append(w.WeightIH, x.weight[first*x.inputs:][:units*x.inputs]...)
		w.WeightHH = append(w.WeightHH, gate.state.weight[first*units:][:units*units]...)
		if gate.bias != nil {
			bias = append(bias, gate.bias[first:][:units]...)
		} else {
			bias = append(bias, make([]float32, units)...)
		}
	}
	w.BiasIH, w.BiasHH = bias, make([]float32, len(bias))
	w.Activations = []format.Activation{i.function, g.function, *cell.function}
	layer := network.Layer{Name: c.node.label(), Cell: format.CellLSTM, InputSize: x.inputs, HiddenSize: units, Directions: []network.Direction{w}}
	packed, err := layer.Pack()
	if err != nil {
		return nil, false, c.unsupported("%v", err)
	}
	last := len(x.x.shape) - 1
	if len(x.x.memory) > 1 || x.x.time >= 0 {
		return nil, false, nil
	}
	v, err := t.matrix(c, x.x, nil, []int{last})
	if err != nil {
		return nil, false, err
	}
	l := cell.layer
	if l.value, err = t.put(c, &packed, v); err != nil {
		return nil, false, err
	}
	t.layers = append(t.layers, l)
	shape := t.owners[l.finals[0]].shape
	return &flow{value: l.value, shape: shape, memory: canonical(shape), time: -1, final: cell.hidden}, true, nil
}
