package modeltest

import (
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
)

// Dilated returns a graph like those of models of sound: a stack of dilated convolutions
// with 3 taps, each followed by a tanh and a sum over its channels, with a skip
// connection around it. It reads and returns one number per step. The taps of a
// convolution are at earlier steps; with ahead, the last tap is at a later step.
func Dilated(seed uint64, channels int, ahead bool, dilations ...int) *format.Model {
	r := rand.New(rand.NewPCG(seed, 0xd1))
	const kernel = 3
	conv := func(in, out, kernel, dilation int) *format.Conv {
		c, err := format.PackConv(in, out, kernel, 1, dilation, uniform(r, out*in*kernel, 0.7), uniform(r, out, 0.3))
		if err != nil {
			panic(err)
		}
		return c
	}
	g := &format.Graph{Inputs: []format.Input{{Name: "x", Frames: 1, Channels: 1}}}
	add := func(op format.Op, inputs ...int) int {
		g.Nodes = append(g.Nodes, format.Node{Op: op, Inputs: inputs})
		return len(g.Nodes)
	}
	x := add(conv(1, channels, 1, 1), 0)
	for _, dilation := range dilations {
		window := &format.Window{Before: (kernel - 1) * dilation}
		if ahead {
			window.Before, window.After = dilation, dilation
		}
		y := add(conv(channels, channels, kernel, dilation), add(window, x))
		y = add(&format.Map{Function: format.Activation{Kind: format.ActivationTanh}}, y)
		x = add(&format.Binary{Function: format.BinaryAdd}, x, add(conv(channels, channels, 1, 1), y))
	}
	g.Outputs = []format.Port{{Name: "y", Value: add(conv(channels, 1, 1, 1), x)}}
	m := &format.Model{InputSize: 1, Graph: g}
	if err := m.Validate(); err != nil {
		panic(err)
	}
	return m
}
