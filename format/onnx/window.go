package onnx

import "slices"

// windows reads MaxPool and AveragePool if one window covers all steps: they are
// a pool over the steps.
func windows(to when) func(c *call) ([]value, error) {
	return func(c *call) ([]value, error) {
		s, ok := c.in[0].(*stream)
		if !ok || len(s.axes) != 3 {
			return nil, c.unsupported("of constants, or of other than 3 axes")
		}
		for _, v := range []struct {
			name string
			due  int64 // of every number; -1: any
		}{{"kernel_shape", s.axesLength(2)}, {"strides", -1}, {"pads", 0}, {"dilations", 1}} {
			list, given, err := c.intsAttribute(v.name)
			if err != nil {
				return nil, err
			}
			other := v.due >= 0 && slices.ContainsFunc(list, func(n int64) bool { return n != v.due })
			if v.name == "kernel_shape" && (!given || len(list) != 1 || s.axesLength(2) < 1) || other {
				return nil, c.unsupported("%s %v for the shape %v, but a network has one window of all steps", v.name, list, shapeText(s.shape()))
			}
		}
		for _, name := range []string{"ceil_mode", "storage_order", "count_include_pad"} {
			if _, err := c.intAttribute(name, 0); err != nil {
				return nil, err
			}
		}
		auto, err := c.textAttribute("auto_pad", "NOTSET")
		if err != nil {
			return nil, err
		}
		if auto != "NOTSET" && auto != "VALID" {
			return nil, c.unsupported("with the auto_pad %s", quote(auto))
		}
		return one(c.pooled(s, map[int]bool{2: true}, true, to))
	}
}

// axesLength returns the length of an axis, or -1 if it is open.
func (s *stream) axesLength(k int) int64 { return int64(axisSize(s.axes[k]).known()) }

// pad reads Pad if it adds nothing.
func pad(c *call) ([]value, error) {
	pads, _, err := c.listOf("pads", 1, 10)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(pads, func(n int64) bool { return n != 0 }) {
		return nil, c.unsupported("it adds elements")
	}
	if _, err := c.textAttribute("mode", "constant"); err != nil {
		return nil, err
	}
	if _, err := c.floatAttribute("value", 0); err != nil {
		return nil, err
	}
	return same(c)
}
