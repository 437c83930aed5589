package statedict

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// folded returns the weights of node n, [outputs][…], and its bias. If only a
// batch normalization reads the node, it is folded in, so that it costs nothing
// at a step.
func (g *grapher) folded(n *Node, weight, bias []float32, outputs int) (w, b []float32, err error) {
	next := g.normBehind(n)
	if next == nil {
		return weight, bias, nil
	}
	a, err := g.norm(next)
	if err != nil || len(a.factor) != outputs {
		return weight, bias, err // the node itself refuses another number of channels
	}
	g.taken = next
	d := network.Direction{Plain: format.Plain{WeightIH: weight, BiasIH: bias}}
	a.below(&d)
	return d.WeightIH, d.BiasIH, nil
}

// normBehind returns the batch normalization that is the only reader of node n,
// which is being added; nil: there is none.
func (g *grapher) normBehind(n *Node) *Node {
	behind := g.at + 1
	if behind == len(g.a.Nodes) || n.Activation != "" && n.Activation != "none" {
		return nil
	}
	next, name := &g.a.Nodes[behind], n.value()
	if next.Op != "batchnorm" || len(next.Inputs) > 0 && !slices.Equal(next.Inputs, Names{name}) || slices.Contains(g.a.Outputs, name) {
		return nil
	}
	for k := range g.a.Nodes {
		if k != behind && slices.Contains(g.a.Nodes[k].Inputs, name) {
			return nil
		}
	}
	return next
}

// norm returns what a batch normalization computes after training.
func (g *grapher) norm(n *Node) (affine, error) {
	m := &module{name: n.Module, weight: g.take(n, "weight"), bias: g.take(n, "bias"),
		mean: g.take(n, "running_mean"), variance: g.take(n, "running_var"), batches: g.take(n, "num_batches_tracked")}
	for _, t := range []*Tensor{m.weight, m.bias, m.mean, m.variance} {
		if t != nil && t.Data == nil {
			return affine{}, network.Refuse(network.ErrShape, t.Name, "its elements are of type %s, but a batch normalization has floating-point numbers", t.DType)
		}
	}
	return m.batchNorm(&Module{Eps: n.Eps})
}

// batchNorm adds what a batch normalization computes after training, unless it was
// folded into the node that it reads.
func (g *grapher) batchNorm(n *Node, in []int) (int, error) {
	if g.taken == n {
		return in[0], nil
	}
	a, err := g.norm(n)
	if err != nil {
		return 0, err
	}
	if channels := g.shapes[in[0]].Channels; channels != len(a.factor) {
		return 0, g.refuse("it is a batch normalization of %s, but reads %v", message.Count(len(a.factor), "channel"), g.shapes[in[0]])
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
