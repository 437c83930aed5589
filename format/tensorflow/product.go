package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
	"github.com/rnnrun/rnnrun/internal/message"
)

// products adds the operators that compute with weights.
func products(ops map[string]operator) {
	ops["MatMul"] = (*call).matMul
	for _, name := range []string{"BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"} {
		ops[name] = (*call).batchMatMul
	}
	ops["Conv2D"], ops["DepthwiseConv2dNative"] = (*call).conv, (*call).conv
	ops["MaxPool"], ops["AvgPool"] = (*call).pool, (*call).pool
	for _, name := range []string{"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"} {
		ops[name] = (*call).batchNorm
	}
}

func (c *call) matMul() ([]value, error) { return c.product("transpose_a", "transpose_b") }

func (c *call) batchMatMul() ([]value, error) { return c.product("adj_x", "adj_y") }

// product multiplies two matrices, each as it is or transposed.
func (c *call) product(flags ...string) ([]value, error) {
	list, err := c.tensors(2)
	if err != nil {
		return nil, err
	}
	for i, name := range flags {
		transposed, err := c.flag(name)
		if err != nil {
			return nil, err
		}
		rank := len(list[i].shape)
		if rank < 2 || !list[i].dtype.isFloat() {
			return nil, c.damaged("of %s and %s", describe(list[0]), describe(list[1]))
		}
		if !transposed {
			continue
		}
		order := make([]int, rank)
		for k := range order {
			order[k] = k
		}
		order[rank-1], order[rank-2] = rank-2, rank-1
		if list[i], err = c.transposed(list[i], order); err != nil {
			return nil, err
		}
	}
	a, b := list[0].shape, list[1].shape
	n, m := len(a), len(b)
	if a[n-1] != b[m-2] {
		return nil, c.damaged("of the shapes %s and %s", shapeText(a), shapeText(b))
	}
	shape, err := c.broadcast(a[:n-2], b[:m-2])
	if err != nil {
		return nil, err
	}
	shape = append(shape, a[n-2], b[m-1])
	return one(c.nodeOf("MatMul", list[0].dtype, shape, nil, list...))
}

// A plane holds the axes that a convolution or a pool goes over: those beside the
// batch and the channels, which ONNX has after the channels.
type plane struct {
	x                  *tensor // [batch, channels, height, width]
	last               bool    // TensorFlow has the channels last
	strides, dilations [2]int
}

// plane returns the first input as ONNX has it.
func (c *call) plane() (p plane, err error) {
	if p.x, err = c.tensor(0); err != nil {
		return p, err
	}
	layout, err := c.text("data_format", "NHWC")
	if err != nil {
		return p, err
	}
	p.last = layout == "NHWC"
	if len(p.x.shape) != 4 || !p.last && layout != "NCHW" {
		return p, c.unsupported("of %s and the layout %.20q", describe(p.x), layout)
	}
	for name, to := range map[string]*[2]int{"strides": &p.strides, "dilations": &p.dilations} {
		if *to, err = c.pair(name, p.last); err != nil {
			return p, err
		}
	}
	if p.last {
		p.x, err = c.transposed(p.x, []int{0, 3, 1, 2})
	}
	return p, err
}

// pair returns an option's numbers for the height and the width.
func (c *call) pair(name string, last bool) ([2]int, error) {
	list, err := c.node.integers(name)
	if err != nil || list == nil {
		return [2]int{1, 1}, err
	}
	if len(list) != 4 || slices.ContainsFunc(list, func(v int64) bool { return v < 1 || v > 1<<16 }) {
		return [2]int{}, c.damaged("%s %v", name, list)
	}
	pair, others := list[2:], list[:2]
	if last {
		pair, others = list[1:3], []int64{list[0], list[3]}
	}
	if others[0] != 1 || others[1] != 1 {
		return [2]int{}, c.unsupported("%s %v along the batch or the channels", name, list)
	}
	return [2]int{int(pair[0]), int(pair[1])}, nil
}

// window returns the padding before and after each axis, and the lengths that a window
// of that size leaves.
func (c *call) window(p plane, size [2]int) (pads []int, out [2]dimension, err error) {
	padding, err := c.text("padding", "")
	if err != nil {
		return nil, out, err
	}
	pads = make([]int, 4)
	for i := range 2 {
		d := p.x.shape[2+i]
		reach := (size[i]-1)*p.dilations[i] + 1
		switch {
		case padding == "VALID":
			if out[i] = (dimension{(d.n-reach)/p.strides[i] + 1, d.open}); d.n < reach {
				return nil, out, c.damaged("a window of %d of an axis of %d", reach, d.n)
			}
		case padding == "SAME" && d.open && p.strides[i] != 1:
			return nil, out, c.unsupported("padding SAME with a stride along an open number of steps; give the shape of the input (--shape)")
		case padding == "SAME":
			out[i] = dimension{(d.n + p.strides[i] - 1) / p.strides[i], d.open}
			all := max(0, (out[i].n-1)*p.strides[i]+reach-d.n)
			pads[i], pads[2+i] = all/2, all-all/2
		default:
			return nil, out, c.unsupported("padding %.20q", padding)
		}
	}
	return pads, out, nil
}

// back returns ONNX's result in TensorFlow's layout.
func (c *call) back(p plane, y *tensor, err error) ([]value, error) {
	if err != nil || !p.last {
		return one(y, err)
	}
	return one(c.transposed(y, []int{0, 2, 3, 1}))
}

// conv is a convolution with a kernel [height, width, input, output]; a depthwise one
// has [height, width, channels, outputs of each].
func (c *call) conv() ([]value, error) {
	p, err := c.plane()
	if err != nil {
		return nil, err
	}
	k, err := c.tensor(1)
	if err != nil {
		return nil, err
	}
	channels := p.x.shape[1]
	if len(k.shape) != 4 || k.shape[2] != channels || k.isOpen() {
		return nil, c.damaged("of %s and a kernel of the shape %s", message.Count(channels.n, "channel"), shapeText(k.shape))
	}
	size := [2]int{k.shape[0].n, k.shape[1].n}
	pads, out, err := c.window(p, size)
	if err != nil {
		return nil, err
	}
	group, outputs := 1, k.shape[3].n
	order := []int{3, 2, 0, 1}
	if c.node.op == "DepthwiseConv2dNative" {
		group, outputs = channels.n, channels.n*outputs
		order = []int{2, 3, 0, 1}
	}
	weights, err := c.transposed(k, order)
	if err != nil {
		return nil, err
	}
	if group > 1 {
		if weights, err = c.laidOut(weights, []dimension{{n: outputs}, {n: 1}, k.shape[0], k.shape[1]}); err != nil {
			return nil, err
		}
	}
	shape := []dimension{p.x.shape[0], {n: outputs}, out[0], out[1]}
	y, err := c.nodeOf("Conv", p.x.dtype, shape, []proto.Attribute{
		{Name: "kernel_shape", Value: size[:]}, {Name: "strides", Value: p.strides[:]}, {Name: "dilations", Value: p.dilations[:]},
		{Name: "pads", Value: pads}, {Name: "group", Value: group},
	}, p.x, weights)
	return c.back(p, y, err)
}

// pool takes the greatest number, or the mean, of windows.
func (c *call) pool() ([]value, error) {
	p, err := c.plane()
	if err != nil {
		return nil, err
	}
	size, err := c.pair("ksize", p.last)
	if err != nil {
		return nil, err
	}
	pads, out, err := c.window(p, size)
	if err != nil {
		return nil, err
	}
	operator := "MaxPool"
	attributes := []proto.Attribute{{Name: "kernel_shape", Value: size[:]}, {Name: "strides", Value: p.strides[:]}, {Name: "pads", Value: pads}}
	if c.node.op == "AvgPool" {
		operator = "AveragePool"
		attributes = append(attributes, proto.Attribute{Name: "count_include_pad", Value: 0})
	}
	y, err := c.nodeOf(operator, p.x.dtype, []dimension{p.x.shape[0], p.x.shape[1], out[0], out[1]}, attributes, p.x)
	return c.back(p, y, err)
}

// batchNorm normalizes channels by constants.
func (c *call) batchNorm() ([]value, error) {
	list, err := c.tensors(5)
	if err != nil {
		return nil, err
	}
	training, err := c.node.attribute("is_training", attributeFlag)
	if err != nil {
		return nil, err
	}
	if training == nil || training.flag {
		return nil, c.unsupported("in training, by the batch's own mean; freeze the graph for inference")
	}
	epsilon, err := c.float("epsilon", 1e-4)
	if err != nil {
		return nil, err
	}
	layout, err := c.text("data_format", "NHWC")
	if err != nil {
		return nil, err
	}
	x := list[0]
	if len(x.shape) != 4 || layout != "NHWC" && layout != "NCHW" {
		return nil, c.unsupported("of %s and the layout %.20q", describe(x), layout)
	}
	p := plane{x: x, last: layout == "NHWC"}
	if p.last {
		if p.x, err = c.transposed(x, []int{0, 3, 1, 2}); err != nil {
			return nil, err
		}
	}
	list[0] = p.x
	y, err := c.nodeOf("BatchNormalization", x.dtype, p.x.shape, []proto.Attribute{{Name: "epsilon", Value: epsilon}}, list...)
	return c.back(p, y, err)
}
