package network

import "github.com/rnnrun/rnnrun/format"

// FoldEmbedding folds the linear layers that follow the embedding, without a
// function or with ReLU, into its table, which then has one row of their outputs
// for every token. It returns how many layers it folded. Sums are in float64; ReLU
// of the table itself is exact.
func (n *Network) FoldEmbedding() int {
	folded := 0
	for n.Embedding != nil && len(n.Layers) > 1 && n.Layers[0].foldable() {
		l := &n.Layers[0]
		table := make([]float32, 0, n.Embedding.Tokens*l.HiddenSize)
		for token := range n.Embedding.Tokens {
			table = l.appendOutputs(table, n.Embedding.Table[token*n.Embedding.Size:][:n.Embedding.Size])
		}
		n.Embedding = &format.Embedding{Tokens: n.Embedding.Tokens, Size: l.HiddenSize, Table: table}
		n.Layers = n.Layers[1:]
		folded++
	}
	return folded
}

// foldable reports whether a layer is linear and has one of these functions.
func (l *Layer) foldable() bool {
	a := l.Activation.Kind
	return l.Dense() && (a == format.ActivationNone || a == format.ActivationReLU)
}

// appendOutputs appends a linear layer's outputs for x.
func (l *Layer) appendOutputs(to, x []float32) []float32 {
	d := &l.Directions[0]
	for i := range l.HiddenSize {
		sum := 0.0
		if d.BiasIH != nil {
			sum = float64(d.BiasIH[i])
		}
		for k, v := range x {
			sum += float64(d.WeightIH[i*len(x)+k]) * float64(v)
		}
		if l.Activation.Kind == format.ActivationReLU {
			sum = max(sum, 0)
		}
		to = append(to, float32(sum))
	}
	return to
}
