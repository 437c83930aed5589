package trainer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/pytorch"
	"github.com/rnnrun/rnnrun/kernels"
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
	goldens := readGoldens(t)
	for _, c := range pytorch.Cases() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && c.Long() {
				t.Skip("a long case, left out by -short")
			}
			m, err := c.Model()
			require.NoError(t, err)
			// The input is the table of an embedding that is read row by row,
			// so that it has a gradient, too.
			m.Embedding = &format.Embedding{Tokens: c.Steps, Size: c.InputSize, Table: c.Input()}
			sequence := dataset.Sequence{Values: c.Target()}
			for i := range c.Steps {
				sequence.Tokens = append(sequence.Tokens, int32(i))
			}
			net, err := FromModel(m)
			require.NoError(t, err)
			trainer := NewTrainer(net, Options{})
			loss, err := trainer.gradients([]dataset.Sequence{sequence}, false)
			require.NoError(t, err)
			require.InDelta(t, goldens[c.String()+"/loss"][0], loss, 1e-6)

			grad := trainer.replicas[0].grad
			requirePyTorchGradients(t, goldens, c.String(),
				append(pytorch.Gradients(grad.Layers), pytorch.Tensor{Name: "input", Values: grad.Embedding.Table}))
		})
	}
}

func requirePyTorchGradients(t *testing.T, goldens pytorch.Goldens, name string, tensors []pytorch.Tensor) {
	t.Helper()
	const tolerance = 1e-4
	worst := 0.0
	for _, tensor := range tensors {
		norms := goldens[name+"/norm/"+tensor.Name]
		norm, greatest := norms[0], norms[1]
		off, err := goldens.Error(name+"/gradient/"+tensor.Name, tensor.Values)
		require.NoError(t, err)
		allowed := 0.0
		if tensor.Name == "input" {
			// The tensor may be one number, a small difference of large terms.
			allowed = 1e-8
		}
		require.LessOrEqual(t, off, tolerance*greatest+allowed, tensor.Name)
		require.InDelta(t, norm, euclidean(tensor.Values), tolerance*norm+allowed, tensor.Name)
		if greatest > 0 && tensor.Name != "input" {
			worst = max(worst, off/greatest)
		}
	}
	t.Logf("greatest error %.2g of the greatest gradient", worst)
}

func euclidean(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

// From the same weights, on the same batches, with the same optimizer, the loss
// follows PyTorch's: within 3e-5 for a plain RNN, over whose steps rounding
// errors grow, and within 2e-6 for an LSTM or a GRU.
func TestTrainingGoesAsPyTorchs(t *testing.T) {
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
			worst, tolerance := 0.0, 2e-6
			if c.Cell.Cell == format.CellRNN {
				tolerance = 3e-5
			}
			for step, want := range goldens[c.String()+"/loss"] {
				var batch []dataset.Sequence
				for _, e := range c.Batch(step) {
					batch = append(batch, dataset.Sequence{Source: e.Source, Tokens: e.Tokens, Classes: e.Classes})
				}
				if step == 0 {
					_, err := trainer.gradients(batch, false)
					require.NoError(t, err)
					if c.Task == format.TaskTranslate {
						requirePyTorchGradients(t, goldens, c.String(), pytorch.EncoderDecoderGradients(trainer.replicas[0].grad))
					}
					require.InEpsilon(t, goldens[c.String()+"/norm"][0], trainer.clip(), 1e-5)
				}
				carry := c.Task == format.TaskLanguage && step > 0
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

// From the same weights, an optimizer's weights after 100 steps are within 1e-5
// of the norm of PyTorch's.
func TestOptimizersArePyTorchs(t *testing.T) {
	const tolerance = 1e-5
	goldens := readGoldens(t)
	optimizers := map[string]Optimizer{
		"sgd":              &SGD{},
		"sgd_momentum":     &SGD{Momentum: 0.9, WeightDecay: 0.1},
		"sgd_nesterov":     &SGD{Momentum: 0.9, WeightDecay: 0.1, Nesterov: true},
		"rmsprop":          &RMSProp{},
		"rmsprop_momentum": &RMSProp{Alpha: 0.9, Momentum: 0.9, WeightDecay: 0.1},
		"rmsprop_centered": &RMSProp{Centered: true, Momentum: 0.5},
		"adam":             &Adam{},
		"adam_decay":       &Adam{Beta1: 0.8, Beta2: 0.99, Epsilon: 1e-6, WeightDecay: 0.1},
		"adamw":            &Adam{WeightDecay: 0.1, Decoupled: true},
	}
	for _, name := range pytorch.Optimizers {
		t.Run(name, func(t *testing.T) {
			o, w := optimizers[name], pytorch.OptimizerWeights()
			o.reset([]parameter{{data: w}}, kernels.Best())
			for step := range pytorch.TrainingSteps {
				g := pytorch.OptimizerGradient(step)
				for k := range g {
					g[k] += w[k] / 2
				}
				// The update is in two parts, as on several cores.
				o.update(0, 0, w[:9], g[:9], nil, 0.01, step+1)
				o.update(0, 9, w[9:], g[9:], nil, 0.01, step+1)
			}
			want, difference := goldens["optimizer/"+name], 0.0
			for k := range w {
				difference += (float64(w[k]) - want[k]) * (float64(w[k]) - want[k])
			}
			relative := math.Sqrt(difference) / euclidean(w)
			require.Less(t, relative, tolerance)
			t.Logf("relative error %.2g", relative)
		})
	}
}

func TestSchedulesArePyTorchs(t *testing.T) {
	goldens := readGoldens(t)
	schedules := map[string]Schedule{
		"cosine":      CosineDecay{Final: 0.1},
		"step":        StepDecay{Size: 3, Gamma: 0.5},
		"exponential": ExponentialDecay{Gamma: 0.9},
		"plateau":     PlateauDecay{Gamma: 0.5, Patience: 1},
	}
	losses := pytorch.ScheduleLosses()
	for _, name := range pytorch.Schedules {
		t.Run(name, func(t *testing.T) {
			var factors []float64
			for epoch := range losses {
				// An epoch has one step, since PyTorch's cosine falls by epoch.
				m := SchedulePoint{Step: epoch, Steps: len(losses), Epoch: epoch, Losses: losses[:epoch]}
				factors = append(factors, schedules[name].Factor(m))
			}
			require.InDeltaSlice(t, goldens["schedule/"+name], factors, 1e-12)
			require.Less(t, factors[len(factors)-1], 0.5, "the schedule does something")
		})
	}
}

func TestWarmupRisesAndThenBegins(t *testing.T) {
	w := Warmup{Steps: 4, Then: CosineDecay{}}
	var factors []float64
	for step := range 8 {
		factors = append(factors, w.Factor(SchedulePoint{Step: step, Steps: 8}))
	}
	require.InDeltaSlice(t, []float64{0.25, 0.5, 0.75, 1, 1, 0.853553, 0.5, 0.146447}, factors, 1e-6)
}
