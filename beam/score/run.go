package score

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A runFn runs sequences in batches.
type runFn struct {
	Options Options

	use      use
	session  *rnn.Session
	batch    *rnn.Batch // nil: batches are not faster for the model
	sessions []*rnn.Session
	names    []string // names of the outputs
	waiting  []waiting
	bytes    int
}

// A waiting is a sequence that waits to be run.
type waiting struct {
	Sequence
	numbers []float32
	tokens  []int32
}

func init() {
	register.DoFn4x1[context.Context, Sequence, func(Answer), func(DeadLetter), error](&runFn{})
}

// StartBundle acquires the model.
func (f *runFn) StartBundle(ctx context.Context, _ func(Answer), _ func(DeadLetter)) error {
	if err := f.use.begin(ctx, &f.Options); err != nil {
		return err
	}
	m := f.use.model
	if err := CheckNumbers(m); err != nil {
		f.use.end()
		return fmt.Errorf("%s: %w", f.Options.Model, err)
	}
	f.waiting, f.bytes = nil, 0
	if f.session != nil && f.session.Model() == m {
		return nil
	}
	f.session, f.batch, f.sessions, f.names = m.NewSession(), nil, nil, ports.OutputNames(m)
	if m.GainsFromBatch() {
		f.batch = m.NewBatch(f.Options.batch())
	}
	return nil
}

// CheckNumbers returns an error if a model cannot be run on whole sequences, or has
// outputs per step and others per sequence, which no answer can have side by side.
func CheckNumbers(m *rnn.Model) error {
	d := m.Description()
	length, _ := cli.Windowing(d)
	switch {
	case m.Pooled() && length > 0:
		return fmt.Errorf("the model was trained on windows of %d steps: run it with rnnrun run", length)
	case cli.Property(d, cli.GapProperty) != "":
		return errors.New("the model was trained on sequences that start again after a gap in time: run it with rnnrun run")
	case slices.ContainsFunc(m.Outputs(), func(o rnn.Output) bool { return o.Sequence != m.Pooled() }):
		return errors.New("the model has outputs per step and others per sequence, which cannot be written side by side")
	}
	return nil
}

// ProcessElement takes a sequence. A short one is run together with others.
func (f *runFn) ProcessElement(ctx context.Context, s Sequence, emit func(Answer), dead func(DeadLetter)) error {
	m := f.use.model
	w := waiting{Sequence: s, numbers: s.Steps}
	if m.Description().TokenWidth() > 0 {
		w.numbers, w.tokens = ports.Split(m.Inputs(), s.Steps, nil, nil)
	}
	n := len(s.Steps) / ports.Width(m.Inputs())
	bytes := m.SequenceBytes(n) + 4*len(s.Steps)
	if f.batch == nil || n == 0 || bytes > batchMemory/4 {
		ys, err := f.alone(w)
		f.answer(ctx, emit, dead, s, ys, err)
		return nil
	}
	f.waiting, f.bytes = append(f.waiting, w), f.bytes+bytes
	if len(f.waiting) >= f.Options.batch() || f.bytes >= batchMemory {
		f.flush(ctx, emit, dead)
	}
	return nil
}

// FinishBundle answers the waiting sequences.
func (f *runFn) FinishBundle(ctx context.Context, emit func(Answer), dead func(DeadLetter)) error {
	f.flush(ctx, emit, dead)
	f.use.end()
	return nil
}

// flush answers the waiting sequences.
func (f *runFn) flush(ctx context.Context, emit func(Answer), dead func(DeadLetter)) {
	list := f.waiting
	f.waiting, f.bytes = f.waiting[:0], 0
	ys, err := f.together(list)
	for i, w := range list {
		if err != nil {
			ys, err := f.alone(w) // gives the sequence its own error or outputs
			f.answer(ctx, emit, dead, w.Sequence, ys, err)
			continue
		}
		f.answer(ctx, emit, dead, w.Sequence, ys[i], nil)
	}
}

// together runs sequences as a batch, and returns the outputs of each.
func (f *runFn) together(list []waiting) ([][]float32, error) {
	var xs [][]float32
	var tokens [][]int32
	for i, w := range list {
		if i == len(f.sessions) {
			f.sessions = append(f.sessions, f.use.model.NewSession())
		}
		f.sessions[i].Reset()
		xs, tokens = append(xs, w.numbers), append(tokens, w.tokens)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return f.batch.RunSessions(f.sessions[:len(list)], xs, tokens)
}

// alone runs a sequence, in blocks if it is long. Blocks do not change the outputs.
func (f *runFn) alone(w waiting) (ys []float32, err error) {
	const block = 1024 // steps
	m, s := f.use.model, f.session
	s.Reset()
	if len(w.Steps) == 0 && len(w.Rows) > 0 {
		return nil, nil // none of its steps could be read
	}
	if !m.Streamable() {
		return run(s, w.numbers, w.tokens)
	}
	numbers, tokens := w.numbers, w.tokens
	for first := true; first || len(numbers)+len(tokens) > 0; first = false {
		xs, ids := numbers[:min(len(numbers), block*m.InputSize())], tokens[:min(len(tokens), block*m.Description().TokenWidth())]
		numbers, tokens = numbers[len(xs):], tokens[len(ids):]
		y, err := run(s, xs, ids)
		if err != nil {
			return nil, err
		}
		if m.Pooled() {
			ys = ys[:0]
		}
		ys = append(ys, y...)
	}
	return ys, nil
}

// run runs steps.
func run(s *rnn.Session, numbers []float32, tokens []int32) ([]float32, error) {
	if s.Model().Description().TokenWidth() == 0 {
		return s.Run(numbers)
	}
	return s.RunInputs(numbers, tokens)
}

// answer emits the answer to a sequence with these outputs, or its dead letter.
func (f *runFn) answer(ctx context.Context, emit func(Answer), dead func(DeadLetter), s Sequence, ys []float32, err error) {
	var lines []byte
	if err == nil {
		lines, err = f.lines(s, ys)
	}
	row := s.row()
	if err != nil {
		deadLetters.Inc(ctx, 1)
		dead(DeadLetter{s.File, row, series.InSequence(err, s.File, s.Number).Error()})
		return
	}
	records.Inc(ctx, 1)
	steps.Inc(ctx, int64(len(s.Steps)/ports.Width(f.use.model.Inputs())))
	emit(Answer{s.File, row, string(lines)})
}

// row returns the first line of a sequence or, in a file without lines, its number from
// 1.
func (s *Sequence) row() int {
	if len(s.Rows) > 0 && s.Rows[0].Line > 0 {
		return s.Rows[0].Line
	}
	return s.Number + 1
}

// lines returns an object for each step, or one for the sequence, as rnnrun run --json
// writes it.
func (f *runFn) lines(s Sequence, ys []float32) (lines []byte, err error) {
	m := f.use.model
	if m.Pooled() {
		var last Row
		if n := len(s.Rows); n > 0 {
			last = s.Rows[n-1]
		}
		return f.object(nil, s, last, -1, ys)
	}
	width := m.OutputSize()
	for i, row := range s.Rows {
		var y []float32
		if !row.Bad {
			y, ys = ys[:width], ys[width:]
		}
		if i > 0 {
			lines = append(lines, '\n')
		}
		if lines, err = f.object(lines, s, row, i, y); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// object appends the answer for a step or, if step is -1, for a sequence. y is nil if
// there is no answer.
func (f *runFn) object(b []byte, s Sequence, row Row, step int, y []float32) ([]byte, error) {
	m := f.use.model
	o := cli.Object{"file", s.File, "sequence", s.Number}
	if s.Grouped {
		o = append(o, "group", s.Group)
	}
	if step >= 0 {
		o = append(o, "step", step)
	}
	if row.Line > 0 {
		o = append(o, "line", row.Line)
	}
	if len(s.Names) > 0 {
		kept := cli.Object{}
		for i, name := range s.Names {
			text := ""
			if i < len(row.Kept) {
				text = row.Kept[i]
			}
			kept = append(kept, name, text)
		}
		o = append(o, "kept", kept)
	}
	o = append(o, "outputs", ports.Values(m, f.names, y))
	if ports.HasClasses(m) {
		var label, probability any
		if y != nil {
			class, err := f.session.ClassOf(y)
			if err != nil {
				return nil, err
			}
			label, probability = labelOf(&class), class.Probability
		}
		o = append(o, "label", label, "probability", probability)
	}
	return cli.AppendJSON(b, o), nil
}
