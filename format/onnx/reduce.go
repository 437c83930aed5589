package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// reduce takes the greatest or the mean of every feature over the steps, or the
// mean or the sum over directions.
func reduce(operator string) func(c *call) ([]value, error) {
	to, attributeUpTo := mean, int64(17)
	switch operator {
	case "ReduceMax":
		to = maximum
	case "ReduceSum":
		attributeUpTo = 12
	}
	return func(c *call) ([]value, error) {
		list, given, err := c.listOf("axes", 1, attributeUpTo)
		if err != nil {
			return nil, err
		}
		keep, err := c.intAttribute("keepdims", 1)
		if err != nil {
			return nil, err
		}
		if empty, err := c.intAttribute("noop_with_empty_axes", 0); err != nil || empty != 0 {
			return nil, c.unsupported("noop_with_empty_axes, or an attribute of the wrong type")
		}
		s, ok := c.in[0].(*stream)
		if !ok {
			return nil, c.unsupported("of constants")
		}
		set, err := c.axes(list, len(s.axes))
		if err != nil {
			return nil, err
		}
		if !given || len(set) == 0 {
			return nil, c.unsupported("over all axes")
		}
		for k := range set {
			if len(set) == 1 && len(s.axes[k]) > 0 && s.axes[k][0].track && operator != "ReduceMax" {
				return one(c.sumDirections(s, k, keep != 0, operator == "ReduceMean"))
			}
		}
		if operator == "ReduceSum" {
			return nil, c.unsupported("over something other than the directions of a recurrent layer")
		}
		return one(c.pooled(s, set, keep != 0, to))
	}
}

// globalPool reduces all axes after the second.
func globalPool(to when) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		s, ok := c.in[0].(*stream)
		if !ok || len(s.axes) < 3 {
			return nil, c.unsupported("of constants, or of less than 3 axes")
		}
		set := map[int]bool{}
		for k := 2; k < len(s.axes); k++ {
			set[k] = true
		}
		return one(c.pooled(s, set, true, to))
	}
}

func (c *call) pooled(s *stream, set map[int]bool, keep bool, to when) (value, error) {
	r := s.clone()
	r.axes = nil
	found := false
	for k, axis := range s.axes {
		if !set[k] {
			r.axes = append(r.axes, axis)
			continue
		}
		if len(axis) > 1 || len(axis) == 1 && axis[0] != s.steps {
			return nil, c.unsupported("over axis %d of the shape %v, which is not that of the steps", k, shapeText(s.shape()))
		}
		found = found || len(axis) == 1
		if keep {
			r.axes = append(r.axes, nil)
		}
	}
	if !found {
		return r, nil // over a single step or sequence
	}
	if s.tracks == nil && to == mean && s.pool == format.PoolNone && s.affineAboveSteps() {
		r.steps, r.reversed, r.pool = nil, false, format.PoolMean
		return r, nil
	}
	if s.tracks == nil || s.output != format.OutputLinear || s.skip {
		return nil, c.unsupported("over the steps of what is not the output of a recurrent layer")
	}
	r.steps, r.reversed = nil, false
	r.tracks = slices.Clone(s.tracks)
	for i, p := range r.tracks {
		if p.stage.lengths != nil {
			return nil, c.unsupported("over the steps of sequences that have lengths of their own")
		}
		r.tracks[i].when = to
	}
	return r, nil
}

// affineAboveSteps reports whether a stream is the output of dense layers
// without an activation for every step of a recurrent layer: the mean of their
// outputs then is their output for the mean.
func (s *stream) affineAboveSteps() bool {
	if s.output != format.OutputLinear || s.skip {
		return false
	}
	for st := s.stage; st != nil && st.embedding == nil; st = st.before {
		if st.layer.Cell.Recurrent() {
			return st.lengths == nil
		}
		if st.layer.Activation.Kind != format.ActivationNone {
			return false
		}
	}
	return false
}

// addDirections adds directions of one recurrent layer.
func (c *call) addDirections(a, b *stream) (value, error) {
	var both []*stream
	for _, s := range []*stream{a, b} {
		r := s.clone()
		r.axes = slices.Concat([][]*atom{nil}, s.axes)
		both = append(both, r)
	}
	joined, err := c.joinStreams(both, 0)
	if err != nil {
		return nil, err
	}
	return c.sumDirections(joined.(*stream), 0, false, false)
}

// sumDirections adds directions of a recurrent layer, which are axis k, as a
// dense layer with ones for each pair that it sums; or it takes their mean.
func (c *call) sumDirections(s *stream, k int, keep, average bool) (value, error) {
	tracks, units := s.trackAtoms()
	n, width := len(s.tracks), axisSize(units).known()
	if !slices.Equal(s.axes[k], tracks) || width < 1 {
		return nil, c.unsupported("over axis %d of the shape %v, which is not that of directions alone", k, shapeText(s.shape()))
	}
	size := length([]int{width, width, n})
	if err := c.spend(size); err != nil {
		return nil, err
	}
	weights := make([]float32, size)
	for i := range width {
		for p := range n {
			weights[i*n*width+p*width+i] = 1
			if average {
				weights[i*n*width+p*width+i] = 1 / float32(n)
			}
		}
	}
	shaped := s.clone()
	shaped.features = units
	shaped.axes = slices.Clone(s.axes)
	shaped.axes[k] = nil
	if !keep {
		shaped.axes = slices.Delete(shaped.axes, k, k+1)
	}
	return c.dense(s, shaped, weights, nil, format.Activation{})
}
