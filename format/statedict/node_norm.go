package statedict

import "github.com/rnnrun/rnnrun/format"

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
