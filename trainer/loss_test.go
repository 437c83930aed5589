package trainer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// Probabilities in float32 round to 0 and 1, so losses are computed from the
// logits.
func TestLossesAreExactFarFromTheTarget(t *testing.T) {
	for _, test := range []struct {
		name   string
		output format.Output
		logits []float32
		target dataset.Sequence
		want   float64
	}{
		{"18 for a 0", format.OutputSigmoid, []float32{18}, dataset.Sequence{Values: []float32{0}}, 18.000000015229979},
		{"18 for a 1", format.OutputSigmoid, []float32{18}, dataset.Sequence{Values: []float32{1}}, 1.5229979e-8},
		{"-500 for a 1", format.OutputSigmoid, []float32{-500}, dataset.Sequence{Values: []float32{1}}, 500},
		{"500 for a quarter", format.OutputSigmoid, []float32{500}, dataset.Sequence{Values: []float32{0.25}}, 375},
		{"a target that is not known", format.OutputSigmoid, []float32{500, 2}, dataset.Sequence{Values: []float32{float32(math.NaN()), 1}}, 0.1269280110429725},
		{"18 for another class", format.OutputSoftmax, []float32{18, 0}, dataset.Sequence{Classes: []int32{1}}, 18.000000015229979},
		{"500 for another class", format.OutputSoftmax, []float32{0, 500, 0}, dataset.Sequence{Classes: []int32{2}}, 500},
		{"18 for its class", format.OutputSoftmax, []float32{18, 0}, dataset.Sequence{Classes: []int32{0}}, 1.5229979e-8},
		{"equal classes", format.OutputSoftmax, []float32{3, 3, 3, 3}, dataset.Sequence{Classes: []int32{3}}, math.Log(4)},
		{"no class", format.OutputSoftmax, []float32{500, 0}, dataset.Sequence{Classes: []int32{dataset.Ignore, 1}}, 500},
		{"a number", format.OutputLinear, []float32{500}, dataset.Sequence{Values: []float32{497}}, 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			net, err := NewNetwork(Architecture{
				Cell: format.CellLSTM, InputSize: 1, HiddenSize: 2, Layers: 1,
				Outputs: len(test.logits), Output: test.output,
			}, 1)
			require.NoError(t, err)
			clear(net.model.Head.Weight.Data)
			copy(net.model.Head.Bias, test.logits)
			require.NoError(t, net.refresh())
			sequences := []dataset.Sequence{test.target}
			sequences[0].Inputs = make([]float32, max(1, len(test.target.Classes)))
			trainer := NewTrainer(net, Options{})

			measured, err := trainer.Evaluate(sequences, false)
			require.NoError(t, err)
			require.InDelta(t, test.want, measured.Loss, 1e-7, "without training")
			loss, err := trainer.Step(sequences, 0, false)
			require.NoError(t, err)
			require.InDelta(t, test.want, loss, 1e-7, "in training")
		})
	}
}

// An infinite logit for the right answer has no loss.
func TestBinaryCrossEntropyOfInfiniteLogits(t *testing.T) {
	require.Zero(t, binaryCrossEntropy(float32(math.Inf(-1)), 0))
	require.Zero(t, binaryCrossEntropy(float32(math.Inf(1)), 1))
	require.Equal(t, math.Inf(1), binaryCrossEntropy(float32(math.Inf(1)), 0))
}
