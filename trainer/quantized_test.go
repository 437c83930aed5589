package trainer

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
)

// A rounding is the difference that a reference adds to numbers for the
// network's number format. It is computed once, for the numbers of the network,
// and then constant, so the derivatives are those of a straight-through
// estimator. A nil rounding adds nothing.
type rounding struct {
	net   *Network
	masks *replica // whose dropout masks are applied; nil: none
	found bool
	added [][]float64 // for every vector, in the order of their use
	next  int
}

// weights adds the rounding to parameter i.
func (r *rounding) weights(i int, w []float64) []float64 {
	if r == nil {
		return w
	}
	sum := make([]float64, len(w))
	rounded := parameters(r.net.computed, false)[i].data
	for k, v := range parameters(r.net.model, false)[i].data {
		sum[k] = w[k] + float64(rounded[k]) - float64(v)
	}
	return sum
}

// vector adds the rounding to a vector, to integers times a step; 0: the step
// is chosen.
func (r *rounding) vector(x []float64, step float64) []float64 {
	if !r.found {
		if step == 0 {
			for _, v := range x {
				step = max(step, math.Abs(v)/127)
			}
		}
		added := make([]float64, len(x))
		for k, v := range x {
			if step > 0 {
				added[k] = max(-127, min(127, math.RoundToEven(v/step)))*step - v
			}
		}
		r.added = append(r.added, added)
	}
	sum := make([]float64, len(x))
	for k, v := range x {
		sum[k] = v + r.added[r.next][k]
	}
	r.next++
	return sum
}

func (r *rounding) vectors(x [][]float64, step float32, masks int) [][]float64 {
	if r == nil || r.net.dtype != format.DTypeInt8 {
		return x
	}
	if r.masks != nil && masks < len(r.masks.masks) {
		for _, v := range r.masks.masks[masks] {
			if v > 0 {
				step *= v
				break
			}
		}
	}
	rounded := make([][]float64, len(x))
	for t := range x {
		rounded[t] = r.vector(x[t], float64(step))
	}
	return rounded
}

func (r *rounding) inputs(x [][]float64) [][]float64 {
	if r == nil {
		return x
	}
	return r.vectors(x, r.net.inputScale, 0)
}

// features rounds the outputs of a layer as the next products read them.
func (r *rounding) features(l *format.Layer, x [][]float64) [][]float64 {
	return r.vectors(x, opOf(l).stateScale(), 1)
}

// states rounds states as products read them.
func (r *rounding) states(l *format.Layer) func(h []float64) []float64 {
	if r == nil || r.net.dtype != format.DTypeInt8 {
		return func(h []float64) []float64 { return h }
	}
	step := opOf(l).stateScale()
	if r.masks != nil {
		step = r.masks.layers[0].directions[0].stateScale
	}
	if l.Variant == format.VariantReLU {
		step = 0
	}
	return func(h []float64) []float64 { return r.vector(h, float64(step)) }
}

// The gradient is that of a network in which rounding adds constants.
func TestGradientsPassStraightThroughRounding(t *testing.T) {
	for _, c := range cells {
		for _, a := range []Architecture{
			{Tokens: 6, EmbeddingSize: 3, Outputs: 4, Output: format.OutputSoftmax},
			{InputSize: 3, Outputs: 2, Output: format.OutputSigmoid, Pool: format.PoolMean, Bidirectional: true},
			{InputSize: 2},
		} {
			for _, o := range []struct {
				dtype format.DType
				drop  float64
			}{{format.DTypeF16, 0}, {format.DTypeInt4, 0.3}, {format.DTypeInt8, 0}, {format.DTypeInt8, 0.3}} {
				if o.dtype != format.DTypeInt8 && a.Tokens == 0 {
					continue // other float formats
				}
				t.Run(fmt.Sprintf("%s/%v/tokens %d, pool %d/dropout %g", c.name, o.dtype, a.Tokens, a.Pool, o.drop), func(t *testing.T) {
					t.Parallel()
					a := a
					a.Cell, a.Variant, a.HiddenSize, a.Layers = c.cell, c.variant, 5, 2
					net, err := NewNetwork(a, 1)
					require.NoError(t, err)
					net.inputScale = float32(a.Outputs) * 0.015 // 0 of the last
					require.NoError(t, net.SetDType(o.dtype))
					trainer := NewTrainer(net, Options{Parts: 1, Dropout: o.drop, InputDropout: o.drop / 2, RecurrentDropout: o.drop})
					sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 5, 1)
					loss, err := trainer.gradients(sequences, false)
					require.NoError(t, err)
					ref := newReference(net.Model())
					ref.rounding = &rounding{net: net}
					if o.drop > 0 {
						ref.masks, ref.rounding.masks = trainer.replicas[0], trainer.replicas[0]
					}
					ref.loss(sequences)
					ref.rounding.found = true
					requireGradientsOf(t, trainer, ref, sequences, loss)
				})
			}
		}
	}
}

// With quantized weights, a network learns what it would learn in float32, and
// the final training loss equals that of the exported model.
func TestTrainingInFewBits(t *testing.T) {
	for _, dtype := range dtypes[1:] {
		t.Run(dtype.String(), func(t *testing.T) {
			net, task := smallLanguageModel(t, format.CellGRU)
			require.NoError(t, net.SetDType(dtype))
			require.Equal(t, dtype, net.DType())
			r, err := Fit(context.Background(), net, task, FitOptions{
				Options: Options{Clip: 1}, Epochs: 25, LearningRate: 0.02, Schedule: Warmup{5, CosineDecay{}},
			})
			require.NoError(t, err)
			require.Greater(t, r.Validation.Correct, 0.95)

			m, err := net.Export()
			require.NoError(t, err)
			require.Equal(t, dtype, m.Layers[0].Directions[0].Gates.DType)
			require.Equal(t, format.DTypeF32, net.Model().Layers[0].Directions[0].Gates.DType, "what is learned is float32")
			again, err := FromModel(m)
			require.NoError(t, err)
			require.NoError(t, again.SetDType(dtype))
			score, err := (&fit{trainer: NewTrainer(again, Options{}), task: task}).validate()
			require.NoError(t, err)
			require.InEpsilon(t, r.Validation.Loss, score.Loss, 1e-6)
		})
	}
}

// The quantization step of the inputs makes the greatest input of the training
// data 127.
func TestCalibration(t *testing.T) {
	net, _ := smallRegression(t)
	net.Model().Normalization = &format.Normalization{Mean: []float32{1, 0}, Scale: []float32{2, 1}}
	examples := dataset.Sequences{
		{Inputs: []float32{1, 3, -4, 2}, Values: []float32{0, 0}},
		{Inputs: []float32{5, -9}, Values: []float32{0}},
	}
	task, err := NewSequenceTask(examples, dataset.Sequences{}, 2)
	require.NoError(t, err)
	require.NoError(t, net.SetDType(format.DTypeInt8))
	_, err = Fit(context.Background(), net, task, FitOptions{Epochs: 1})
	require.NoError(t, err)
	m, err := net.Export()
	require.NoError(t, err)
	require.Equal(t, float32(10)/127, m.Layers[0].Directions[0].InputScale)
	require.Zero(t, m.Layers[1].Directions[0].InputScale)
}

// A tied table of embedding and head stays tied in int8.
func TestTiedWeightsInInt8(t *testing.T) {
	net, err := NewNetwork(Architecture{
		Task: format.TaskLanguage, Cell: format.CellGRU, Tokens: 6, EmbeddingSize: 5, HiddenSize: 5, Layers: 1,
		Outputs: 6, Output: format.OutputSoftmax, TieWeights: true,
	}, 1)
	require.NoError(t, err)
	require.NoError(t, net.SetDType(format.DTypeInt8))
	trainer := NewTrainer(net, Options{})
	for range 3 {
		_, err := trainer.Step(randomSequences(net.Model(), rand.New(rand.NewPCG(2, 3)), 3, 7), 0.1, false)
		require.NoError(t, err)
	}
	m, err := net.Export()
	require.NoError(t, err)
	for token := range 6 {
		for k := range 5 {
			require.Equal(t, m.Embedding.At(token, k), m.Head.Weight.At(token, k))
		}
	}
}
