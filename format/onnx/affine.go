package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// affine computes an operator of a stream and constants that scales and shifts
// every feature.
func (c *call) affine(operator string) (value, error) {
	s, isFirst := c.in[0].(*stream)
	a, isArray := c.in[1].(*array)
	if !isFirst {
		s, _ = c.in[1].(*stream)
		a, isArray = c.in[0].(*array)
	}
	if s == nil || !isArray {
		return c.residual(operator)
	}
	k := slices.IndexFunc(s.axes, func(axis []*atom) bool { return s.known && slices.Equal(axis, s.features) })
	if s.known && len(s.features) == 0 {
		k = len(s.axes) - 1
	}
	if !s.known {
		k = len(s.axes) - 1
		var err error
		if s, err = c.features(s, max(k, 0)); err != nil {
			return nil, err
		}
	}
	v, err := c.vectorFor(s, k, a)
	if err != nil {
		return nil, err
	}
	scale, shift := slices.Repeat([]float64{1}, len(v)), make([]float64, len(v))
	for i, x := range v {
		switch operator {
		case "Add":
			shift[i] = float64(x)
		case "Sub":
			shift[i] = -float64(x)
			if !isFirst {
				scale[i], shift[i] = -1, float64(x)
			}
		case "Mul":
			scale[i] = float64(x)
		case "Div":
			scale[i] = 1 / float64(x)
		}
	}
	if !slices.Contains([]string{"Add", "Sub", "Mul", "Div"}, operator) || operator == "Div" && !isFirst {
		return nil, c.unsupported("of a value that depends on the graph's inputs")
	}
	return c.scaleAndShift(s, scale, shift)
}

// negative is -x.
func negative(c *call) ([]value, error) {
	s, ok := c.in[0].(*stream)
	if !ok {
		return unary(func(x float32) float32 { return -x })(c)
	}
	if !s.known {
		var err error
		if s, err = c.features(s, max(len(s.axes)-1, 0)); err != nil {
			return nil, err
		}
	}
	n := s.width()
	if n < 1 {
		return nil, c.unsupported("of an open number of features")
	}
	return one(c.scaleAndShift(s, slices.Repeat([]float64{-1}, n), make([]float64, n)))
}

// scaleAndShift computes scale·x + shift of every feature: in the dense layer
// below, or else in a layer of its own.
func (c *call) scaleAndShift(s *stream, scale, shift []float64) (value, error) {
	if st := onTop(s); st != nil {
		return c.changed(s, scaledLayer(st.layer, scale, shift)), nil
	}
	n := len(scale)
	w, err := c.identity(n)
	if err != nil {
		return nil, err
	}
	b := make([]float32, n)
	for i := range n {
		w[i*n+i] = float32(scale[i])
		b[i] = float32(shift[i])
	}
	return c.dense(s, s, w, b, format.Activation{})
}

// scaledLayer returns a dense layer whose outputs are scaled and shifted. It
// rounds once.
func scaledLayer(l network.Layer, scale, shift []float64) network.Layer {
	d := l.Directions[0]
	w, b := slices.Clone(d.WeightIH), make([]float32, l.HiddenSize)
	for i := range b {
		sum := shift[i]
		if d.BiasIH != nil {
			sum += scale[i] * float64(d.BiasIH[i])
		}
		b[i] = float32(sum)
		row := w[i*l.InputSize:][:l.InputSize]
		for k, x := range row {
			row[k] = float32(scale[i] * float64(x))
		}
	}
	l.Directions = []network.Direction{{Plain: format.Plain{WeightIH: w, BiasIH: b}}}
	return l
}

// residual adds the network's inputs to its outputs. Except for directions of
// one layer, this is the only sum of two streams that a network can have.
func (c *call) residual(operator string) (value, error) {
	x, ok1 := c.in[0].(*stream)
	y, ok2 := c.in[1].(*stream)
	if !ok1 || !ok2 {
		return nil, c.unsupported("of these inputs")
	}
	if y.raw() {
		x, y = y, x
	}
	if operator == "Add" && x.tracks != nil && y.tracks != nil {
		return c.addDirections(x, y)
	}
	r, err := c.read(y)
	switch {
	case err != nil:
		return nil, err
	case operator != "Add" || !x.raw() || x.reversed || !firsts(x) || y.stage == nil || x.input != y.input:
		return nil, c.unsupported("it combines two values that depend on the graph's inputs; a network adds its first inputs to its outputs, and nothing else")
	case r.pool != format.PoolNone || y.reversed || r.order != nil || len(x.axes) != len(y.axes):
		return nil, c.unsupported("it adds the graph's input, but not to all steps of the outputs")
	}
	s := y.clone()
	s.stage, s.skip, s.tracks = r.stage, true, nil
	for k, axis := range y.axes {
		same := slices.Equal(axis, x.axes[k]) && !slices.ContainsFunc(axis, func(a *atom) bool { return a != y.steps && a != y.batch })
		if !same && !(slices.Equal(axis, y.features) && axisSize(axis).equal(axisSize(x.axes[k]))) {
			return nil, c.unsupported("it adds the shapes %v and %v, whose axes are not the same", shapeText(x.shape()), shapeText(y.shape()))
		}
	}
	return s, nil
}

// firsts reports whether a raw input has all its features, or the first of them:
// outputs have no other axis that is cut.
func firsts(x *stream) bool {
	return len(x.cuts) == 0 || len(x.cuts) == 1 && x.cuts[0].from == 0
}
