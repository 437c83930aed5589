package trainer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// A cellCase names a cell in its variants.
type cellCase struct {
	name    string
	cell    format.Cell
	variant format.Variant
}

var cells = []cellCase{
	{"rnn tanh", format.CellRNN, format.VariantTanh},
	{"rnn relu", format.CellRNN, format.VariantReLU},
	{"lstm", format.CellLSTM, format.VariantStandard},
	{"gru", format.CellGRU, format.VariantResetAfter},
	{"gru reset before", format.CellGRU, format.VariantResetBefore},
}

// randomSequences returns examples of the given lengths for a model.
func randomSequences(m *format.Model, rng *rand.Rand, lengths ...int) []dataset.Sequence {
	var list []dataset.Sequence
	for _, n := range lengths {
		var s dataset.Sequence
		for range n {
			if m.Embedding != nil {
				s.Tokens = append(s.Tokens, rng.Int32N(int32(m.Embedding.Tokens)))
				continue
			}
			for range m.InputSize {
				s.Inputs = append(s.Inputs, float32(rng.NormFloat64()))
			}
		}
		if m.Pool != format.PoolNone {
			n = 1
		}
		for t := range n {
			if m.Output == format.OutputSoftmax {
				class := rng.Int32N(int32(m.OutputSize()))
				if t == 1 {
					class = dataset.Ignore
				}
				s.Classes = append(s.Classes, class)
				continue
			}
			for range m.OutputSize() {
				s.Values = append(s.Values, float32(rng.IntN(2)))
			}
		}
		list = append(list, s)
	}
	return list
}

// Gradients equal finite differences of the formulas in float64. Of larger
// parameters, 60 numbers are tested.
func TestGradientsAreThoseOfFiniteDifferences(t *testing.T) {
	for _, c := range cells {
		for _, layers := range []int{1, 2} {
			for _, bidirectional := range []bool{false, true} {
				for _, task := range []Architecture{
					{Tokens: 6, EmbeddingSize: 3, Outputs: 4, Output: format.OutputSoftmax},
					{InputSize: 2, Outputs: 3, Output: format.OutputLinear},
					{InputSize: 3, Outputs: 2, Output: format.OutputSigmoid, Pool: format.PoolLast},
					{Tokens: 5, EmbeddingSize: 9, Outputs: 2, Output: format.OutputSoftmax, Pool: format.PoolMax},
					{InputSize: 1, Output: format.OutputLinear, Pool: format.PoolMean},
				} {
					a := task
					if a.Pool != format.PoolNone && (layers == 2) != bidirectional {
						continue // the other cases test that a pool's gradients reach both
					}
					a.Cell, a.Variant, a.Layers, a.Bidirectional = c.cell, c.variant, layers, bidirectional
					a.HiddenSize = 5
					if layers == 2 {
						a.HiddenSize = 9
					}
					name := fmt.Sprintf("%s/%d layers/bidirectional %v/pool %d output %d", c.name, layers, bidirectional, a.Pool, a.Output)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						if testing.Short() && (layers == 2) != bidirectional {
							t.Skip("half of the shapes, left out by -short")
						}
						net, err := NewNetwork(a, 1)
						require.NoError(t, err)
						sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 7, 1, 4)
						requireGradients(t, net, sequences)
					})
				}
			}
		}
	}
}

func requireGradients(t *testing.T, net *Network, sequences []dataset.Sequence) {
	t.Helper()
	trainer := NewTrainer(net, Options{Parts: 2})
	loss, err := trainer.gradients(sequences, false)
	require.NoError(t, err)
	requireGradientsOf(t, trainer, newReference(net.Model()), sequences, loss)
}

// requireGradientsOf compares the gradients that the trainer has computed with
// finite differences of the reference.
func requireGradientsOf(t *testing.T, trainer *Trainer, ref *reference, sequences []dataset.Sequence, loss float64) {
	t.Helper()
	net := trainer.net
	require.InEpsilon(t, ref.loss(sequences), loss, 1e-5)

	const h = 1e-5
	rng := rand.New(rand.NewPCG(4, 5))
	for i, p := range net.parameters {
		grad := trainer.replicas[0].grads[i].data
		var largest, worst float64
		for _, k := range rng.Perm(len(grad))[:min(len(grad), 60)] {
			w := ref.parameters[i][k]
			ref.parameters[i][k] = w + h
			up := ref.loss(sequences)
			ref.parameters[i][k] = w - h
			down := ref.loss(sequences)
			ref.parameters[i][k] = w
			want := (up - down) / (2 * h)
			largest = math.Max(largest, math.Abs(want))
			worst = math.Max(worst, math.Abs(want-float64(grad[k])))
		}
		require.LessOrEqual(t, worst, 1e-4*largest+1e-9, "%s: the largest gradient is %g", p.name, largest)
	}
}

// Gradients pass through the masks of every dropout.
func TestGradientsWithDropout(t *testing.T) {
	for _, c := range cells {
		for _, bidirectional := range []bool{false, true} {
			for _, input := range []Architecture{{Tokens: 6, EmbeddingSize: 7}, {InputSize: 3}} {
				t.Run(fmt.Sprintf("%s/bidirectional %v/tokens %v", c.name, bidirectional, input.Tokens > 0), func(t *testing.T) {
					t.Parallel()
					if testing.Short() && bidirectional == (input.Tokens > 0) {
						t.Skip("half of the shapes, left out by -short")
					}
					a := input
					a.Cell, a.Variant, a.Bidirectional = c.cell, c.variant, bidirectional
					a.HiddenSize, a.Layers, a.Outputs, a.Output = 9, 2, 4, format.OutputSoftmax
					net, err := NewNetwork(a, 1)
					require.NoError(t, err)
					sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 7, 1, 4)
					trainer := NewTrainer(net, Options{Parts: 1, Dropout: 0.3, InputDropout: 0.2, RecurrentDropout: 0.4})
					loss, err := trainer.gradients(sequences, false)
					require.NoError(t, err)
					ref := newReference(net.Model())
					ref.masks = trainer.replicas[0]
					requireGradientsOf(t, trainer, ref, sequences, loss)
				})
			}
		}
	}
}

// A tied table gets the gradients of both its uses, and stays tied.
func TestTiedWeights(t *testing.T) {
	net, err := NewNetwork(Architecture{
		Task: format.TaskLanguage, Cell: format.CellGRU, Tokens: 6, EmbeddingSize: 5, HiddenSize: 5, Layers: 1,
		Outputs: 6, Output: format.OutputSoftmax, TieWeights: true,
	}, 1)
	require.NoError(t, err)
	sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 7, 1, 4)
	trainer := NewTrainer(net, Options{Parts: 2})
	for range 2 { // the first step's gradients are cleared
		_, err = trainer.gradients(sequences, false)
		require.NoError(t, err)
	}
	e, w := net.Model().Embedding, &net.Model().Head.Weight
	const h = 1e-5
	loss := func(token, k int, by float64) float64 {
		ref := newReference(net.Model())
		ref.parameters[0][token*e.Size+k] += by
		ref.parameters[len(ref.parameters)-2][w.Index(token, k)] += by
		return ref.loss(sequences)
	}
	for token := range e.Tokens {
		for k := range e.Size {
			want := (loss(token, k, h) - loss(token, k, -h)) / (2 * h)
			require.InDelta(t, want, trainer.replicas[0].grad.Embedding.Table[token*e.Size+k], 1e-5)
		}
	}
	for range 3 {
		_, err := trainer.Step(sequences, 0.1, false)
		require.NoError(t, err)
	}
	for token := range e.Tokens {
		for k := range e.Size {
			require.Equal(t, e.Table[token*e.Size+k], w.Data[w.Index(token, k)])
		}
	}
	require.Equal(t, []string{"embedding", "layer 0", "head"}, net.ParameterGroups())

	_, err = NewNetwork(Architecture{Tokens: 6, EmbeddingSize: 4, HiddenSize: 5, Layers: 1, Outputs: 6, TieWeights: true}, 1)
	require.ErrorContains(t, err, "the head's 6×5 weights cannot be tied to the embedding's 6×4")
}
