package trainer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"rnnrun/format"
	"rnnrun/internal/pytorch"
)

func readGoldens(t *testing.T) pytorch.Goldens {
	t.Helper()
	goldens, err := pytorch.Read("../testdata/pytorch")
	require.NoError(t, err)
	return goldens
}

// The gradients of every parameter, and of the input, differ from those of
// PyTorch's float64 autograd by no more than 1e-4 of the tensor's greatest
// magnitude, and their norms by no more than 1e-4 of the norm.
func TestGradientsAreThoseOfPyTorch(t *testing.T) {
	const tolerance = 1e-4
	goldens := readGoldens(t)
	for _, c := range pytorch.Cases() {
		t.Run(c.String(), func(t *testing.T) {
			if testing.Short() && c.Long() {
				t.Skip("a long case, left out by -short")
			}
			m, err := c.Model()
			require.NoError(t, err)
			// The input is the table of an embedding that is read row by row,
			// so that it has a gradient too.
			m.Embedding = &format.Embedding{Tokens: c.Steps, Size: c.InputSize, Table: c.Input()}
			sequence := Sequence{Values: c.Target()}
			for i := range c.Steps {
				sequence.Tokens = append(sequence.Tokens, int32(i))
			}
			net, err := FromModel(m)
			require.NoError(t, err)
			trainer := NewTrainer(net, Options{})
			loss, err := trainer.gradients([]Sequence{sequence}, false)
			require.NoError(t, err)
			require.InDelta(t, goldens[c.String()+"/loss"][0], loss, 1e-6)

			grad := trainer.passes[0].grad
			tensors := append(pytorch.Gradients(grad.Layers), pytorch.Tensor{Name: "input", Values: grad.Embedding.Table})
			worst := 0.0
			for _, tensor := range tensors {
				norms := goldens[c.String()+"/norm/"+tensor.Name]
				norm, greatest := norms[0], norms[1]
				off, err := goldens.Error(c.String()+"/gradient/"+tensor.Name, tensor.Values)
				require.NoError(t, err)
				allowed := 0.0
				if tensor.Name == "input" {
					// It may be one number, a small difference of large terms.
					allowed = 1e-8
				}
				require.LessOrEqual(t, off, tolerance*greatest+allowed, tensor.Name)
				require.InDelta(t, norm, euclidean(tensor.Values), tolerance*norm+allowed, tensor.Name)
				if greatest > 0 && tensor.Name != "input" {
					worst = max(worst, off/greatest)
				}
			}
			t.Logf("greatest error %.2g of the greatest gradient", worst)
		})
	}
}

func euclidean(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

// From the same weights, on the same batches, by the same optimizer, the loss
// goes as PyTorch's.
func TestTrainingGoesAsPyTorchs(t *testing.T) {
	const tolerance = 1e-3
	goldens := readGoldens(t)
	for _, c := range pytorch.Trainings() {
		t.Run(c.String(), func(t *testing.T) {
			if testing.Short() && c.Layers > 1 {
				t.Skip("two layers, left out by -short")
			}
			m, err := c.Model()
			require.NoError(t, err)
			net, err := FromModel(m)
			require.NoError(t, err)
			trainer := NewTrainer(net, Options{Optimizer: optimizer(c.Optimizer), Clip: c.Optimizer.MaxNorm, Parts: 2})
			worst := 0.0
			for step, want := range goldens[c.String()+"/loss"] {
				var batch []Sequence
				for _, e := range c.Batch(step) {
					batch = append(batch, Sequence{Tokens: e.Tokens, Classes: e.Classes})
				}
				if step == 0 {
					_, err := trainer.gradients(batch, false)
					require.NoError(t, err)
					require.InEpsilon(t, goldens[c.String()+"/norm"][0], trainer.clip(), 1e-5)
				}
				carry := c.Task == format.Language && step > 0
				loss, err := trainer.Step(batch, c.Optimizer.LearningRate, carry)
				require.NoError(t, err)
				require.InDelta(t, want, loss, tolerance, "step %d", step+1)
				worst = max(worst, math.Abs(loss-want))
			}
			t.Logf("greatest error of the loss %.2g", worst)
		})
	}
}

func optimizer(o pytorch.Optimizer) Optimizer {
	if o.Name == "sgd" {
		return &SGD{Momentum: o.Momentum}
	}
	return &Adam{
		Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon,
		WeightDecay: o.WeightDecay, Decoupled: o.Name == "adamw",
	}
}
