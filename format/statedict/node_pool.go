package statedict

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// framePoolOp returns the op that reduces frames of a step. Padding is -Inf,
// which changes no maximum.
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
				return 0, g.refuse(`only max_pool has "padding"; put a pad of zeros before the mean, if they count`)
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
