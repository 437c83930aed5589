package rtneural

import (
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// readNAMConvNet reads a stack of dilated convolutions of two samples, each with a
// batch norm or a bias and with a function, and a linear layer.
func readNAMConvNet(o *object, w *namWeights) (*network.Network, error) {
	if err := o.idle("config", "channels", "dilations", "batchnorm", "activation"); err != nil {
		return nil, err
	}
	channels, err := o.size("channels")
	if err != nil {
		return nil, err
	}
	dilations, err := o.dilations()
	if err != nil {
		return nil, err
	}
	norm, err := o.flag("batchnorm")
	if err != nil {
		return nil, err
	}
	f, err := o.function()
	if err != nil {
		return nil, err
	}
	n := &convNet{namGraph: newNAMGraph(w.report), w: w, silence: make([]float64, 1)}
	for i, dilation := range dilations {
		w.report.Begin(fmt.Sprintf("block %d", i), fmt.Sprintf("dilation %d", dilation))
		if err := n.block(channels, dilation, norm, f); err != nil {
			return nil, err
		}
	}
	w.report.Begin("head", "linear")
	weight, err := w.take("the linear layer", 1, channels)
	if err != nil {
		return nil, err
	}
	bias, err := w.take("the bias of the linear layer", 1, 1)
	if err != nil {
		return nil, err
	}
	out, err := n.dense(channels, 1, weight, narrowed(times(weight, n.silence, bias)), n.stream)
	if err != nil {
		return nil, err
	}
	return n.network(out), nil
}

// A convNet is the part of a ConvNet that has been read. As in a [waveNet], the
// stream of the graph is that of the blocks minus its value in silence.
type convNet struct {
	*namGraph
	w *namWeights

	stream  int
	silence []float64
}

// block adds a convolution and its function.
func (n *convNet) block(channels, dilation int, norm bool, f namFunction) error {
	const taps = 2
	inputs := len(n.silence)
	weight, err := n.w.take("a convolution", channels, inputs*taps)
	if err != nil {
		return err
	}
	bias, err := n.shift(weight, channels, norm)
	if err != nil {
		return err
	}
	quiet := times(weight, eachTap(n.silence, taps), bias)
	z, err := n.conv(inputs, channels, taps, dilation, weight, narrowed(quiet), n.stream)
	if err != nil {
		return err
	}
	if z, err = n.add(&format.Map{Function: f.Activation}, z); err != nil {
		return err
	}
	less := &format.Constant{Frames: 1, Channels: channels}
	for i, x := range quiet {
		quiet[i] = f.of(x)
		less.Data = append(less.Data, float32(quiet[i]))
		quiet[i] = float64(less.Data[i])
	}
	constant, err := n.add(less)
	if err != nil {
		return err
	}
	n.silence = quiet
	n.stream, err = n.add(&format.Binary{Function: format.BinarySub}, z, constant)
	return err
}

// shift returns the bias of a convolution. A batch norm becomes a bias once it is
// folded into the weights; it has the means, variances, scales and shifts, and ε.
func (n *convNet) shift(weight []float32, channels int, norm bool) ([]float32, error) {
	if !norm {
		return n.w.take("the bias of a convolution", 1, channels)
	}
	all, err := n.w.take("a batch norm", 1, 4*channels+1)
	if err != nil {
		return nil, err
	}
	parts := slices.Collect(slices.Chunk(all, channels))
	mean, variance, scale, shift, epsilon := parts[0], parts[1], parts[2], parts[3], float64(all[4*channels])
	bias := make([]float32, channels)
	columns := len(weight) / channels
	for i := range channels {
		by := float64(scale[i]) / math.Sqrt(float64(variance[i])+epsilon)
		bias[i] = float32(float64(shift[i]) - by*float64(mean[i]))
		for j := range columns {
			weight[i*columns+j] = float32(float64(weight[i*columns+j]) * by)
		}
	}
	return bias, nil
}

// readNAMLinear reads an impulse response; its first weight multiplies the newest
// sample.
func readNAMLinear(o *object, w *namWeights) (*network.Network, error) {
	if err := o.idle("config", "receptive_field", "bias"); err != nil {
		return nil, err
	}
	w.report.Begin("impulse response", "Linear")
	taps, err := o.size("receptive_field")
	if err != nil {
		return nil, err
	}
	biased, err := o.flag("bias")
	if err != nil {
		return nil, err
	}
	weight, err := w.take("the impulse response", 1, taps)
	if err != nil {
		return nil, err
	}
	slices.Reverse(weight)
	var bias []float32
	if biased {
		if bias, err = w.take("the bias", 1, 1); err != nil {
			return nil, err
		}
	}
	g := newNAMGraph(w.report)
	out, err := g.conv(1, 1, taps, 1, weight, bias, 0)
	if err != nil {
		return nil, err
	}
	return g.network(out), nil
}
