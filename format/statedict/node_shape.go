package statedict

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// withConstant combines a value with a number for each channel.
func (g *grapher) withConstant(f format.BinaryFunction, x int, numbers []float32) (int, error) {
	c, err := g.put(&format.Constant{Frames: 1, Channels: len(numbers), Data: numbers})
	if err != nil {
		return 0, err
	}
	return g.put(&format.Binary{Function: f}, x, c)
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
		return 0, g.refuse(`only the mode "constant" has a "value"`)
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

// lowest is the mode of a pad of -Inf, which JSON lacks and which changes no maximum.
const lowest = "lowest"

func (g *grapher) matmul(n *Node, in []int) (int, error) {
	return g.put(&format.MatMul{Transposed: n.Transposed}, in...)
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
