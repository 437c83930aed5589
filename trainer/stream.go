package trainer

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Stream is the task of predicting a number for every number of one long
// stream, such as a sound: many-to-many, real-valued. The end of the stream is
// held back for validation.
//
// The rest is cut into segments. BatchSize of them are read side by side, in
// windows. The state is carried from window to window, but gradients are not
// (truncated back-propagation through time). Before the first window, the network
// reads BurnIn steps whose outputs have no loss, so that its state is typical of
// the middle of a stream. The segments start at a different place in each epoch.
type Stream struct {
	inputs, values []float32
	train          int // steps to train on
	segments       int
	o              StreamOptions
}

// StreamOptions say how a stream is cut.
type StreamOptions struct {
	Segment   int // steps with a loss; fewer if the stream is shorter
	BurnIn    int // steps without a loss, before a segment
	Window    int // steps that gradients reach back, and steps of a minibatch
	BatchSize int // segments in a minibatch
	Held      float64
}

// NewStream returns the task of predicting values from inputs, of the same
// length.
func NewStream(inputs, values []float32, o StreamOptions) (*Stream, error) {
	if o.Segment < 1 || o.BurnIn < 0 || o.Window < 1 || o.BatchSize < 1 {
		return nil, fmt.Errorf("the segment is %d, the window %d and the batch size %d, want at least 1; the burn-in is %d, want at least 0",
			o.Segment, o.Window, o.BatchSize, o.BurnIn)
	}
	if len(inputs) != len(values) {
		return nil, fmt.Errorf("there are %s and %s, want equally many", message.Count(len(inputs), "input"), message.Count(len(values), "value"))
	}
	s := &Stream{inputs: inputs, values: values, train: dataset.SplitSeries(len(inputs), o.Held), o: o}
	lossy := s.train - o.BurnIn
	if lossy < 1 {
		return nil, fmt.Errorf("the stream has %s to train on, want more than the burn-in of %d: give a longer stream, or a shorter burn-in", message.Count(s.train, "step"), o.BurnIn)
	}
	s.o.Segment = min(o.Segment, lossy)
	s.o.Window, s.o.BatchSize = min(o.Window, s.train), min(o.BatchSize, s.train) // the caller may give any number
	s.segments = lossy / s.o.Segment
	return s, nil
}

// HeldBack returns the number of steps to validate on.
func (s *Stream) HeldBack() int { return len(s.inputs) - s.train }

// Minibatches returns the number of minibatches of an epoch. Each has one window of
// every segment that is read side by side.
func (s *Stream) Minibatches() int {
	return s.groups() * ceil(s.o.Segment, s.o.Window)
}

func (s *Stream) groups() int { return ceil(s.segments, s.o.BatchSize) }

func ceil(n, by int) int { return (n + by - 1) / by }

// Epoch yields the windows of the segments, in random order.
func (s *Stream) Epoch(rng *rand.Rand, from int) iter.Seq2[Minibatch, error] {
	starts := rng.Perm(s.segments)
	skip := s.o.BurnIn + rng.IntN(s.train-s.o.BurnIn-s.segments*s.o.Segment+1)
	for i := range starts {
		starts[i] = skip + starts[i]*s.o.Segment
	}
	windows := ceil(s.o.Segment, s.o.Window)
	return func(yield func(Minibatch, error) bool) {
		for n := from; n < s.Minibatches(); n++ {
			first := n / windows * s.o.BatchSize
			group := starts[first:min(first+s.o.BatchSize, len(starts))]
			if !yield(s.window(group, n%windows, s.o.Segment), nil) {
				return
			}
		}
	}
}

// Validation yields the windows of the end of the stream.
func (s *Stream) Validation() iter.Seq2[Minibatch, error] {
	return func(yield func(Minibatch, error) bool) {
		for n := range ceil(s.HeldBack(), s.o.Window) {
			if !yield(s.window([]int{s.train}, n, s.HeldBack()), nil) {
				return
			}
		}
	}
}

// window returns window n of the segments that start at starts and have a loss for
// length steps.
func (s *Stream) window(starts []int, n, length int) Minibatch {
	mb := Minibatch{Carry: n > 0}
	from, to := n*s.o.Window, min((n+1)*s.o.Window, length)
	burnIn := 0
	if n == 0 {
		burnIn = s.o.BurnIn
	}
	for _, start := range starts {
		values := s.values[start+from : start+to]
		if burnIn > 0 {
			values = append(make([]float32, burnIn), values...)
			for i := range burnIn {
				values[i] = float32(math.NaN())
			}
		}
		mb.Sequences = append(mb.Sequences, dataset.Sequence{Inputs: s.inputs[start+from-burnIn : start+to], Values: values})
	}
	return mb
}
