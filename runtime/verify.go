package runtime

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// Verify replays the golden inputs inside the model, as whole sequences and,
// if the model can be stepped, step by step, and compares the outputs with
// those that the model's author recorded, bit for bit. Its memory is bounded, however
// long the inputs are. The error is [ErrClosed], [ErrNoGoldens], [ErrGoldenLength],
// or a [*VerifyError].
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

// Golden runs an input, of tokens or numbers xs, and records its outputs for
// [Model.Verify]. The errors are those of [Session.Run] and [ErrGoldenLength].
func (m *Model) Golden(tokens []int32, xs []float32) (format.Golden, error) {
	return m.goldens().record(tokens, xs, m.replay)
}

func (m *Model) goldens() goldens {
	return goldens{m.description, m.Kernels(), max(m.eachSize, 1), m.Pooled()}
}

const (
	// replayFloats is the number of outputs of a golden input that are computed at
	// once if the model reads forward, since a file may claim more than fit into
	// memory.
	replayFloats = 1 << 18
	// replayBytes is the most memory that a golden input may take if the model
	// reads backward, and so needs all steps at once.
	replayBytes = 256 << 20
)

// replay reads a golden input as a whole sequence.
func (m *Model) replay(g *format.Golden, out *recorder) error {
	if err := m.refuseGolden(g); err != nil {
		return err
	}
	s, block := m.NewSession(), g.Steps
	if m.streaming && !m.Pooled() {
		block = max(1, replayFloats/m.eachSize)
	}
	for first := 0; first < g.Steps; first += block {
		n := min(block, g.Steps-first)
		y, err := s.RunInputs(g.Input[first*m.numberWidth:][:n*m.numberWidth], g.Tokens[first*m.tokenWidth:][:n*m.tokenWidth])
		if err != nil {
			return err
		}
		if !m.Pooled() {
			out.add(y)
		}
	}
	out.finish(s)
	return nil
}

// refuseGolden returns why the model cannot read a golden input, or nil.
func (m *Model) refuseGolden(g *format.Golden) error {
	switch {
	case m.readsTokens() && g.Input != nil:
		return errWantsTokens
	case m.tokenWidth == 0 && g.Tokens != nil:
		return errWantsNumbers
	}
	if _, err := m.refuseInputs(g.Input, g.Tokens); err != nil {
		return err
	}
	if g.Steps == 0 {
		return ErrNoSteps
	}
	if bytes := m.SequenceBytes(g.Steps); !m.streaming && bytes > replayBytes {
		return fmt.Errorf("%w: %s would take %s, want at most %d", ErrGoldenLength, message.Count(g.Steps, "step"), message.Count(bytes, "byte"), replayBytes)
	}
	return nil
}

// replaySteps reads a golden input step by step.
func (m *Model) replaySteps(g *format.Golden, out *recorder) error {
	if err := m.refuseGolden(g); err != nil {
		return err
	}
	s := m.NewSession()
	for i := range g.Steps {
		copy(s.x, g.Input[i*m.numberWidth:][:m.numberWidth])
		tokens := g.Tokens[i*m.tokenWidth:][:m.tokenWidth]
		for _, v := range m.plan.ports {
			tokens = tokens[copy(s.places[v].tokens[:m.plan.values[v].tokens], tokens):]
		}
		out.addStep(s)
	}
	out.finish(s)
	return nil
}

// A recorder hashes the outputs of a golden input: those of each step, block by
// block, and then those of the sequence.
type recorder struct {
	outputs int // of a step
	hash    hash
	steps   int
	last    []float32 // the outputs of the last step, and of the sequence
}

func (r *recorder) add(y []float32) {
	r.hash = r.hash.floats(y)
	r.steps += len(y) / r.outputs
	r.last = append(r.last[:0], y[len(y)-r.outputs:]...)
}

// addStep makes a step of a session, whose inputs are set, and adds its outputs.
func (r *recorder) addStep(s *Session) {
	s.step()
	p := s.model.plan
	for i, v := range p.results {
		if p.each[i] {
			r.hash = r.hash.floats(s.places[v].step)
		}
	}
}

// finish adds the outputs of the sequence that a session has read.
func (r *recorder) finish(s *Session) {
	p := s.model.plan
	for i, v := range p.results {
		if !p.each[i] {
			r.hash = r.hash.floats(s.places[v].step)
		}
	}
	r.last = append(r.last[:0], s.y...)
}

// goldens are the golden inputs of a model, and what is needed to compare them.
type goldens struct {
	description *format.Model
	kernels     string
	outputs     int // of a step
	pooled      bool
}

func (s goldens) newRecorder() *recorder { return &recorder{outputs: s.outputs, hash: hashStart} }

// A replay runs a golden input through a call, and records its outputs.
type replay struct {
	call string
	run  func(g *format.Golden, out *recorder) error
}

func (s goldens) verify(replays ...replay) error {
	if len(s.description.Goldens) == 0 {
		return ErrNoGoldens
	}
	for i := range s.description.Goldens {
		for _, r := range replays {
			out := s.newRecorder()
			err := r.run(&s.description.Goldens[i], out)
			if err != nil {
				err = fmt.Errorf("golden %d: %w", i, err)
			} else {
				err = s.compare(i, r.call, out)
			}
			runtime.KeepAlive(s.description) // and with it the goldens' memory
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s goldens) record(tokens []int32, xs []float32, run func(g *format.Golden, out *recorder) error) (format.Golden, error) {
	g := format.Golden{Tokens: slices.Clone(tokens), Input: slices.Clone(xs)}
	if n := s.description.NumberWidth(); n > 0 {
		g.Steps = len(xs) / n
	} else {
		g.Steps = len(tokens) / s.description.TokenWidth()
	}
	out := s.newRecorder()
	if err := run(&g, out); err != nil {
		return format.Golden{}, err
	}
	g.Hash, g.Last = uint64(out.hash), out.last
	return g, nil
}

// compare compares the outputs of a golden input with the recorded ones.
func (s goldens) compare(golden int, call string, out *recorder) error {
	g := &s.description.Goldens[golden]
	got := uint64(out.hash)
	if got == g.Hash {
		return nil
	}
	e := &VerifyError{Golden: golden, Kernels: s.kernels, Call: call, GotHash: got, WantHash: g.Hash, Step: -1}
	last := g.Steps - 1
	if out.steps > 0 && !s.pooled {
		last = out.steps - 1 // of a translation
	}
	worst := -1.0
	for i, v := range out.last {
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
