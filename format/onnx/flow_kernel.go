package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// A kernel is the part of convolutions and pools that slides along an axis.
type kernel struct {
	axis             int // -1: along none
	taps             int
	stride, dilation int
	before, after    int // frames of padding
}

// span returns how many frames the taps reach over.
func (k *kernel) span() int { return (k.taps-1)*k.dilation + 1 }

// kernels reads the attributes of an operator that slides along the axes of x from
// the third on, and returns a kernel for each.
func (t *tracer) kernels(c *call, x *flow, lengths []int) ([]kernel, error) {
	spatial := len(x.shape) - 2
	read := func(name string, n int, otherwise int64) ([]int64, error) {
		list, given, err := c.intsAttribute(name)
		if err == nil && !given {
			list = slices.Repeat([]int64{otherwise}, n)
		}
		if err == nil && (len(list) != n || slices.ContainsFunc(list, func(v int64) bool { return v < 0 || v > format.MaxSize })) {
			err = c.damaged("%s %v", name, list)
		}
		return list, err
	}
	if lengths == nil {
		list, err := read("kernel_shape", spatial, 1)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			lengths = append(lengths, int(n))
		}
	} else if list, given, err := c.intsAttribute("kernel_shape"); err != nil {
		return nil, err
	} else if given {
		for i, n := range list {
			if i >= len(lengths) || int(n) != lengths[i] {
				return nil, c.shape("kernel_shape %v for weights of %v", list, lengths)
			}
		}
	}
	strides, err := read("strides", spatial, 1)
	if err != nil {
		return nil, err
	}
	dilations, err := read("dilations", spatial, 1)
	if err != nil {
		return nil, err
	}
	pads, err := read("pads", 2*spatial, 0)
	if err != nil {
		return nil, err
	}
	auto, err := c.textAttribute("auto_pad", "NOTSET")
	if err != nil {
		return nil, err
	}
	list := make([]kernel, spatial)
	for i := range list {
		k := &list[i]
		*k = kernel{
			axis: 2 + i, taps: lengths[i], stride: int(max(strides[i], 1)), dilation: int(max(dilations[i], 1)),
			before: int(pads[i]), after: int(pads[spatial+i]),
		}
		switch auto {
		case "NOTSET", "VALID":
		case "SAME_UPPER", "SAME_LOWER":
			k.same(x, auto == "SAME_LOWER")
		default:
			return nil, c.damaged("the auto_pad %s", quote(auto))
		}
	}
	return list, nil
}

// same pads so that the kernel gives as many frames as there are strides in its
// input.
func (k *kernel) same(x *flow, lower bool) {
	n := x.shape[k.axis]
	due := max((n+k.stride-1)/k.stride*k.stride-k.stride+k.span()-n, 0)
	if k.axis == x.time {
		due = max(k.span()-k.stride, 0)
	}
	k.before, k.after = due/2, due-due/2
	if lower {
		k.before, k.after = k.after, k.before
	}
}

// slides reports whether the kernel does more than take every frame by itself.
func (k *kernel) slides() bool {
	return k.taps > 1 || k.stride > 1 || k.before+k.after > 0
}

// along returns the kernel of an axis, which is trivial if none slides along it.
func along(list []kernel, axis int) *kernel {
	for i := range list {
		if list[i].axis == axis {
			return &list[i]
		}
	}
	return &kernel{axis: axis, taps: 1, stride: 1, dilation: 1}
}

// slidAxes returns the axes along which kernels slide.
func slidAxes(list []kernel) (axes []int) {
	for i := range list {
		if list[i].slides() {
			axes = append(axes, list[i].axis)
		}
	}
	return axes
}
