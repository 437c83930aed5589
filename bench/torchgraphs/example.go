package main

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/format/onnx"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// tolerance is the difference up to which numbers are the same, of those above 1 as
// a part of them.
const tolerance = 2e-5

// An example is a network, and what networks.py says of it.
type example struct {
	Kind    string
	Seed    uint64
	Opset   int
	Open    bool // its axis of time is open
	Fixed   bool // it has no axis of time
	Frames  int  // of time that it was exported with
	Tokens  int  // what it reads are tokens below that; 0: numbers
	Inputs  []input
	States  []state
	Outputs []output

	data []byte
	fed  bool // a state is an input of the model
}

type input struct {
	Name  string
	Shape []int
	Time  int // axis; -1: it has none
}

// A state is an input, and the output that it is in the next call.
type state struct {
	In, Out string
	Shape   []int
}

type output struct {
	Name string
	Time int // axis; -1: it has none
}

func (e *example) String() string {
	return fmt.Sprintf("%d %s (opset %d, open %v)", e.Seed, e.Kind, e.Opset, e.Open)
}

// A sequence is what a call reads: of each input its numbers, or tokens, and its shape.
type sequence struct {
	shapes  [][]int
	numbers [][]float32
	tokens  [][]int64
}

// sequence returns random inputs of so many frames.
func (e *example) sequence(r *rand.Rand, frames int) sequence {
	var q sequence
	for _, in := range e.Inputs {
		shape := slices.Clone(in.Shape)
		if in.Time >= 0 {
			shape[in.Time] = frames
		}
		var xs []float32
		var tokens []int64
		for range length(shape) {
			if e.Tokens > 0 {
				tokens = append(tokens, r.Int64N(int64(e.Tokens)))
			} else {
				xs = append(xs, float32(r.NormFloat64()))
			}
		}
		q.shapes, q.numbers, q.tokens = append(q.shapes, shape), append(q.numbers, xs), append(q.tokens, tokens)
	}
	return q
}

func length(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// compare runs the network in both. refusal is that of rnnrun.
func (e *example) compare() (refusal, err error) {
	n, err := (&onnx.Options{}).Read(e.data)
	if err != nil {
		return err, nil
	}
	description, err := n.Model()
	if err != nil {
		return fmt.Errorf("the model: %w", err), nil
	}
	m, err := rnn.New(description)
	if err != nil {
		return fmt.Errorf("the runtime: %w", err), nil
	}
	for _, in := range m.Inputs() {
		e.fed = e.fed || slices.ContainsFunc(e.States, func(s state) bool { return s.In == in.Name })
	}
	peer, err := newPeer(e)
	if err != nil {
		return nil, err
	}
	defer peer.close()
	r := rand.New(rand.NewPCG(e.Seed, 1))
	frames := []int{e.Frames}
	if e.Open {
		frames = []int{e.Frames, 2 * e.Frames}
	}
	for _, n := range frames {
		calls := 1
		if len(e.States) > 0 {
			calls = 3
		}
		if err := e.same(m, peer, r, n, calls); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// same compares so many calls of so many frames, one after the other.
func (e *example) same(m *rnn.Model, peer *peer, r *rand.Rand, frames, calls int) error {
	ours := &stream{example: e, model: m, session: m.NewSession()}
	stepped := &stream{example: e, model: m, session: m.NewSession()}
	peer.reset()
	for call := range calls {
		q := e.sequence(r, frames)
		want, err := peer.run(q)
		if err != nil {
			return err
		}
		got, steps, err := ours.run(q)
		if err != nil {
			return err
		}
		for i, out := range e.Outputs {
			w := want[i].steps
			if steps == 1 { // the whole call as it lies
				w = want[i].data
			}
			if err := near(w, got[i]); err != nil {
				return fmt.Errorf("call %d of %d frames: the output %s of the shape %v: %w", call, frames, out.Name, want[i].shape, err)
			}
		}
		again, err := stepped.step(q)
		if errors.Is(err, rnn.ErrBidirectional) {
			continue
		}
		if err != nil {
			return err
		}
		for i, out := range e.Outputs {
			if !slices.EqualFunc(got[i], again[i], func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
				return fmt.Errorf("call %d of %d frames: the output %s has other bits step by step", call, frames, out.Name)
			}
		}
	}
	return nil
}

// near compares what ONNX Runtime gives with what rnnrun does.
func near(want, got []float32) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d numbers, but ONNX Runtime has %d", len(got), len(want))
	}
	for i, v := range want {
		if d := math.Abs(float64(v - got[i])); !(d <= tolerance*max(1, math.Abs(float64(v)))) {
			return fmt.Errorf("number %d is %v, but ONNX Runtime has %v", i, got[i], v)
		}
	}
	return nil
}
