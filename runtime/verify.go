package runtime

import (
	"math"
	"runtime"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// Verify replays the golden inputs inside the model, as whole sequences and,
// if the model can be stepped, step by step, and compares the outputs with
// those that the model's author recorded, bit for bit. The error is [ErrClosed],
// [ErrNoGoldens], or a [*VerifyError].
func (m *Model) Verify() error {
	if m.closed.Load() {
		return ErrClosed
	}
	replays := []replay{{"Run", m.replay}}
	if m.streaming {
		replays = append(replays, replay{"Step", m.replaySteps})
	}
	return m.goldens().verify(replays...)
}

// Golden runs an input, tokens or numbers xs, and records its outputs for
// [Model.Verify]. The errors are those of [Session.Run].
func (m *Model) Golden(tokens []int32, xs []float32) (format.Golden, error) {
	return m.goldens().record(tokens, xs, m.replay)
}

func (m *Model) goldens() goldens {
	return goldens{m.description, m.Kernels(), m.outputSize, m.Pooled()}
}

// replay returns the outputs of a golden input as a whole sequence.
func (m *Model) replay(g *format.Golden) ([]float32, error) {
	s := m.NewSession()
	if m.readsTokens() {
		if g.Input != nil {
			return nil, errWantsTokens
		}
		return s.RunTokens(g.Tokens)
	}
	if g.Tokens != nil {
		return nil, errWantsNumbers
	}
	return s.Run(g.Input)
}

// replaySteps returns the outputs of a golden input step by step.
func (m *Model) replaySteps(g *format.Golden) ([]float32, error) {
	s := m.NewSession()
	var all []float32
	for i := range g.Steps {
		var y []float32
		var err error
		if g.Tokens != nil {
			y, err = s.StepToken(g.Tokens[i])
		} else {
			y, err = s.Step(g.Input[i*m.inputSize:][:m.inputSize])
		}
		if err != nil {
			return nil, err
		}
		if m.Pooled() {
			all = all[:0]
		}
		all = append(all, y...)
	}
	return all, nil
}

// goldens are the golden inputs of a model, and what is needed to compare them.
type goldens struct {
	description *format.Model
	kernels     string
	outputs     int // of a step
	pooled      bool
}

// A replay runs a golden input by a call, and returns its outputs.
type replay struct {
	call string
	run  func(g *format.Golden) ([]float32, error)
}

func (s goldens) verify(replays ...replay) error {
	if len(s.description.Goldens) == 0 {
		return ErrNoGoldens
	}
	for i := range s.description.Goldens {
		for _, r := range replays {
			y, err := r.run(&s.description.Goldens[i])
			if err != nil {
				return err
			}
			err = s.compare(i, r.call, y)
			runtime.KeepAlive(s.description) // and so the goldens' memory
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s goldens) record(tokens []int32, xs []float32, run func(g *format.Golden) ([]float32, error)) (format.Golden, error) {
	g := format.Golden{Tokens: slices.Clone(tokens), Input: slices.Clone(xs), Steps: len(tokens)}
	if s.description.Embedding == nil {
		g.Steps = len(xs) / s.description.InputSize
	}
	y, err := run(&g)
	if err != nil {
		return format.Golden{}, err
	}
	if len(y) == 0 {
		return format.Golden{}, ErrNoSteps
	}
	g.Hash = uint64(hashStart.floats(y))
	g.Last = slices.Clone(y[len(y)-s.outputs:])
	return g, nil
}

// compare compares the outputs y of a golden input with the recorded ones.
func (s goldens) compare(golden int, call string, y []float32) error {
	g := &s.description.Goldens[golden]
	got := uint64(hashStart.floats(y))
	if got == g.Hash {
		return nil
	}
	e := &VerifyError{Golden: golden, Kernels: s.kernels, Call: call, GotHash: got, WantHash: g.Hash, Step: -1}
	last := len(y)/s.outputs - 1
	if s.pooled {
		last = g.Steps - 1
	}
	worst := -1.0
	for i, v := range y[len(y)-s.outputs:] {
		want := g.Last[i]
		if math.Float32bits(v) == math.Float32bits(want) {
			continue
		}
		off := math.Abs(float64(v) - float64(want))
		if off != off {
			off = math.Inf(1)
		}
		if off > worst {
			worst = off
			e.Step, e.Output, e.Got, e.Want = last, i, v, want
		}
	}
	return e
}
