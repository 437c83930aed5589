package rtneural

import (
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A waveNet is the part of a WaveNet that has been read: arrays of layers. Each
// layer is a dilated convolution of a stream, mixed with the sample. An array has
// two outputs: the head, which is the sum of the layers' activations, and the
// stream, to which each layer adds a product of its activation.
//
// The plugin plays silence before the first sample until nothing changes. The graph
// has the same effect without playing it: its stream is the layer's minus its value
// in silence, so that windows can start with zeros, and the biases make up for the
// difference.
type waveNet struct {
	*namGraph
	w *namWeights

	stream  int       // the value that the next array reads
	silence []float64 // what is missing in it
	head    int       // the sum so far, or 0: none
}

// A waveArray is the config of an array of layers.
type waveArray struct {
	name                          string
	inputs, channels, heads, taps int
	dilations                     []int
	function                      namFunction
	gated, headBias               bool
	last                          bool
}

func readNAMWaveNet(o *object, w *namWeights) (*network.Network, error) {
	if err := o.idle("config", "layers", "head_scale"); err != nil {
		return nil, err
	}
	list, ok := elements(o.values["layers"])
	if !ok || len(list) == 0 {
		return nil, damaged("layers", "it is not a list of layers")
	}
	n := &waveNet{namGraph: newNAMGraph(w.report), w: w, silence: make([]float64, 1)}
	heads := 0
	for i, v := range list {
		l, ok := v.(*object)
		if !ok {
			return nil, damaged("layers", "one is not an object")
		}
		a, err := l.waveArray()
		if err != nil {
			return nil, err
		}
		switch a.last = i == len(list)-1; {
		case a.inputs != len(n.silence):
			return nil, network.Refuse(network.ErrShape, "layers", "array %d has %s, but %d come", i, message.Count(a.inputs, "input"), len(n.silence))
		case heads > 0 && heads != a.channels:
			return nil, network.Refuse(network.ErrShape, "layers", "array %d has %s, but a head of %d comes", i, message.Count(a.channels, "channel"), heads)
		}
		heads, a.name = a.heads, fmt.Sprintf("layers[%d]", i)
		if err := n.array(a); err != nil {
			return nil, err
		}
	}
	if heads != 1 {
		return nil, unsupported("head_size", "%s, but a sample is one", message.Count(heads, "output"))
	}
	return n.network(n.head), nil
}

// waveArray reads the config of an array.
func (o *object) waveArray() (a waveArray, err error) {
	known := []string{"input_size", "condition_size", "head_size", "channels", "kernel_size", "dilations", "activation", "gated", "head_bias"}
	// Later versions have more keys, which change nothing by themselves.
	usual := map[string]int{"groups": 1, "groups_input": 1, "groups_input_mixin": 1, "groups_1x1": 1, "head_kernel_size": 1}
	if channels, ok := integer(o.values["channels"]); ok {
		usual["bottleneck"] = channels
	}
	for key, value := range usual {
		if n, ok := integer(o.values[key]); ok && n == value {
			known = append(known, key)
		}
	}
	if err := o.idle("layers", known...); err != nil {
		return a, err
	}
	s, err := o.sizes("input_size", "condition_size", "head_size", "channels", "kernel_size")
	if err != nil {
		return a, err
	}
	if s["condition_size"] != 1 {
		return a, unsupported("condition_size", "%s, but a sample is one", message.Count(s["condition_size"], "input"))
	}
	a = waveArray{inputs: s["input_size"], channels: s["channels"], heads: s["head_size"], taps: s["kernel_size"]}
	if a.dilations, err = o.dilations(); err != nil {
		return a, err
	}
	if a.function, err = o.function(); err != nil {
		return a, err
	}
	if a.gated, err = o.flag("gated"); err != nil {
		return a, err
	}
	a.headBias, err = o.flag("head_bias")
	return a, err
}

// array adds an array of layers.
func (n *waveNet) array(a waveArray) error {
	n.report.Begin(a.name, "array of layers")
	into, err := n.w.take("the product before an array", a.channels, a.inputs)
	if err != nil {
		return err
	}
	if n.stream, err = n.dense(a.inputs, a.channels, into, nil, n.stream); err != nil {
		return err
	}
	n.silence = times(into, n.silence, nil)
	for i, dilation := range a.dilations {
		n.report.Begin(fmt.Sprintf("%s, layer %d", a.name, i), fmt.Sprintf("dilation %d", dilation))
		if err := n.layer(a, dilation, a.last && i == len(a.dilations)-1); err != nil {
			return err
		}
	}
	n.report.Begin(a.name, "head")
	out, err := n.w.take("the product of a head", a.heads, a.channels)
	if err != nil {
		return err
	}
	var bias []float32
	if a.headBias {
		if bias, err = n.w.take("the bias of a head", 1, a.heads); err != nil {
			return err
		}
	}
	if a.last {
		scale, err := n.w.take("the scale of the output", 1, 1)
		if err != nil {
			return err
		}
		scaled(out, scale[0])
		scaled(bias, scale[0])
	}
	n.head, err = n.dense(a.channels, a.heads, out, bias, n.head)
	return err
}

func scaled(x []float32, by float32) {
	for i := range x {
		x[i] *= by
	}
}

// layer adds a layer. Nothing reads what the last one adds to the stream.
func (n *waveNet) layer(a waveArray, dilation int, last bool) error {
	rows := a.channels
	if a.gated {
		rows *= 2
	}
	conv, err := n.w.take("a convolution", rows, a.channels*a.taps)
	if err != nil {
		return err
	}
	bias, err := n.w.take("the bias of a convolution", 1, rows)
	if err != nil {
		return err
	}
	mixin, err := n.w.take("a mixture of the sample", rows, 1)
	if err != nil {
		return err
	}
	next, err := n.w.take("a product after a convolution", a.channels, a.channels)
	if err != nil {
		return err
	}
	nextBias, err := n.w.take("the bias of a product", 1, a.channels)
	if err != nil {
		return err
	}
	quiet := times(conv, eachTap(n.silence, a.taps), bias)
	z, err := n.conv(a.channels, rows, a.taps, dilation, conv, narrowed(quiet), n.stream)
	if err != nil {
		return err
	}
	mixed, err := n.dense(1, rows, mixin, nil, 0)
	if err != nil {
		return err
	}
	if z, err = n.add(&format.Binary{Function: format.BinaryAdd}, z, mixed); err != nil {
		return err
	}
	if z, quiet, err = n.activated(a, z, quiet); err != nil {
		return err
	}
	if n.head == 0 {
		n.head = z
	} else if n.head, err = n.add(&format.Binary{Function: format.BinaryAdd}, n.head, z); err != nil {
		return err
	}
	if last {
		return nil
	}
	return n.advance(z, next, nextBias, quiet)
}

// eachTap repeats each number for each tap.
func eachTap(x []float64, taps int) []float64 {
	y := make([]float64, 0, len(x)*taps)
	for _, v := range x {
		for range taps {
			y = append(y, v)
		}
	}
	return y
}

// activated adds the functions of a layer, and returns their values in silence.
func (n *waveNet) activated(a waveArray, z int, quiet []float64) (int, []float64, error) {
	first, err := z, error(nil)
	if a.gated {
		if first, err = n.add(&format.Slice{Axis: format.AxisChannels, Count: a.channels, Step: 1}, z); err != nil {
			return 0, nil, err
		}
	}
	if first, err = n.add(&format.Map{Function: a.function.Activation}, first); err != nil {
		return 0, nil, err
	}
	silent := make([]float64, a.channels)
	for i := range silent {
		silent[i] = a.function.of(quiet[i])
	}
	if !a.gated {
		return first, silent, nil
	}
	gate, err := n.add(&format.Slice{Axis: format.AxisChannels, Start: a.channels, Count: a.channels, Step: 1}, z)
	if err != nil {
		return 0, nil, err
	}
	if gate, err = n.add(&format.Map{Function: format.ActivationSigmoid.Default()}, gate); err != nil {
		return 0, nil, err
	}
	for i := range silent {
		silent[i] /= 1 + math.Exp(-quiet[a.channels+i])
	}
	v, err := n.add(&format.Binary{Function: format.BinaryMul}, first, gate)
	return v, silent, err
}

// advance adds a product of the activation to the stream, both minus their values in
// silence, which include the bias of the product.
func (n *waveNet) advance(z int, weight, bias []float32, quiet []float64) error {
	added := times(weight, quiet, nil)
	for i := range added {
		n.silence[i] += added[i] + float64(bias[i])
		added[i] = -added[i]
	}
	v, err := n.dense(len(added), len(added), weight, narrowed(added), z)
	if err != nil {
		return err
	}
	n.stream, err = n.add(&format.Binary{Function: format.BinaryAdd}, n.stream, v)
	return err
}
