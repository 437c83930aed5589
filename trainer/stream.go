package trainer

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/dataset"
)

// A Stream is the task of answering every number of one long stream, such as a
// sound, with a number: many-to-many, real-valued. The end of the stream is held
// back to validate on.
//
// The rest is cut into segments, of which BatchSize are read side by side in
// windows. The state is carried from window to window, gradients are not. Before
// the first window, the network reads BurnIn steps whose answers have no loss, so
// that its state is typical of the middle of a stream. The segments begin at
// another place in every epoch.
type Stream struct {
	inputs, values []float32
	train          int // steps that are trained on
	segments       int
	o              StreamOptions
}

// StreamOptions say how a stream is cut.
type StreamOptions struct {
	Segment   int // steps with a loss; fewer if there are not so many
	BurnIn    int // steps without, before a segment
	Window    int // steps that gradients reach back, and of a minibatch
	BatchSize int // segments of a minibatch
	Held      float64
}

// NewStream returns the task of answering inputs by as many values.
func NewStream(inputs, values []float32, o StreamOptions) (*Stream, error) {
	if o.Segment < 1 || o.BurnIn < 0 || o.Window < 1 || o.BatchSize < 1 {
		return nil, fmt.Errorf("segments of %d steps, windows of %d and batches of %d must be at least 1, and a burn-in of %d at least 0",
			o.Segment, o.Window, o.BatchSize, o.BurnIn)
	}
	if len(inputs) != len(values) {
		return nil, fmt.Errorf("%d inputs have %d values, but must have as many", len(inputs), len(values))
	}
	s := &Stream{inputs: inputs, values: values, train: dataset.SplitSeries(len(inputs), o.Held), o: o}
	lossy := s.train - o.BurnIn
	if lossy < 1 {
		return nil, fmt.Errorf("%d steps to train on are no more than a burn-in of %d: give a longer stream, or a shorter burn-in", s.train, o.BurnIn)
	}
	s.o.Segment = min(o.Segment, lossy)
	s.o.Window, s.o.BatchSize = min(o.Window, s.train), min(o.BatchSize, s.train) // these may be any number
	s.segments = lossy / s.o.Segment
	return s, nil
}

// HeldBack returns the number of steps that are validated on.
func (s *Stream) HeldBack() int { return len(s.inputs) - s.train }

// Minibatches returns the number of minibatches of an epoch, which have a window of
// every segment that is read beside others.
func (s *Stream) Minibatches() int {
	return s.groups() * ceil(s.o.Segment, s.o.Window)
}

func (s *Stream) groups() int { return ceil(s.segments, s.o.BatchSize) }

func ceil(n, by int) int { return (n + by - 1) / by }

// Epoch yields the windows of the segments, which are in an order of chance.
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

// window returns window n of segments that start there and have a loss for so many
// steps.
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
