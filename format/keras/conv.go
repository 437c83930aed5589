package keras

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A sliding is a kernel or a pool that slides over the steps.
type sliding struct {
	kernel, stride, dilation int
	padding                  string // "valid", "same" or "causal"
}

// sliding reads the config of a kernel.
func (l *layer) sliding() sliding {
	s := sliding{
		kernel: l.config.size(0, "kernel_size", "filter_length"), stride: l.config.size(1, "strides", "subsample_length"), dilation: l.config.size(1, "dilation_rate", "atrous_rate"),
		padding: l.config.text("valid", "padding", "border_mode"),
	}
	l.config.only("data_format", "channels_last")
	l.config.only("rank", 1.0)
	return s
}

// span returns how many frames a kernel reads.
func (s sliding) span() int { return (s.kernel-1)*s.dilation + 1 }

// around returns how many frames of padding there are on each side of that many
// frames.
func (s sliding) around(frames int) (before, after int) {
	switch s.padding {
	case "causal":
		return s.span() - 1, 0
	case "same":
		outputs := (frames + s.stride - 1) / s.stride
		total := max((outputs-1)*s.stride+s.span()-frames, 0)
		return total / 2, total - total/2
	}
	return 0, 0
}

// padded returns a tensor with the frames that a kernel reads beyond it: frames of
// other steps if the steps are those of the model, otherwise zeros, or the value.
func (b *builder) padded(l *layer, t tensor, s sliding, value float32) (tensor, error) {
	switch {
	case l.config.err != nil:
		return t, l.config.err
	case len(t.shape) != 2:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
	case s.padding != "valid" && s.padding != "same" && s.padding != "causal" || s.span() > format.MaxSize:
		return t, network.Refuse(network.ErrUnsupported, l.title(), "the padding %s, or a kernel of %s", network.Quote(s.padding), message.Count(s.span(), "step"))
	}
	frames := b.values[t.value].Frames
	var op format.Op
	if t.steps {
		if frames%s.stride != 0 {
			return t, &errFrames{l.title(), s.stride / gcd(s.stride, frames)}
		}
		before, after := s.around(frames)
		switch {
		case s.padding == "valid" && s.span() > s.stride:
			return t, refuseWhole(l, "without padding it gives fewer steps than it reads")
		case (before > 0 || after > 0) && value != 0:
			return t, refuseWhole(l, "it reads beyond the ends of the sequence")
		}
		op = &format.Window{Before: before, After: after}
		if before+after == 0 {
			op = nil
		} else if !b.values[t.value].EachStep() {
			return t, refuseWhole(l, "it reads neighbouring steps of a tensor of the whole sequence")
		}
	} else if before, after := s.around(frames); before+after > 0 {
		op = &format.Pad{Before: before, After: after, Value: value}
	}
	var err error
	if op != nil {
		t.value, err = b.put(l, op, t.value)
	}
	return t, err
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// slid returns the tensor of a node that slides over t.
func (b *builder) slid(t tensor, value, stride int) tensor {
	n := t.shape[0]
	if v := b.values[value]; !t.steps {
		n = v.Frames
	} else if n > 0 {
		n /= stride
	}
	t.value, t.shape = value, []int{n, b.values[value].Channels}
	return t
}

func conv(b *builder, l *layer, t tensor) (tensor, error) {
	s := l.sliding()
	filters, groups := l.config.size(0, "filters", "nb_filter"), l.config.size(1, "groups")
	x, err := b.padded(l, t, s, 0)
	if err != nil {
		return t, err
	}
	inputs := t.channels()
	if inputs%groups != 0 || filters%groups != 0 {
		return t, network.Refuse(network.ErrShape, l.title(), "%s of %s and %s", message.Count(groups, "group"), message.Count(inputs, "input"), message.Count(filters, "filter"))
	}
	each, rows := inputs/groups, filters/groups
	l.kernel1(s.kernel, filters)
	w, err := l.weight("kernel", s.kernel, each, filters)
	if err != nil {
		return t, err
	}
	bias, err := l.vector("bias", l.config.flag(true, "use_bias", "bias"), filters)
	if err != nil {
		return t, err
	}
	if groups == inputs && groups == filters && groups > 1 {
		return b.depthwise(l, x, t, s, w.data, bias)
	}
	var parts []int
	for g := range groups {
		part := x.value
		if groups > 1 {
			if part, err = b.put(l, &format.Slice{Axis: format.AxisChannels, Start: g * each, Count: each, Step: 1}, x.value); err != nil {
				return t, err
			}
		}
		kernel := make([]float32, rows*each*s.kernel) // [rows][each][kernel]
		for k := range s.kernel {
			at := k
			if l.theano {
				at = s.kernel - 1 - k
			}
			for c := range each {
				for o := range rows {
					kernel[(o*each+c)*s.kernel+at] = w.data[(k*each+c)*filters+g*rows+o]
				}
			}
		}
		var biases []float32
		if bias != nil {
			biases = bias[g*rows:][:rows]
		}
		c, err := format.PackConv(each, rows, s.kernel, s.stride, s.dilation, kernel, biases)
		if err != nil {
			return t, network.Refuse(network.ErrShape, l.title(), "%v", err)
		}
		if part, err = b.put(l, c, part); err != nil {
			return t, err
		}
		if groups == 1 {
			b.folds[part] = func(factor, offset []float32) (format.Op, error) {
				w, b := folded(kernel, bias, factor, offset, func(i int) int { return i / (each * s.kernel) })
				return format.PackConv(each, rows, s.kernel, s.stride, s.dilation, w, b)
			}
		}
		parts = append(parts, part)
	}
	v := parts[0]
	if groups > 1 {
		if v, err = b.put(l, &format.Concat{Axis: format.AxisChannels}, parts...); err != nil {
			return t, err
		}
	}
	return b.activated(l, b.slid(t, v, s.stride))
}

// kernel1 converts the kernel of Keras 1, [kernel][1][inputs][filters] or
// [filters][inputs][kernel][1], to the form of later versions.
func (l *layer) kernel1(kernel, filters int) {
	a := l.arrays["kernel"]
	if a == nil || len(a.shape) != 4 || l.keras != 1 {
		return
	}
	s := a.shape
	switch {
	case s[0] == kernel && s[1] == 1 && s[3] == filters:
		l.arrays["kernel"] = &array{name: a.name, kind: a.kind, shape: []int{kernel, s[2], filters}, data: a.data}
	case s[0] == filters && s[2] == kernel && s[3] == 1:
		data := make([]float32, 0, len(a.data))
		for k := range kernel {
			for c := range s[1] {
				for f := range filters {
					data = append(data, a.data[(f*s[1]+c)*kernel+k])
				}
			}
		}
		l.arrays["kernel"] = &array{name: a.name, kind: a.kind, shape: []int{kernel, s[1], filters}, data: data}
	}
}

// depthwise adds a convolution of each channel by itself, with weights
// [kernel][channels], and the layer's activation.
func (b *builder) depthwise(l *layer, x, t tensor, s sliding, weight, bias []float32) (tensor, error) {
	t, err := b.channelwise(l, x, t, s, weight, bias)
	if err != nil {
		return t, err
	}
	return b.activated(l, t)
}

func (b *builder) channelwise(l *layer, x, t tensor, s sliding, weight, bias []float32) (tensor, error) {
	n := t.channels()
	if bias == nil {
		bias = make([]float32, n)
	}
	v, err := b.put(l, &format.Depthwise{Channels: n, Kernel: s.kernel, Stride: s.stride, Dilation: s.dilation, Weight: weight, Bias: bias}, x.value)
	if err != nil {
		return t, err
	}
	return b.slid(t, v, s.stride), nil
}

// multiplied repeats each channel once per filter, and returns the filters
// [kernel][channels].
func (b *builder) multiplied(l *layer, x tensor, s sliding) (tensor, []float32, error) {
	n, times := x.channels(), l.config.size(1, "depth_multiplier")
	w, err := l.weight("depthwise_kernel", s.kernel, n, times)
	if err != nil || times == 1 {
		return x, w.floats(), err
	}
	pick := make([]float32, len(w.data)/s.kernel*n) // [channels·times][channels]
	for i := range n * times {
		pick[i*n+i/times] = 1
	}
	x, err = b.layer(l, x, network.NewDense(l.title(), n, n*times, pick, nil))
	return x, w.data, err
}

func depthwise(b *builder, l *layer, t tensor) (tensor, error) {
	s := l.sliding()
	x, err := b.padded(l, t, s, 0)
	if err != nil {
		return t, err
	}
	x, w, err := b.multiplied(l, x, s)
	if err != nil {
		return t, err
	}
	t.shape = []int{t.shape[0], x.channels()}
	bias, err := l.vector("bias", l.config.flag(true, "use_bias"), t.channels())
	if err != nil {
		return t, err
	}
	return b.depthwise(l, x, t, s, w, bias)
}

func separable(b *builder, l *layer, t tensor) (tensor, error) {
	s := l.sliding()
	filters := l.config.size(0, "filters")
	x, err := b.padded(l, t, s, 0)
	if err != nil {
		return t, err
	}
	x, w, err := b.multiplied(l, x, s)
	if err != nil {
		return t, err
	}
	inputs := x.channels()
	t.shape = []int{t.shape[0], inputs}
	p, err := l.weight("pointwise_kernel", 1, inputs, filters)
	if err != nil {
		return t, err
	}
	bias, err := l.vector("bias", l.config.flag(true, "use_bias"), filters)
	if err != nil {
		return t, err
	}
	if t, err = b.channelwise(l, x, t, s, w, nil); err != nil {
		return t, err
	}
	return b.dense(l, t, transposed(p.data, inputs, filters), bias, filters)
}

// maxMade bounds the numbers of a constant that the file does not have.
const maxMade = 1 << 18

// pool adds a pool of neighbouring steps.
func (b *builder) pool(l *layer, t tensor, mean bool) (tensor, error) {
	s := sliding{kernel: l.config.size(2, "pool_size", "pool_length"), dilation: 1, padding: l.config.text("valid", "padding", "border_mode")}
	s.stride = l.config.size(s.kernel, "strides", "stride")
	l.config.only("data_format", "channels_last")
	beyond := float32(math.Inf(-1))
	frames := b.values[t.value].Frames
	if mean {
		beyond = 0
	}
	if t.steps && s.padding == "same" && s.kernel != s.stride {
		return t, refuseWhole(l, "it reads beyond the ends of the sequence")
	}
	x, err := b.padded(l, t, s, beyond)
	if err != nil {
		return t, err
	}
	v, err := b.put(l, &format.FramePool{Mean: mean, Kernel: s.kernel, Stride: s.stride}, x.value)
	if err != nil {
		return t, err
	}
	if before, after := s.around(frames); mean && !t.steps && before+after > 0 {
		// A mean counts only the frames that exist.
		c := &format.Constant{Frames: b.values[v].Frames, Channels: 1}
		if c.Frames > maxMade {
			return t, network.Refuse(network.ErrUnsupported, l.title(), "means of %s of a sequence with fewer steps at its ends, want at most %d", message.Count(c.Frames, "part"), maxMade)
		}
		for i := range c.Frames {
			from := i*s.stride - before
			c.Data = append(c.Data, float32(s.kernel)/float32(min(from+s.kernel, frames)-max(from, 0)))
		}
		k, err := b.put(l, c)
		if err != nil {
			return t, err
		}
		if v, err = b.put(l, &format.Binary{Function: format.BinaryMul}, v, k); err != nil {
			return t, err
		}
	}
	return b.slid(t, v, s.stride), nil
}

func maxPool(b *builder, l *layer, t tensor) (tensor, error)     { return b.pool(l, t, false) }
func averagePool(b *builder, l *layer, t tensor) (tensor, error) { return b.pool(l, t, true) }

// global adds a pool of all steps.
func (b *builder) global(l *layer, t tensor, mean bool) (tensor, error) {
	l.config.only("data_format", "channels_last")
	keep := l.config.flag(false, "keepdims")
	if len(t.shape) != 2 {
		return t, network.Refuse(network.ErrUnsupported, l.title(), "it reads a tensor of the shape %v, want [steps features]", t.shape)
	}
	var err error
	if n := b.values[t.value].Frames; n > 1 {
		if t.value, err = b.put(l, &format.FramePool{Mean: mean, Kernel: n, Stride: n}, t.value); err != nil {
			return t, err
		}
	}
	if t.steps {
		pool := format.PoolMax
		if mean {
			pool = format.PoolMean
		}
		if t.value, err = b.put(l, &format.SequencePool{Pool: pool}, t.value); err != nil {
			return t, err
		}
	}
	t.shape, t.steps = slices.Clone(t.shape[1:]), false
	if keep {
		t.shape = []int{1, t.shape[0]}
	}
	return t, nil
}

func globalMax(b *builder, l *layer, t tensor) (tensor, error)     { return b.global(l, t, false) }
func globalAverage(b *builder, l *layer, t tensor) (tensor, error) { return b.global(l, t, true) }
