package statedict

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// A nodeOp is an op that a node can have.
type nodeOp struct {
	// build adds the ops of a node that reads values, and returns its value.
	build func(g *grapher, n *Node, in []int) (int, error)
	keys  string // its keys besides name, inputs and activation
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
	cell := nodeOp{(*grapher).recurrent, "module recurrent_activation reset_before reverse gates clip input_forget peephole h0 c0", 1, 2}
	bare := func(op func() format.Op, reads int) nodeOp {
		return nodeOp{func(g *grapher, _ *Node, in []int) (int, error) { return g.put(op(), in...) }, "", reads, reads}
	}
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
		"transpose":   bare(func() format.Op { return &format.Transpose{} }, 1),
		"window":      one((*grapher).window, "before after"),
		"pad":         one((*grapher).pad, "before after mode value"),
		"max_pool":    one(framePoolOp(false), "kernel stride padding"),
		"avg_pool":    one(framePoolOp(true), "kernel stride"),
		"pool":        {(*grapher).pool, "pool", 1, 2},
		"repeat":      bare(func() format.Op { return &format.Repeat{} }, 1),
		"matmul":      {(*grapher).matmul, "transposed", 2, 2},
		"overlap_add": one((*grapher).overlapAdd, "channels kernel stride carry"),
		"front_end":   one((*grapher).frontEnd, "front_end"),
		"model":       {(*grapher).model, "file output constants dimensions", 1, format.MaxPorts},
		"magnitude":   one(magnitudeOp(true), ""), "power": one(magnitudeOp(false), ""),
		"rfft":     one((*grapher).rfft, "kernel stride size window symmetric"),
		"irfft":    one((*grapher).irfft, "count size window symmetric"),
		"constant": {(*grapher).constant, "tensor", 0, 0},

		"rnnoise_analysis":  bare(func() format.Op { return &format.RNNoiseAnalysis{} }, 1),
		"rnnoise_synthesis": bare(func() format.Op { return &format.RNNoiseSynthesis{} }, 2),
	}
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
	weight, bias, err := g.folded(n, w.Data, bias, w.Shape[0])
	if err != nil {
		return 0, err
	}
	d := network.NewDense(w.Name, w.Shape[1], w.Shape[0], weight, bias)
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
