package runtime_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// watcher predicts its inputs 1 and 0 in its first outputs.
func watcher(weight, threshold float32) *format.Model {
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 4, Outputs: 3, Seed: 1}.Model()
	m.Anomaly = &format.Anomaly{Columns: []int{1, 0}, Median: []float32{1, 0}, Scale: []float32{2, 0.5}, Weight: weight, Threshold: threshold}
	return m
}

// A score is the mean distance of steps from their predictions.
func TestDetectorScores(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	d, err := load(t, watcher(0.5, 2)).NewDetector()
	require.NoError(t, err)
	require.EqualValues(t, 2, d.Threshold())
	for _, c := range []struct {
		name      string
		x, y      []float32 // read, and predicted for the next step: inputs 1 and 0
		score     float32
		anomalous bool
	}{
		{"the first step is not predicted", []float32{1e9, 1e9}, []float32{5, 3, 0}, nan, false},
		{"as predicted, but for the median", []float32{3, 6}, []float32{5, 3, 0}, 0, false},
		{"input 1 is 5 off, 4 beyond the median: 2 scales", []float32{3, 10}, []float32{5, 3, 0}, 1, false},
		{"input 0 is 2 off: 4 scales", []float32{1, 6}, []float32{5, 3, 0}, 2.5, true},
		{"as predicted again", []float32{3, 6}, []float32{5, 3, 0}, 1.25, false},
		{"far out counts as 2 thresholds by the weight: 8", []float32{3, 1e30}, []float32{nan, 3, 0}, 4.625, true},
		{"a prediction that is no number counts as much", []float32{3, 6}, []float32{inf, 3, 0}, 6.3125, true},
		{"so does one that is infinite", []float32{3, 6}, []float32{5, 3, 0}, 7.15625, true},
		{"it is forgotten", []float32{3, 6}, []float32{5, 3, 0}, 3.578125, true},
	} {
		score := d.Score(c.x, c.y)
		if c.score != c.score {
			require.True(t, score != score, c.name)
		} else {
			require.Equal(t, c.score, score, c.name)
		}
		require.Equal(t, c.anomalous, d.Anomalous(score), c.name)
	}
	d.Reset()
	require.True(t, math.IsNaN(float64(d.Score([]float32{3, 6}, []float32{5, 3, 0}))), "a new stream")
	require.EqualValues(t, 2, d.Score([]float32{3, 10}, []float32{5, 3, 0}), "nothing is left of the stream before")
}

func TestDetectorRefusals(t *testing.T) {
	plain := watcher(1, 1)
	plain.Anomaly = nil
	_, err := load(t, plain).NewDetector()
	require.ErrorIs(t, err, rnn.ErrNoAnomaly)
}

func TestDetectorAllocatesNothing(t *testing.T) {
	d, err := load(t, watcher(0.5, 2)).NewDetector()
	require.NoError(t, err)
	x, y := []float32{1, 2}, []float32{3, 4, 5}
	require.Zero(t, testing.AllocsPerRun(100, func() { d.Score(x, y) }))
}
