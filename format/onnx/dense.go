package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// features makes sure that the features of a stream are one axis. Before the
// first layer nothing tells the features: then the last axis becomes the
// features.
func (c *call) features(s *stream, k int) (*stream, error) {
	if !s.known {
		if len(s.axes) < 2 || k != len(s.axes)-1 || len(s.axes[k]) > 1 || !s.dtype.isFloat() {
			return nil, c.unsupported("axis %d of the shape %v is not that of an input's features", k, shapeText(s.shape()))
		}
		s = s.clone()
		s.known, s.features = true, s.axes[k]
		if s.raw() && s.cutFeatures() {
			return c.chosenInputs(s, k)
		}
	}
	if !slices.Equal(s.axes[k], s.features) {
		return nil, c.unsupported("axis %d of the shape %v is not that of the features", k, shapeText(s.shape()))
	}
	return s, nil
}

// cutFeatures reports whether a cut input is cut along its features, and not
// along its steps or sequences.
func (s *stream) cutFeatures() bool {
	if len(s.cuts) != 1 {
		return false
	}
	if len(s.cuts[0].left) > 0 {
		return slices.Equal(s.features, s.cuts[0].left)
	}
	short := 0 // axes of length 1, of which the cut one is one
	for _, axis := range s.axes {
		if len(axis) == 0 {
			short++
		}
	}
	return len(s.features) == 0 && short == 1
}

// chosenInputs turns a cut input into a dense layer that reads all features,
// and drops those that the graph drops.
func (c *call) chosenInputs(s *stream, k int) (*stream, error) {
	cut := s.cuts[0]
	width := cut.axis.size.known()
	if width < 1 {
		return nil, c.unsupported("it reads some of the input %s, which has an open number of features", quote(s.input.name))
	}
	n := int(cut.to - cut.from)
	w, err := c.choice(width, int(cut.from), n)
	if err != nil {
		return nil, err
	}
	r := s.clone()
	r.cuts = nil
	r.stage = c.layer(nil, network.NewDense("", width, n, w, nil))
	r.features = newAtoms(n, false)
	r.axes = slices.Clone(s.axes)
	r.axes[k] = r.features
	return r, nil
}

// dense adds a dense layer with weights [outputs][inputs] to a stream. The axes
// and features of the result are those of shaped.
func (c *call) dense(s, shaped *stream, weights, bias []float32, activation format.Activation) (*stream, error) {
	in, err := c.read(s)
	if err != nil {
		return nil, err
	}
	width := s.width()
	if width < 1 || len(weights)%width != 0 {
		return nil, c.shape("%s for %s", message.Count(len(weights), "weight"), message.Count(width, "feature"))
	}
	outputs := len(weights) / width
	if in.order != nil {
		if err := c.spend(outputs * in.inputs(width)); err != nil {
			return nil, err
		}
	}
	r := shaped.clone()
	l := network.NewDense("", in.inputs(width), outputs, in.scatter(weights, outputs), bias)
	l.Activation = activation
	r.stage = c.layer(in.stage, l)
	r.pool, r.tracks = in.pool, nil
	r.features = nil
	// The outputs of the layer are no longer directions.
	fresh := map[*atom]*atom{}
	for _, a := range shaped.features {
		fresh[a] = &atom{size: a.size}
		r.features = append(r.features, fresh[a])
	}
	r.axes = nil
	for _, axis := range shaped.axes {
		axis = slices.Clone(axis)
		for i, a := range axis {
			if f := fresh[a]; f != nil {
				axis[i] = f
			}
		}
		r.axes = append(r.axes, axis)
	}
	return r, nil
}

// layer makes a stage of this node.
func (c *call) layer(before *stage, l network.Layer) *stage {
	l.Name = c.node.label()
	st := &stage{before: before, nodes: []*node{c.node}, layer: l}
	c.stages = append(c.stages, st)
	return st
}

// onTop returns the dense layer that a stream comes from, if it is one without
// an activation, and nothing has been read from it since.
func onTop(s *stream) *stage {
	st := s.stage
	if st == nil || s.tracks != nil || st.embedding != nil || !st.layer.Dense() || st.layer.Activation.Kind != format.ActivationNone ||
		s.output != format.OutputLinear || s.skip {
		return nil
	}
	return st
}

// changed returns a stream with its last layer replaced by one that includes
// this node.
func (c *call) changed(s *stream, l network.Layer) *stream {
	r := s.clone()
	r.stage = &stage{before: s.stage.before, nodes: append(slices.Clip(s.stage.nodes), c.node), layer: l}
	c.stages = append(c.stages, r.stage)
	return r
}

// identity returns a matrix that leaves all features as they are.
func (c *call) identity(width int) ([]float32, error) {
	if width < 1 {
		return nil, c.unsupported("of an open number of features")
	}
	size := length([]int{width, width})
	if err := c.spend(size); err != nil {
		return nil, err
	}
	m := make([]float32, size)
	for i := range width {
		m[i*width+i] = 1
	}
	return m, nil
}

// matrix returns constants of a shape; 0 is any length.
func (c *call) matrix(a *array, what string, shape ...int) ([]float32, error) {
	if !a.isFloat() {
		return nil, c.unsupported("%s are of the type %v", what, a.dtype)
	}
	ok := len(shape) == len(a.shape)
	var stored []int
	for k := range a.shape {
		n := a.shape[k].known()
		ok = ok && n > 0 && (shape[k] == 0 || shape[k] == n)
		stored = append(stored, n)
	}
	if !ok {
		return nil, c.shape("%s have the shape %v, want %v (0 is any length)", what, shapeText(a.shape), shape)
	}
	if a.plain() {
		return a.floats, nil
	}
	if err := c.spend(length(stored)); err != nil {
		return nil, err
	}
	return a.view(a.shape, stored, a.strides(), 0).floats, nil
}

// transposed returns the transpose of a matrix [rows][columns].
func transposed(m []float32, rows, columns int) []float32 {
	t := make([]float32, len(m))
	for r := range rows {
		for k := range columns {
			t[k*rows+r] = m[r*columns+k]
		}
	}
	return t
}

// streamAndArray returns input 0 as a stream and input 1 as constants.
func (c *call) streamAndArray(what string) (*stream, *array, error) {
	s, ok := c.in[0].(*stream)
	if !ok {
		return nil, nil, c.unsupported("its input %s is constant, want it to depend on the graph's input", quote(c.node.inputs[0]))
	}
	a, err := c.array(1, what)
	return s, a, err
}

func matMul(c *call) ([]value, error) {
	s, a, err := c.streamAndArray("the weights")
	if err != nil {
		return nil, err
	}
	k := len(s.axes) - 1
	if k < 0 {
		return nil, c.shape("of a single number")
	}
	if s, err = c.features(s, k); err != nil {
		return nil, err
	}
	in := s.width()
	w, err := c.matrix(a, "the weights", max(in, 0), 0)
	if err != nil {
		return nil, err
	}
	if s, err = c.sized(s, a.shape[0].known()); err != nil {
		return nil, err
	}
	in = s.width()
	if err := c.spend(len(w)); err != nil {
		return nil, err
	}
	outputs := len(w) / in
	shaped := s.clone()
	shaped.axes = slices.Clone(s.axes)
	shaped.features = newAtoms(outputs, false)
	shaped.axes[k] = shaped.features
	return one(c.dense(s, shaped, transposed(w, in, outputs), nil, format.Activation{}))
}

// sized sets the number of an input's features if the file leaves it open but
// the weights of the first layer tell it.
func (c *call) sized(s *stream, width int) (*stream, error) {
	switch n := s.width(); {
	case n == width:
		return s, nil
	case n < 0 && len(s.features) == 1 && s.raw():
		r, ok := s.replace(s.features, newAtoms(width, false))
		if ok {
			return r, nil
		}
	}
	return nil, c.shape("weights for %s, but there are %v", message.Count(width, "feature"), axisSize(s.features))
}

func gemm(c *call) ([]value, error) {
	s, a, err := c.streamAndArray("B")
	if err != nil {
		return nil, err
	}
	var alpha, beta float32
	var transA, transB int64
	for _, v := range []struct {
		name string
		to   *float32
	}{{"alpha", &alpha}, {"beta", &beta}} {
		if *v.to, err = c.floatAttribute(v.name, 1); err != nil {
			return nil, err
		}
	}
	for _, v := range []struct {
		name string
		to   *int64
	}{{"transA", &transA}, {"transB", &transB}} {
		if *v.to, err = c.intAttribute(v.name, 0); err != nil {
			return nil, err
		}
	}
	if len(s.axes) != 2 {
		return nil, c.shape("A has the shape %v", shapeText(s.shape()))
	}
	if transA != 0 {
		s = s.clone()
		s.axes = [][]*atom{s.axes[1], s.axes[0]}
	}
	if s, err = c.features(s, 1); err != nil {
		return nil, err
	}
	w, err := c.matrix(a, "B", 0, 0)
	if err != nil {
		return nil, err
	}
	rows, columns := a.shape[0].known(), a.shape[1].known()
	if err := c.spend(2 * len(w)); err != nil {
		return nil, err
	}
	if transB == 0 {
		w, rows, columns = transposed(w, rows, columns), columns, rows
	}
	if s, err = c.sized(s, columns); err != nil {
		return nil, err
	}
	shaped := s.clone()
	shaped.features = newAtoms(rows, false)
	shaped.axes = [][]*atom{s.axes[0], shaped.features}
	bias, err := c.array(2, "C")
	if err != nil {
		return nil, err
	}
	var b []float32
	if bias != nil {
		if b, err = c.vectorFor(shaped, 1, bias); err != nil {
			return nil, err
		}
		b = scaled(b, beta)
	}
	return one(c.dense(s, shaped, scaled(w, alpha), b, format.Activation{}))
}

// scaled returns factor times a vector.
func scaled(v []float32, factor float32) []float32 {
	if factor == 1 {
		return v
	}
	r := make([]float32, len(v))
	for i, x := range v {
		r[i] = x * factor
	}
	return r
}

// vectorFor returns the constants that are combined with each feature of a
// stream. The features are on axis k.
func (c *call) vectorFor(s *stream, k int, a *array) ([]float32, error) {
	if !a.isFloat() {
		return nil, c.unsupported("constants of the type %v", a.dtype)
	}
	shape := s.shape()
	joint, err := c.broadcast(shape, a.shape)
	if err != nil {
		return nil, err
	}
	if !slices.EqualFunc(joint, shape, size.equal) {
		return nil, c.shape("constants of the shape %v, which repeat the shape %v", shapeText(a.shape), shapeText(shape))
	}
	width := s.width()
	if width < 1 {
		return nil, c.unsupported("of an open number of features")
	}
	if err := c.spend(width); err != nil {
		return nil, err
	}
	if a.uniform() {
		return slices.Repeat(a.floats[:1], width), nil
	}
	a = a.stretched(joint)
	for i, n := range a.stored {
		if n != 1 && i != k {
			return nil, c.unsupported("constants of the shape %v, which differ along axis %d, which is not that of the features", shapeText(a.shape), i)
		}
	}
	if k < 0 || !slices.Equal(s.axes[k], s.features) || len(a.floats) != width {
		return nil, c.unsupported("constants of the shape %v for the shape %v", shapeText(a.shape), shapeText(shape))
	}
	return a.floats, nil
}
