package onnx

import "math"

// batchNormalization scales and shifts every feature by constants:
//
//	y = (x - mean) / √(variance + epsilon) · scale + bias
//
// The features are axis 1.
func batchNormalization(c *call) ([]value, error) {
	epsilon, err := c.floatAttribute("epsilon", 1e-5)
	if err != nil {
		return nil, err
	}
	if _, err := c.floatAttribute("momentum", 0.9); err != nil {
		return nil, err
	}
	training, err := c.intAttribute("training_mode", 0)
	if err != nil {
		return nil, err
	}
	spatial, err := c.intAttribute("spatial", 1)
	if err != nil {
		return nil, err
	}
	s, ok := c.in[0].(*stream)
	if !ok || training != 0 || spatial != 1 || len(s.axes) < 2 {
		return nil, c.unsupported("in training mode, or of constants, of less than 2 axes, or not spatial")
	}
	if !s.known && s.raw() && len(s.cuts) == 0 && len(s.axes[1]) < 2 && s.dtype.isFloat() {
		s = s.clone() // for an input, this tells the axis of the features
		s.known, s.features = true, s.axes[1]
	}
	if s, err = c.features(s, 1); err != nil {
		return nil, err
	}
	width := s.width()
	if width < 1 {
		return nil, c.unsupported("of an open number of features")
	}
	var v [4][]float32
	for i, name := range []string{"scale", "B", "mean", "var"} {
		a, err := c.array(i+1, name)
		if err != nil {
			return nil, err
		}
		if v[i], err = c.matrix(a, name, width); err != nil {
			return nil, err
		}
	}
	scale, shift := make([]float64, width), make([]float64, width)
	for i := range width {
		scale[i] = float64(v[0][i]) / math.Sqrt(float64(v[3][i])+float64(epsilon))
		shift[i] = float64(v[1][i]) - float64(v[2][i])*scale[i]
	}
	return one(c.scaleAndShift(s, scale, shift))
}
