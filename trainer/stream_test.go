package trainer

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// counted returns a stream in which the input of step i is i, and the target
// -i.
func counted(t *testing.T, n int, o StreamOptions) *Stream {
	t.Helper()
	inputs, values := make([]float32, n), make([]float32, n)
	for i := range inputs {
		inputs[i], values[i] = float32(i), -float32(i)
	}
	s, err := NewStream(inputs, values, o)
	require.NoError(t, err)
	return s
}

// Every segment is read from its burn-in to its end, window by window, and no step that
// is held back is read.
func TestStreamReadsSegmentsInWindows(t *testing.T) {
	for _, c := range []struct {
		steps       int
		o           StreamOptions
		minibatches int
		trained     int // steps with a loss
		held        int
	}{
		{100, StreamOptions{Segment: 20, BurnIn: 5, Window: 8, BatchSize: 2, Held: 0.2}, 2 * 3, 60, 20},
		{100, StreamOptions{Segment: 20, BurnIn: 0, Window: 20, BatchSize: 9}, 1, 100, 0},
		{100, StreamOptions{Segment: 1000, BurnIn: 30, Window: 50, BatchSize: 4, Held: 0.5}, 1, 20, 50},
		{100, StreamOptions{Segment: 40, Window: math.MaxInt, BatchSize: math.MaxInt, Held: 0.2}, 1, 80, 20},
		{7, StreamOptions{Segment: 1, BurnIn: 1, Window: 5, BatchSize: 1}, 6, 6, 0},
	} {
		t.Run(fmt.Sprintf("%d %+v", c.steps, c.o), func(t *testing.T) {
			s := counted(t, c.steps, c.o)
			require.Equal(t, c.minibatches, s.Minibatches())
			require.Equal(t, c.held, s.HeldBack())
			rng := rand.New(rand.NewPCG(1, 2))
			for range 20 {
				seen := readWindows(t, s, c.o, rng)
				require.Len(t, seen, c.trained)
				for step := range seen {
					require.Less(t, step, c.steps-c.held)
				}
			}
			seen := map[int]bool{}
			for mb, err := range s.Validation() {
				require.NoError(t, err)
				require.Len(t, mb.Sequences, 1)
				for _, v := range mb.Sequences[0].Values {
					if known(v) {
						seen[int(-v)] = true
					}
				}
			}
			require.Len(t, seen, c.held)
			for step := range seen {
				require.GreaterOrEqual(t, step, c.steps-c.held)
			}
		})
	}
}

// readWindows reads an epoch, and returns the steps that have a loss.
func readWindows(t *testing.T, s *Stream, o StreamOptions, rng *rand.Rand) map[int]bool {
	t.Helper()
	seen := map[int]bool{}
	var next []int // the step with which each segment continues
	n := 0
	for mb, err := range s.Epoch(rng, 0) {
		require.NoError(t, err)
		n++
		if !mb.Carry {
			next = make([]int, len(mb.Sequences))
		}
		require.Len(t, mb.Sequences, len(next))
		for k, q := range mb.Sequences {
			burnIn := 0
			if mb.Carry {
				require.Equal(t, next[k], int(q.Inputs[0]))
			} else {
				burnIn = o.BurnIn
			}
			require.Len(t, q.Values, len(q.Inputs))
			require.LessOrEqual(t, len(q.Inputs), burnIn+o.Window)
			for i, x := range q.Inputs {
				require.Equal(t, int(q.Inputs[0])+i, int(x))
				require.Equal(t, i >= burnIn, known(q.Values[i]))
				if i >= burnIn {
					require.Equal(t, -x, q.Values[i])
					require.False(t, seen[int(x)], "step %v is trained on twice", x)
					seen[int(x)] = true
				}
			}
			next[k] = int(q.Inputs[0]) + len(q.Inputs)
		}
	}
	require.Equal(t, s.Minibatches(), n)
	return seen
}

// An epoch may continue from any minibatch, and draws the same number of random
// numbers.
func TestStreamGoesOn(t *testing.T) {
	s := counted(t, 100, StreamOptions{Segment: 20, BurnIn: 5, Window: 8, BatchSize: 2})
	var whole []Minibatch
	for mb := range s.Epoch(rand.New(rand.NewPCG(3, 4)), 0) {
		whole = append(whole, mb)
	}
	for from := range whole {
		rng := rand.New(rand.NewPCG(3, 4))
		i := from
		for mb := range s.Epoch(rng, from) {
			for k := range mb.Sequences {
				require.Equal(t, whole[i].Sequences[k].Inputs, mb.Sequences[k].Inputs)
			}
			require.Equal(t, whole[i].Carry, mb.Carry)
			i++
		}
		require.Equal(t, len(whole), i)
	}
}

func TestNewStreamRefuses(t *testing.T) {
	good := StreamOptions{Segment: 1, Window: 1, BatchSize: 1}
	_, err := NewStream(make([]float32, 3), make([]float32, 3), good)
	require.NoError(t, err)
	for _, c := range []struct {
		change func(o *StreamOptions)
		inputs int
		reason string
	}{
		{func(o *StreamOptions) { o.Segment = 0 }, 3, "the segment is 0"},
		{func(o *StreamOptions) { o.Window = 0 }, 3, "the window 0"},
		{func(o *StreamOptions) { o.BatchSize = 0 }, 3, "the batch size 0"},
		{func(o *StreamOptions) { o.BurnIn = -1 }, 3, "the burn-in is -1"},
		{func(o *StreamOptions) { o.BurnIn = 3 }, 3, "3 steps to train on, want more than the burn-in of 3"},
		{func(*StreamOptions) {}, 4, "4 inputs and 3 values"},
	} {
		o := good
		c.change(&o)
		_, err := NewStream(make([]float32, c.inputs), make([]float32, 3), o)
		require.ErrorContains(t, err, c.reason)
	}
}

// A network with a skip connection learns the difference from its inputs, in the
// units of the data: the loss is that of the model's outputs.
func TestSkipConnection(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	inputs, values := make([]float32, 4000), make([]float32, 4000)
	for i := range inputs {
		inputs[i] = 2*rng.Float32() - 1
		values[i] = inputs[i] + 3
		if i > 0 {
			values[i] += inputs[i-1] / 2
		}
	}
	task, err := NewStream(inputs, values, StreamOptions{Segment: 200, BurnIn: 20, Window: 50, BatchSize: 4, Held: 0.25})
	require.NoError(t, err)
	net, err := NewNetwork(Architecture{
		Task: format.TaskRegress, Cell: format.CellLSTM, InputSize: 1, HiddenSize: 8, Layers: 1, Outputs: 1, Skip: true,
	}, 1)
	require.NoError(t, err)
	require.True(t, net.Model().Skip)
	net.Model().Normalization = &format.Normalization{
		Mean: []float32{0}, Scale: []float32{2}, OutputMean: []float32{3}, OutputScale: []float32{0.5},
	}
	r, err := Fit(context.Background(), net, task, FitOptions{Options: Options{Seed: 1, Clip: 1}, Epochs: 15, LearningRate: 0.02})
	require.NoError(t, err)
	require.Less(t, r.Validation.Loss, 0.01)

	path := filepath.Join(t.TempDir(), "skip.rnn")
	m, err := net.Export()
	require.NoError(t, err)
	require.NoError(t, format.WriteFile(path, m))
	opened, err := rnn.Open(path)
	require.NoError(t, err)
	defer opened.Close()
	y, err := opened.NewSession().Run(inputs)
	require.NoError(t, err)
	sum := 0.0
	for i := 3000; i < 4000; i++ {
		e := (float64(y[i]) - float64(values[i])) / 0.5
		sum += e * e
	}
	require.InEpsilon(t, r.Validation.Loss, sum/1000, 1e-3)
	require.Less(t, math.Abs(float64(y[3500]-values[3500])), 0.2)

	again, err := FromModel(m)
	require.NoError(t, err)
	require.True(t, again.Model().Skip)
}
