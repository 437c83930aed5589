package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// softmax applies Softmax or LogSoftmax to the features.
func softmax(to format.Output) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		s, ok := c.in[0].(*stream)
		if !ok {
			return nil, c.unsupported("of constants")
		}
		otherwise := int64(-1)
		if c.model.opset < 13 {
			otherwise = 1
		}
		at, err := c.intAttribute("axis", otherwise)
		if err != nil {
			return nil, err
		}
		k, err := c.axis(at, len(s.axes))
		if err != nil {
			return nil, err
		}
		over := s.axes[k]
		if c.model.opset < 13 {
			over = slices.Concat(s.axes[k:]...) // before, an axis and all after it were one
		}
		if !s.known || !slices.Equal(over, s.features) {
			return nil, c.unsupported("over axis %d of the shape %v, which is not that of the features alone", k, shapeText(s.shape()))
		}
		return one(c.finish(s, to))
	}
}

// finish makes a stream the outputs of the network.
func (c *call) finish(s *stream, to format.Output) (*stream, error) {
	in, err := c.read(s)
	if err != nil {
		return nil, err
	}
	if in.stage == nil {
		return nil, c.unsupported("of the network's inputs")
	}
	r, err := c.inOrder(s, in)
	if err != nil {
		return nil, err
	}
	r.output = to
	return r, nil
}

// inOrder returns a stream as the outputs of a layer. If these are not all
// outputs of the layer below in their order, it adds a layer that only reorders
// them.
func (c *call) inOrder(s *stream, in reading) (*stream, error) {
	if in.order != nil {
		w, err := c.identity(s.width())
		if err != nil {
			return nil, err
		}
		return c.dense(s, s, w, nil, format.Activation{})
	}
	r := s.clone()
	r.stage, r.pool, r.tracks = in.stage, in.pool, nil
	return r, nil
}

// logarithm is the logarithm of a softmax, or of a sigmoid: log σ(x) =
// -softplus(-x).
func logarithm(c *call) ([]value, error) {
	s, ok := c.in[0].(*stream)
	if !ok {
		return nil, c.unsupported("of constants")
	}
	if s.output == format.OutputSoftmax {
		r := s.clone()
		r.output = format.OutputLogSoftmax
		return one(r, nil)
	}
	st := s.stage
	if st == nil || s.tracks != nil || st.embedding != nil || !st.layer.Dense() || st.layer.Activation.Kind != format.ActivationSigmoid ||
		s.output != format.OutputLinear || s.skip {
		return nil, c.unsupported("of something other than a softmax or a sigmoid")
	}
	n := st.layer.HiddenSize
	negative, zero := slices.Repeat([]float64{-1}, n), make([]float64, n)
	l := scaledLayer(st.layer, negative, zero)
	l.Activation = format.Activation{Kind: format.ActivationSoftplus}
	return one(c.scaleAndShift(c.changed(s, l), negative, zero))
}

func argMax(c *call) ([]value, error) {
	at, err := c.intAttribute("axis", 0)
	if err != nil {
		return nil, err
	}
	keep, err := c.intAttribute("keepdims", 1)
	if err != nil {
		return nil, err
	}
	last, err := c.intAttribute("select_last_index", 0)
	if err != nil {
		return nil, err
	}
	s, ok := c.in[0].(*stream)
	if !ok {
		return nil, c.unsupported("of constants")
	}
	k, err := c.axis(at, len(s.axes))
	if err != nil {
		return nil, err
	}
	switch {
	case !s.known || !slices.Equal(s.axes[k], s.features):
		return nil, c.unsupported("over axis %d of the shape %v, which is not that of the features", k, shapeText(s.shape()))
	case last != 0:
		return nil, c.unsupported("it takes the last of several greatest outputs (select_last_index)")
	}
	if s.output == format.OutputSoftmax || s.output == format.OutputLogSoftmax {
		s = s.clone()
		s.output = format.OutputLinear // both leave the order of the outputs as it is
	}
	r, err := c.finish(s, format.OutputArgMax)
	if err != nil {
		return nil, err
	}
	r.dtype = typeInt64
	r.features = nil
	r.axes = slices.Clone(r.axes)
	r.axes[k] = nil
	if keep == 0 {
		r.axes = slices.Delete(r.axes, k, k+1)
	}
	return one(r, nil)
}

func dropout(c *call) ([]value, error) {
	if c.model.opset < 12 {
		if _, err := c.floatAttribute("ratio", 0.5); err != nil {
			return nil, err
		}
	} else {
		if _, err := c.intAttribute("seed", 0); err != nil {
			return nil, err
		}
		a, err := c.array(2, "training_mode")
		if err != nil {
			return nil, err
		}
		if a != nil && (a.isFloat() || !a.isZero()) {
			return nil, c.unsupported("in training mode; export the model for inference")
		}
	}
	return same(c)
}
