package trainer

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/runtime"
)

func TestForecastNormalizesByTheTrainingPart(t *testing.T) {
	file, err := dataset.OpenSeries(write(t, "s.csv", "x,c\n1,5\n3,5\n1,5\n3,5\n1000,6\n"), dataset.SeriesOptions{})
	require.NoError(t, err)
	f, err := NewForecast(file, ForecastOptions{Horizon: 2, Window: 2, Held: 0.2, BatchSize: 1})
	require.NoError(t, err)
	require.Equal(t, &format.Normalization{
		Mean: []float32{2, 5}, Scale: []float32{1, 1},
		OutputMean: []float32{2, 5, 2, 5}, OutputScale: []float32{1, 1, 1, 1},
	}, f.Normalization)
	require.Equal(t, 4, f.Outputs())
	_, err = NewForecast(file, ForecastOptions{Horizon: 0, Window: 2})
	require.ErrorContains(t, err, "the horizon is 0")
	one, err := dataset.OpenSeries(write(t, "s.csv", "1\n"), dataset.SeriesOptions{})
	require.NoError(t, err)
	_, err = NewForecast(one, ForecastOptions{Horizon: 1, Window: 2, BatchSize: 1})
	require.ErrorIs(t, err, dataset.ErrSeries)
}

// Other series to validate on are used as a whole, and nothing of the training
// series is held back.
func TestForecastWithOtherSeriesToValidateOn(t *testing.T) {
	open := func(text string) *dataset.SeriesFile {
		file, err := dataset.OpenSeries(write(t, "s.csv", text), dataset.SeriesOptions{})
		require.NoError(t, err)
		return file
	}
	f, err := NewForecast(open("0\n1\n0\n1\n"), ForecastOptions{
		Horizon: 1, Window: 9, BatchSize: 1, Binary: true, Validation: open("1\n1\n0\n\n0\n1\n"),
	})
	require.NoError(t, err)
	require.Nil(t, f.Normalization)
	var got [2][]dataset.Sequence
	for i, store := range []*dataset.SequenceStore{f.windows.Train, f.windows.Validation} {
		for e := range store.Len() {
			s, err := store.At(e)
			require.NoError(t, err)
			got[i] = append(got[i], s)
		}
	}
	require.Equal(t, []dataset.Sequence{{Inputs: []float32{0, 1, 0}, Values: []float32{1, 0, 1}}}, got[0])
	require.Equal(t, []dataset.Sequence{{Inputs: []float32{1, 1}, Values: []float32{1, 0}}, {Inputs: []float32{0}, Values: []float32{1}}}, got[1])
}

// A network learns a sine, and the runtime gives the outputs of its forward
// pass in training, bit for bit, in the units of the data.
func TestForecastLearnsASine(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "%g\n", 100+20*math.Sin(float64(i)/5))
	}
	file, err := dataset.OpenSeries(write(t, "s.csv", b.String()), dataset.SeriesOptions{})
	require.NoError(t, err)
	f, err := NewForecast(file, ForecastOptions{Horizon: 3, Window: 20, Held: 0.25, BatchSize: 4})
	require.NoError(t, err)
	net, err := NewNetwork(Architecture{Task: format.TaskRegress, Cell: format.CellGRU, InputSize: 1, HiddenSize: 12, Layers: 1, Outputs: f.Outputs()}, 1)
	require.NoError(t, err)
	net.Model().Normalization = f.Normalization
	r, err := Fit(context.Background(), net, f, FitOptions{Options: Options{Clip: 1}, Epochs: 20, LearningRate: 0.02, Schedule: CosineDecay{}})
	require.NoError(t, err)
	require.Less(t, r.Validation.Loss, 0.01, "of the variance")

	sequences := randomSequences(net.Model(), rand.New(rand.NewPCG(1, 9)), 17)
	p := newReplica(net)
	require.NoError(t, p.batch.load(net.Model(), sequences))
	p.forward(false, dropout{})
	model, err := runtime.New(net.Model())
	require.NoError(t, err)
	want, err := model.NewSession().Run(sequences[0].Inputs)
	require.NoError(t, err)
	z := f.Normalization
	for i, y := range want {
		got := float32(p.outputs.row(i / 3)[i%3]*z.OutputScale[i%3]) + z.OutputMean[i%3]
		require.Equal(t, y, got)
	}
}

// Targets that are NaN have neither loss nor gradient.
func TestUnknownValuesHaveNoLoss(t *testing.T) {
	for _, output := range []format.Output{format.OutputLinear, format.OutputSigmoid} {
		net, err := NewNetwork(Architecture{Cell: format.CellGRU, InputSize: 1, HiddenSize: 3, Layers: 1, Outputs: 2, Output: output}, 1)
		require.NoError(t, err)
		nan := float32(math.NaN())
		whole := dataset.Sequence{Inputs: []float32{1, 2, 3}, Values: []float32{0, 1, 1, nan, nan, nan}}
		short := dataset.Sequence{Inputs: whole.Inputs[:2], Values: whole.Values[:4]}
		var losses []float64
		var gradients [][]float32
		for _, s := range []dataset.Sequence{whole, short} {
			trainer := NewTrainer(net, Options{})
			loss, err := trainer.gradients([]dataset.Sequence{s}, false)
			require.NoError(t, err)
			losses = append(losses, loss)
			gradients = append(gradients, trainer.replicas[0].grads[0].data)
			score, err := trainer.Evaluate([]dataset.Sequence{s}, false)
			require.NoError(t, err)
			require.Equal(t, 3, score.Targets)
			require.InDelta(t, loss, score.Loss, 1e-12)
		}
		require.Equal(t, losses[0], losses[1])
		require.Equal(t, gradients[0], gradients[1])
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
