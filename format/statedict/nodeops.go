package statedict

import (
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// A nodeOp is what a node can be.
type nodeOp struct {
	// build adds the ops of a node that reads values, and returns its value.
	build func(g *grapher, n *Node, in []int) (int, error)
	keys  string // what may be said of it, besides its name, inputs and activation
	least int    // values that it reads, and at most most
	most  int
}

// most is how many values a node may read.
const most = 1 << 10

// nodeOps returns the ops of nodes by their names. An activation is an op, too.
func nodeOps() map[string]nodeOp {
	one := func(build func(*grapher, *Node, []int) (int, error), keys string) nodeOp {
		return nodeOp{build, keys, 1, 1}
	}
	cell := one((*grapher).recurrent, "module recurrent_activation reset_before reverse gates clip input_forget peephole h0 c0")
	binary := func(f format.BinaryFunction) nodeOp { return nodeOp{binaryOp(f), "", 2, most} }
	return map[string]nodeOp{
		"embedding": one((*grapher).embedding, "module"),
		"linear":    one((*grapher).linear, "module"),
		"rnn":       cell, "lstm": cell, "gru": cell,
		"conv1d":           one((*grapher).conv, "module stride dilation groups padding causal same"),
		"conv_transpose1d": one((*grapher).convTranspose, "module stride padding carry"),
		"batchnorm":        one((*grapher).batchNorm, "module eps"),
		"layernorm":        one(normOp(format.NormLayer), "module eps"), "rmsnorm": one(normOp(format.NormRMS), "module eps"),
		"instancenorm": one(normOp(format.NormInstance), "module eps"), "l2norm": one(normOp(format.NormL2), "module eps"),
		"prelu": one((*grapher).prelu, "module"),
		"add":   binary(format.BinaryAdd), "sub": binary(format.BinarySub), "mul": binary(format.BinaryMul),
		"div": binary(format.BinaryDiv), "max": binary(format.BinaryMax), "min": binary(format.BinaryMin),
		"concat":      {(*grapher).concat, "axis", 1, most},
		"slice":       one((*grapher).slice, "axis start count step"),
		"reshape":     one((*grapher).reshape, "frames channels"),
		"transpose":   one(func(g *grapher, _ *Node, in []int) (int, error) { return g.put(&format.Transpose{}, in...) }, ""),
		"window":      one((*grapher).window, "before after"),
		"pad":         one((*grapher).pad, "before after mode value"),
		"max_pool":    one(framePoolOp(false), "kernel stride padding"),
		"avg_pool":    one(framePoolOp(true), "kernel stride"),
		"pool":        {(*grapher).pool, "pool", 1, 2},
		"repeat":      one(func(g *grapher, _ *Node, in []int) (int, error) { return g.put(&format.Repeat{}, in...) }, ""),
		"matmul":      {(*grapher).matmul, "transposed", 2, 2},
		"overlap_add": one((*grapher).overlapAdd, "channels kernel stride carry"),
		"constant":    {(*grapher).constant, "tensor", 0, 0},
	}
}

// functions are the activations of nodes by PyTorch's names.
var functions = map[string]format.ActivationKind{
	"relu": format.ActivationReLU, "tanh": format.ActivationTanh, "sigmoid": format.ActivationSigmoid,
	"leaky_relu": format.ActivationLeakyReLU, "elu": format.ActivationELU, "softsign": format.ActivationSoftsign,
	"thresholded_relu": format.ActivationThresholdedReLU, "softplus": format.ActivationSoftplus, "hardsigmoid": format.ActivationHardSigmoid, "softmax": format.ActivationSoftmax,
	"exp": format.ActivationExp, "log": format.ActivationLog, "sqrt": format.ActivationSqrt, "square": format.ActivationSquare,
	"abs": format.ActivationAbs, "reciprocal": format.ActivationReciprocal, "gelu": format.ActivationGELU,
	"gelu_tanh": format.ActivationGELUTanh, "silu": format.ActivationSiLU, "hardswish": format.ActivationHardSwish,
	"clip": format.ActivationClip, "affine": format.ActivationAffine, "scaled_tanh": format.ActivationScaledTanh,
	"sin": format.ActivationSin, "cos": format.ActivationCos, "sign": format.ActivationSign, "floor": format.ActivationFloor,
}

// function returns the activation of that name, with the node's constants.
func (n *Node) function(name string) (format.Activation, error) {
	kind, err := lookup("activation", name, functions)
	if err != nil {
		return format.Activation{}, err
	}
	a := kind.Default()
	if kind == format.ActivationHardSigmoid {
		a.Alpha = 1.0 / 6 // PyTorch's; ONNX has 0.2
	}
	if n.Alpha != nil {
		a.Alpha = *n.Alpha
	}
	if n.Beta != nil {
		a.Beta = *n.Beta
	}
	if a.Canonical() != a {
		return a, network.Refuse(network.ErrArchitecture, name, `"alpha" or "beta" are given, which it does not have`)
	}
	return a, nil
}

// apply adds a node whose op is an activation.
func (g *grapher) apply(n *Node, in []int) (int, error) {
	a, err := n.function(n.Op)
	if err != nil {
		return 0, err
	}
	return g.put(&format.Map{Function: a}, in...)
}

func (g *grapher) embedding(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 2)
	if err != nil {
		return 0, err
	}
	return g.put(&format.Embedding{Tokens: w.Shape[0], Size: w.Shape[1], Table: w.Data}, in...)
}

func (g *grapher) linear(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 2)
	if err != nil {
		return 0, err
	}
	bias, err := g.vector(n, "bias", w.Shape[0])
	if err != nil {
		return 0, err
	}
	d := network.NewDense(w.Name, w.Shape[1], w.Shape[0], w.Data, bias)
	if n.Activation != "" && n.Activation != "none" {
		if d.Activation, err = n.function(n.Activation); err != nil {
			return 0, err
		}
	}
	l, err := d.Pack()
	if err != nil {
		return 0, err
	}
	return g.put(&l, in...)
}

// recurrent adds the layers of an RNN, an LSTM or a GRU.
func (g *grapher) recurrent(n *Node, in []int) (int, error) {
	var own []Tensor
	for name, t := range g.tensors {
		if prefix, slot := place(name); slot != nil && prefix == n.Module && recurrentName.MatchString(name) {
			g.used[name] = true
			own = append(own, *t)
		}
	}
	list, err := modules(withBothBiases(own))
	if err != nil {
		return 0, err
	}
	if len(list) != 1 {
		name := join(n.Module, "weight_ih_l0")
		return 0, g.refuse("the file has no tensors of a recurrent module %s: weight_ih_l0, weight_hh_l0, …%s", network.Quote(n.Module), suggestTensor(name, g.tensors))
	}
	layers, err := list[0].build()
	if err != nil {
		return 0, err
	}
	if err := g.states(n, list[0], layers); err != nil {
		return 0, err
	}
	if err := g.peepholes(n, layers); err != nil {
		return 0, err
	}
	v := in[0]
	for i := range layers {
		l := &layers[i]
		if cell := l.Cell.String(); !strings.EqualFold(cell, n.Op) {
			return 0, g.refuse("its tensors are those of a %s, not of %s", cell, n.Op)
		}
		if err := n.gates(l); err != nil {
			return 0, err
		}
		packed, err := l.Pack()
		if err != nil {
			return 0, err
		}
		if v, err = g.put(&packed, v); err != nil {
			return 0, err
		}
	}
	return v, nil
}

// withBothBiases adds zeros for a bias of the state that other frameworks do not
// have beside that of the input.
func withBothBiases(tensors []Tensor) []Tensor {
	for _, t := range tensors {
		other := strings.Replace(t.Name, "bias_ih", "bias_hh", 1)
		if other != t.Name && !slices.ContainsFunc(tensors, func(t Tensor) bool { return t.Name == other }) {
			tensors = append(tensors, Tensor{Name: other, DType: t.DType, Shape: t.Shape, Data: make([]float32, len(t.Data))})
		}
	}
	return tensors
}

// gates sets what the node says of a recurrent layer.
func (n *Node) gates(l *network.Layer) error {
	if n.ResetBefore {
		if !slices.Contains(l.Cell.Variants(), format.VariantResetBefore) {
			return network.Refuse(network.ErrArchitecture, n.Module, `"reset_before" is of a GRU`)
		}
		l.Variant = format.VariantResetBefore
	}
	if n.Reverse {
		if len(l.Directions) != 1 {
			return network.Refuse(network.ErrArchitecture, n.Module, `"reverse" is of a layer of one direction`)
		}
		l.Reverse = true
	}
	if err := n.special(l); err != nil {
		return err
	}
	if n.Activation == "" && n.RecurrentActivation == "" {
		return nil
	}
	list := append([]format.Activation(nil), l.Cell.Activations(max(l.Variant, l.Cell.DefaultVariant()))...)
	if n.Activation != "" {
		a, err := n.function(n.Activation)
		if err != nil {
			return err
		}
		for i := min(1, len(list)-1); i < len(list); i++ {
			list[i] = a
		}
	}
	if n.RecurrentActivation != "" {
		a, err := n.function(n.RecurrentActivation)
		if err != nil {
			return err
		}
		list[0] = a
	}
	for d := range l.Directions {
		l.Directions[d].Activations = list
	}
	return nil
}

// states sets the learned initial states of a recurrent module.
func (g *grapher) states(n *Node, m *module, layers []network.Layer) error {
	b := builder{states: map[string]*Tensor{}}
	for _, name := range append(append(Names(nil), n.H0...), n.C0...) {
		if g.tensors[name] == nil {
			return g.refuse("the file has no tensor %s%s", network.Quote(name), suggestTensor(name, g.tensors))
		}
		g.used[name] = true
		b.states[name] = g.tensors[name]
	}
	return b.addStates(m, &Module{H0: n.H0, C0: n.C0}, layers)
}

func (g *grapher) conv(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 3)
	if err != nil {
		return 0, err
	}
	outputs, each, kernel := w.Shape[0], w.Shape[1], w.Shape[2]
	groups, stride, dilation := max(n.Groups, 1), max(n.Stride, 1), max(n.Dilation, 1)
	bias, err := g.vector(n, "bias", outputs)
	if err != nil {
		return 0, err
	}
	if outputs%groups != 0 {
		return 0, g.refuse("its %d outputs are not those of %d groups", outputs, groups)
	}
	x, err := g.padded(n, in[0], kernel, dilation)
	if err != nil {
		return 0, err
	}
	if groups > 1 && groups == outputs && each == 1 {
		return g.depthwise(w, bias, x, stride, dilation)
	}
	rows, parts := outputs/groups, []int(nil)
	for k := range groups {
		part := x
		if groups > 1 {
			if part, err = g.put(&format.Slice{Axis: format.AxisChannels, Start: k * each, Count: each, Step: 1}, x); err != nil {
				return 0, err
			}
		}
		var b []float32
		if bias != nil {
			b = bias[k*rows:][:rows]
		}
		c, err := format.PackConv(each, rows, kernel, stride, dilation, w.Data[k*rows*each*kernel:][:rows*each*kernel], b)
		if err != nil {
			return 0, err
		}
		if part, err = g.put(c, part); err != nil {
			return 0, err
		}
		parts = append(parts, part)
	}
	if groups > 1 {
		return g.put(&format.Concat{Axis: format.AxisChannels}, parts...)
	}
	return parts[0], nil
}

// depthwise adds a convolution of each channel by itself, whose weight is
// [channels][1][kernel].
func (g *grapher) depthwise(w *Tensor, bias []float32, x, stride, dilation int) (int, error) {
	channels, kernel := w.Shape[0], w.Shape[2]
	d := &format.Depthwise{Channels: channels, Kernel: kernel, Stride: stride, Dilation: dilation, Bias: bias}
	if bias == nil {
		d.Bias = make([]float32, channels)
	}
	for k := range kernel {
		for c := range channels {
			d.Weight = append(d.Weight, w.Data[c*kernel+k])
		}
	}
	return g.put(d, x)
}

// padded adds what a convolution of that many taps reads beyond the frames of a
// step: frames of zeros, or those of the steps around it.
func (g *grapher) padded(n *Node, x, kernel, dilation int) (int, error) {
	span := (kernel - 1) * dilation
	switch {
	case n.Causal && n.Same || (n.Causal || n.Same) && n.Padding > 0:
		return 0, g.refuse(`it is one of "causal", "same" and "padding"`)
	case n.Causal && span > 0:
		return g.put(&format.Window{Before: span}, x)
	case n.Same && span > 0:
		return g.put(&format.Window{Before: span / 2, After: span - span/2}, x)
	case n.Padding > 0:
		return g.put(&format.Pad{Before: n.Padding, After: n.Padding}, x)
	}
	return x, nil
}

// convTranspose adds the transpose of a convolution: a dense layer to all taps, and
// the sum of what meets.
func (g *grapher) convTranspose(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 3) // [inputs][outputs][kernel]
	if err != nil {
		return 0, err
	}
	inputs, outputs, kernel := w.Shape[0], w.Shape[1], w.Shape[2]
	bias, err := g.vector(n, "bias", outputs)
	if err != nil {
		return 0, err
	}
	rows := make([]float32, 0, len(w.Data))
	for k := range kernel {
		for o := range outputs {
			for i := range inputs {
				rows = append(rows, w.Data[(i*outputs+o)*kernel+k])
			}
		}
	}
	l, err := network.NewDense(w.Name, inputs, kernel*outputs, rows, nil).Pack()
	if err != nil {
		return 0, err
	}
	v, err := g.put(&l, in...)
	if err != nil {
		return 0, err
	}
	if v, err = g.put(&format.OverlapAdd{Channels: outputs, Kernel: kernel, Stride: max(n.Stride, 1), Carry: n.Carry}, v); err != nil {
		return 0, err
	}
	if n.Padding > 0 {
		count := g.shapes[v].Frames - 2*n.Padding
		if v, err = g.put(&format.Slice{Axis: format.AxisFrames, Start: n.Padding, Count: count, Step: 1}, v); err != nil {
			return 0, err
		}
	}
	if bias != nil {
		return g.withConstant(format.BinaryAdd, v, bias)
	}
	return v, nil
}

// withConstant takes a value together with a number of each channel.
func (g *grapher) withConstant(f format.BinaryFunction, x int, numbers []float32) (int, error) {
	c, err := g.put(&format.Constant{Frames: 1, Channels: len(numbers), Data: numbers})
	if err != nil {
		return 0, err
	}
	return g.put(&format.Binary{Function: f}, x, c)
}

// batchNorm adds what a batch normalization computes after training.
func (g *grapher) batchNorm(n *Node, in []int) (int, error) {
	m := &module{name: n.Module, weight: g.take(n, "weight"), bias: g.take(n, "bias"),
		mean: g.take(n, "running_mean"), variance: g.take(n, "running_var"), batches: g.take(n, "num_batches_tracked")}
	a, err := m.batchNorm(&Module{Eps: n.Eps})
	if err != nil {
		return 0, err
	}
	if channels := g.shapes[in[0]].Channels; channels != len(a.factor) {
		return 0, g.refuse("it is a batch normalization of %d channels, but reads %v", len(a.factor), g.shapes[in[0]])
	}
	factor, offset := make([]float32, len(a.factor)), make([]float32, len(a.factor))
	for i := range factor {
		factor[i], offset[i] = float32(a.factor[i]), float32(a.offset[i])
	}
	v, err := g.withConstant(format.BinaryMul, in[0], factor)
	if err != nil {
		return 0, err
	}
	return g.withConstant(format.BinaryAdd, v, offset)
}

func normOp(kind format.NormKind) func(*grapher, *Node, []int) (int, error) {
	return func(g *grapher, n *Node, in []int) (int, error) {
		size := g.shapes[in[0]].Channels
		o := &format.Norm{Kind: kind, Size: size, Epsilon: usualEps}
		switch kind {
		case format.NormRMS:
			o.Epsilon = 0x1p-23 // PyTorch's: the machine epsilon
		case format.NormL2:
			o.Epsilon = 1e-12
		}
		if n.Eps != nil {
			o.Epsilon = float32(*n.Eps)
		}
		if n.Module != "" {
			var err error
			if o.Gain, err = g.vector(n, "weight", size); err != nil {
				return 0, err
			}
			if o.Bias, err = g.vector(n, "bias", size); err != nil {
				return 0, err
			}
		}
		return g.put(o, in...)
	}
}

func (g *grapher) prelu(n *Node, in []int) (int, error) {
	w, err := g.weight(n, "weight", 1)
	if err != nil {
		return 0, err
	}
	size := g.shapes[in[0]].Channels
	slope := w.Data
	if len(slope) == 1 {
		slope = make([]float32, size)
		for i := range slope {
			slope[i] = w.Data[0]
		}
	}
	return g.put(&format.PReLU{Slope: slope, Size: len(slope)}, in...)
}

func binaryOp(f format.BinaryFunction) func(*grapher, *Node, []int) (int, error) {
	return func(g *grapher, n *Node, in []int) (int, error) {
		v := in[0]
		for _, next := range in[1:] {
			var err error
			if v, err = g.put(&format.Binary{Function: f}, v, next); err != nil {
				return 0, err
			}
		}
		return v, nil
	}
}

// axis returns the axis that the node names.
func (g *grapher) axis(n *Node) (format.Axis, error) {
	return lookup("axis", n.Axis, map[string]format.Axis{"": format.AxisChannels, "channels": format.AxisChannels, "frames": format.AxisFrames}, "channels", "frames")
}

func (g *grapher) concat(n *Node, in []int) (int, error) {
	axis, err := g.axis(n)
	if err != nil {
		return 0, err
	}
	return g.put(&format.Concat{Axis: axis}, in...)
}

func (g *grapher) slice(n *Node, in []int) (int, error) {
	axis, err := g.axis(n)
	if err != nil {
		return 0, err
	}
	step := n.Step
	if step == 0 {
		step = 1
	}
	return g.put(&format.Slice{Axis: axis, Start: n.Start, Count: n.Count, Step: step}, in...)
}

func (g *grapher) reshape(n *Node, in []int) (int, error) {
	return g.put(&format.Reshape{Frames: max(n.Frames, 1), Channels: max(n.Channels, 1)}, in...)
}

func (g *grapher) window(n *Node, in []int) (int, error) {
	return g.put(&format.Window{Before: n.Before, After: n.After}, in...)
}

func (g *grapher) pad(n *Node, in []int) (int, error) {
	if n.Value != 0 && n.Mode != "" && n.Mode != "constant" {
		return 0, g.refuse(`"value" is of the mode "constant"`)
	}
	value := n.Value
	if n.Mode == lowest {
		n = &Node{Before: n.Before, After: n.After}
		value = float32(math.Inf(-1))
	}
	mode, err := lookup("mode", n.Mode, map[string]format.PadMode{
		"": format.PadConstant, "constant": format.PadConstant, "reflect": format.PadReflect, "edge": format.PadEdge, "wrap": format.PadWrap,
	}, "constant", "reflect", "edge", "wrap", lowest)
	if err != nil {
		return 0, err
	}
	return g.put(&format.Pad{Mode: mode, Before: n.Before, After: n.After, Value: value}, in...)
}

// lowest is the mode of a pad of -Inf, which JSON lacks: what changes no greatest number.
const lowest = "lowest"

// framePoolOp returns the op that reduces frames of a step. Padding is of what
// changes no greatest number.
func framePoolOp(mean bool) func(*grapher, *Node, []int) (int, error) {
	return func(g *grapher, n *Node, in []int) (int, error) {
		kernel := n.Kernel
		if kernel == 0 {
			kernel = g.shapes[in[0]].Frames
		}
		stride := n.Stride
		if stride == 0 {
			stride = kernel
		}
		x := in[0]
		if n.Padding > 0 {
			if mean {
				return 0, g.refuse(`"padding" is of max_pool; put a pad of zeros before the mean, if they count`)
			}
			var err error
			if x, err = g.put(&format.Pad{Before: n.Padding, After: n.Padding, Value: float32(math.Inf(-1))}, x); err != nil {
				return 0, err
			}
		}
		return g.put(&format.FramePool{Mean: mean, Kernel: kernel, Stride: stride}, x)
	}
}

func (g *grapher) pool(n *Node, in []int) (int, error) {
	pool, err := lookup("pool", n.Pool, map[string]format.Pool{
		"first": format.PoolFirst, "last": format.PoolLast, "last_output": format.PoolLast, "max": format.PoolMax, "mean": format.PoolMean, "attention": format.PoolAttention,
	}, "first", "last", "last_output", "max", "mean", "attention")
	if err != nil {
		return 0, err
	}
	if l := g.layer(in[0]); n.Pool == "last" && len(in) == 1 && l != nil && l.Backward() {
		return g.finalState(l, in[0])
	}
	return g.put(&format.SequencePool{Pool: pool}, in...)
}

// layer returns the layer that gives a value; nil: none does.
func (g *grapher) layer(value int) *format.Layer {
	if value < len(g.graph.Inputs) {
		return nil
	}
	l, _ := g.graph.Nodes[value-len(g.graph.Inputs)].Op.(*format.Layer)
	return l
}

// finalState adds PyTorch's h_n of a layer with a reverse direction, whose last step is
// the first one of the sequence.
func (g *grapher) finalState(l *format.Layer, value int) (int, error) {
	if l.Reverse {
		return g.put(&format.SequencePool{Pool: format.PoolFirst}, value)
	}
	var parts []int
	size := l.StateSize()
	for d, pool := range []format.Pool{format.PoolLast, format.PoolFirst} {
		v, err := g.put(&format.Slice{Axis: format.AxisChannels, Start: d * size, Count: size, Step: 1}, value)
		if err != nil {
			return 0, err
		}
		if v, err = g.put(&format.SequencePool{Pool: pool}, v); err != nil {
			return 0, err
		}
		parts = append(parts, v)
	}
	return g.put(&format.Concat{Axis: format.AxisChannels}, parts...)
}

func (g *grapher) matmul(n *Node, in []int) (int, error) {
	return g.put(&format.MatMul{Transposed: n.Transposed}, in...)
}

func (g *grapher) overlapAdd(n *Node, in []int) (int, error) {
	return g.put(&format.OverlapAdd{Channels: max(n.Channels, 1), Kernel: n.Kernel, Stride: max(n.Stride, 1), Carry: n.Carry}, in...)
}

func (g *grapher) constant(n *Node, _ []int) (int, error) {
	t := g.tensors[n.Tensor]
	if t == nil || t.Data == nil {
		return 0, g.refuse("the file has no tensor %s of numbers%s", network.Quote(n.Tensor), suggestTensor(n.Tensor, g.tensors))
	}
	g.used[t.Name] = true
	c := &format.Constant{Frames: 1, Channels: len(t.Data), Data: t.Data}
	if k := len(t.Shape); k > 1 && t.Shape[k-1] > 0 {
		c.Channels = t.Shape[k-1]
		c.Frames = len(t.Data) / c.Channels
	}
	return g.put(c)
}
