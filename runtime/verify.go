package runtime

import (
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// Verify replays the golden inputs inside the model, as whole sequences and,
// where the model can be stepped, step by step, and compares the outputs with
// those that the model's author recorded, bit for bit. The outputs of a model
// that translates are those of its decoder in the greedy translation. The error is
// [ErrClosed], [ErrNoGoldens], or a [*VerifyError].
func (m *Model) Verify() error {
	if m.closed.Load() {
		return ErrClosed
	}
	if len(m.description.Goldens) == 0 {
		return ErrNoGoldens
	}
	for i := range m.description.Goldens {
		g := &m.description.Goldens[i]
		y, err := m.replay(g)
		if err != nil {
			return err
		}
		call := "Run"
		if m.pair != nil {
			call = "Translate"
		}
		if err := m.compare(i, call, y); err != nil {
			return err
		}
		if !m.Streamable() {
			continue
		}
		if y, err = m.replaySteps(g); err != nil {
			return err
		}
		if err := m.compare(i, "Step", y); err != nil {
			return err
		}
	}
	return nil
}

// Golden runs an input, tokens or numbers xs, and records its outputs for
// [Model.Verify]. The errors are those of [Session.Run].
func (m *Model) Golden(tokens []int32, xs []float32) (format.Golden, error) {
	g := format.Golden{Tokens: slices.Clone(tokens), Input: slices.Clone(xs), Steps: len(tokens)}
	if m.description.Embedding == nil {
		g.Steps = len(xs) / m.inputSize
	}
	y, err := m.replay(&g)
	if err != nil {
		return format.Golden{}, err
	}
	if len(y) == 0 {
		return format.Golden{}, ErrNoSteps
	}
	g.Hash = uint64(hashStart.floats(y))
	g.Last = slices.Clone(y[len(y)-m.outputSize:])
	return g, nil
}

// replay returns the outputs of a golden input as a whole sequence.
func (m *Model) replay(g *format.Golden) ([]float32, error) {
	s := m.NewSession()
	if m.description.Embedding != nil {
		if g.Input != nil {
			return nil, errWantsTokens
		}
		if m.pair != nil {
			return m.replayTranslation(g)
		}
		return s.RunTokens(g.Tokens)
	}
	if g.Tokens != nil {
		return nil, errWantsNumbers
	}
	return s.Run(g.Input)
}

// replayTranslation returns the outputs of the decoder in the greedy
// translation of a golden input.
func (m *Model) replayTranslation(g *format.Golden) ([]float32, error) {
	t, err := m.NewTranslator(MaxLength(goldenLength))
	if err != nil {
		return nil, err
	}
	return t.greedy(g.Tokens)
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

// compare compares the outputs y of a golden input with the recorded ones.
func (m *Model) compare(golden int, call string, y []float32) error {
	g := &m.description.Goldens[golden]
	got := uint64(hashStart.floats(y))
	if got == g.Hash {
		return nil
	}
	e := &VerifyError{Golden: golden, Kernels: m.Kernels(), Call: call, GotHash: got, WantHash: g.Hash, Step: -1}
	last := len(y)/m.outputSize - 1
	if m.Pooled() {
		last = g.Steps - 1
	}
	worst := -1.0
	for i, v := range y[len(y)-m.outputSize:] {
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
