package pytorch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/pytorch"
)

const folder = "../../testdata/pytorch"

func TestGoldensAreThoseOfTheCases(t *testing.T) {
	goldens, err := pytorch.Read(folder)
	require.NoError(t, err)

	lengths := map[string]int{"rule/uniform": 8, "rule/below": 8}
	tensor := func(c pytorch.Case, name string, n int) {
		lengths[c.String()+"/gradient/"+name] = min(n, 32)
		lengths[c.String()+"/norm/"+name] = 2
	}
	for _, c := range pytorch.Cases() {
		m, err := c.Model()
		require.NoError(t, err)
		states := c.Layers * c.OutputSize()
		lengths[c.String()+"/output"] = min(c.Steps*c.OutputSize(), 256)
		lengths[c.String()+"/h"] = min(states, 256)
		if c.Cell.Cell == format.CellLSTM {
			lengths[c.String()+"/c"] = min(states, 256)
		}
		lengths[c.String()+"/loss"] = 1
		for _, g := range pytorch.Gradients(m.Layers) {
			tensor(c, g.Name, len(g.Values))
		}
		tensor(c, "input", len(c.Input()))
	}
	for _, c := range pytorch.Trainings() {
		lengths[c.String()+"/loss"] = pytorch.TrainingSteps
		lengths[c.String()+"/norm"] = 1
		if c.Task != format.TaskTranslate {
			continue
		}
		m, err := c.Model()
		require.NoError(t, err)
		for _, g := range pytorch.EncoderDecoderGradients(m) {
			lengths[c.String()+"/gradient/"+g.Name] = min(len(g.Values), 32)
			lengths[c.String()+"/norm/"+g.Name] = 2
		}
	}
	for _, name := range pytorch.Optimizers {
		lengths["optimizer/"+name] = len(pytorch.OptimizerWeights())
	}
	for _, name := range pytorch.Schedules {
		lengths["schedule/"+name] = len(pytorch.ScheduleLosses())
	}

	got := map[string]int{}
	for name, values := range goldens {
		got[name] = len(values)
	}
	require.Equal(t, lengths, got)
}

func TestErrorComparesASampleOfALongArray(t *testing.T) {
	goldens := pytorch.Goldens{"short": {1, 2, 3}, "long": {0, 0}}
	for _, c := range []struct {
		name   string
		values []float32
		want   float64
	}{
		{"short", []float32{1, 2, 3}, 0},
		{"short", []float32{1, 2.5, 2}, 1},
		{"long", []float32{7, 7, 7, 7}, 7},
	} {
		got, err := goldens.Error(c.name, c.values)
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%s %v", c.name, c.values)
	}
	_, err := goldens.Error("short", []float32{1})
	require.ErrorContains(t, err, "has 3 numbers")
	_, err = goldens.Error("none", nil)
	require.ErrorContains(t, err, "no golden none")
}
