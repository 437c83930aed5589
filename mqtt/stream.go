package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A stream answers the messages of a topic.
type stream struct {
	session  *rnn.Session
	detector *rnn.Detector // nil without --anomaly
	width    int           // numbers per step
	window   int           // steps in a window; 0: no windows
	stride   int
	held     []float32 // steps of the current window
	skip     int       // steps to skip before the next window
	steps    int       // steps of the stream so far
	out      []byte
}

func newStream(m *rnn.Model, anomaly bool) (*stream, error) {
	s := &stream{session: m.NewSession(), width: ports.Width(m.Inputs())}
	if m.Pooled() {
		s.window, s.stride = cli.Windowing(m.Description())
	}
	if !anomaly {
		return s, nil
	}
	var err error
	s.detector, err = m.NewDetector()
	return s, err
}

// readsTexts reports whether the messages are texts.
func readsTexts(m *rnn.Model) bool { return m.ReadsText() && m.Task() == format.TaskClassify }

// answer returns the answers to a message, one object per line; none: the window is not
// full yet.
func (s *stream) answer(payload []byte) []byte {
	s.out = s.out[:0]
	var err error
	if readsTexts(s.session.Model()) {
		err = s.text(string(payload))
	} else {
		err = s.lines(payload)
	}
	if err != nil {
		s.write(cli.Object{"error", err.Error()})
	}
	return bytes.Clone(bytes.TrimSuffix(s.out, []byte("\n")))
}

func (s *stream) write(o cli.Object) { s.out = append(cli.AppendJSON(s.out, o), '\n') }

func (s *stream) text(text string) error {
	class, err := s.session.Classify(text)
	if err != nil {
		return err
	}
	s.write(append(s.class(class), "text", text))
	return nil
}

// lines answers steps, one per line.
func (s *stream) lines(payload []byte) error {
	m := s.session.Model()
	source := &ports.Source{Flag: "the message", Files: ports.Files{All: "-"}, Inputs: m.Inputs(), Name: "the message", ReadAhead: 1 << 16,
		Stdin: bytes.NewReader(asLines(payload)), Columns: func(o *series.Options) error {
			if o.Kind != series.KindCSV {
				return errors.New("the message is not text")
			}
			if d := m.Description().Data; d != nil {
				o.Columns.Read = d.Columns
			}
			if bytes.HasPrefix(payload, []byte("{")) {
				o.Columns.Keep = []string{series.KeepAll}
			}
			return nil
		}}
	r, o, err := source.Open()
	if err == nil {
		err = r.Next()
	}
	if err == io.EOF {
		return errors.New("the message is empty")
	} else if err != nil {
		return err
	}
	step := make([]float32, s.width)
	var all []float32 // all steps, for a model that reads whole sequences
	for {
		_, err := r.Read(step)
		var bad *series.BadStep
		switch {
		case err == io.EOF:
			return s.sequence(all)
		case errors.As(err, &bad):
			s.write(append(kept(o.Records), "outputs", nil, "error", err.Error()))
			continue
		case err != nil:
			return err
		}
		s.steps++
		switch {
		case s.window > 0:
			err = s.windowed(step, o.Records)
		case m.Pooled() || !m.Streamable():
			all = append(all, step...)
			o.Records.Next()
		default:
			err = s.step(step, o.Records)
		}
		if err != nil {
			return err
		}
	}
}

// asLines returns a payload as lines of CSV or objects: an array of numbers becomes CSV.
func asLines(payload []byte) []byte {
	payload = bytes.TrimSpace(payload)
	if n := len(payload); n > 2 && payload[0] == '[' && payload[n-1] == ']' && !bytes.ContainsAny(payload[1:n-1], "[]\n") {
		payload = payload[1 : n-1]
	}
	return append(bytes.Clone(payload), '\n')
}

// kept returns the columns of a line that the model does not read.
func kept(records *series.Records) cli.Object {
	r := records.Next()
	if len(records.Names) == 0 {
		return nil
	}
	o := cli.Object{}
	for i, name := range records.Names {
		o = append(o, name, r.Kept[i])
	}
	return cli.Object{"kept", o}
}

// run runs steps of all inputs.
func (s *stream) run(steps []float32) ([]float32, error) {
	numbers, tokens := ports.Split(s.session.Model().Inputs(), steps, nil, nil)
	if len(tokens) == 0 {
		return s.session.Run(numbers)
	}
	return s.session.RunInputs(numbers, tokens)
}

// step answers a step.
func (s *stream) step(x []float32, records *series.Records) error {
	y, err := s.run(x)
	if err != nil {
		return err
	}
	o := append(kept(records), "step", s.steps-1, "outputs", y)
	if s.session.Model().Task() == format.TaskTag {
		class, err := s.session.ClassOf(y)
		if err != nil {
			return err
		}
		o = append(o, s.class(class)...)
	}
	if s.detector != nil {
		score, flag := s.detector.Score(x, y), 0
		if s.detector.Anomalous(score) {
			flag = 1
		}
		o = append(o, "score", score, "anomaly", flag)
	}
	s.write(o)
	return nil
}

// windowed answers a window if the step is its last one.
func (s *stream) windowed(x []float32, records *series.Records) error {
	o := kept(records)
	if s.skip > 0 {
		s.skip--
		return nil
	}
	if s.held = append(s.held, x...); len(s.held) < s.window*s.width {
		return nil
	}
	s.session.Reset()
	y, err := s.run(s.held)
	if err != nil {
		return err
	}
	o = append(o, "step", s.steps-1, "outputs", y)
	s.held = s.held[:copy(s.held, s.held[min(s.stride, s.window)*s.width:])]
	s.skip = max(0, s.stride-s.window)
	return s.classified(o, y)
}

// sequence answers a message that is a sequence.
func (s *stream) sequence(xs []float32) error {
	if len(xs) == 0 {
		return nil
	}
	s.session.Reset()
	y, err := s.run(xs)
	if err != nil {
		return err
	}
	return s.classified(cli.Object{"outputs", y}, y)
}

// classified writes an answer, with the class if the outputs are classes.
func (s *stream) classified(o cli.Object, y []float32) error {
	if s.session.Model().Task() == format.TaskClassify {
		class, err := s.session.ClassOf(y)
		if err != nil {
			return err
		}
		o = append(o, s.class(class)...)
	}
	s.write(o)
	return nil
}

func (s *stream) class(c rnn.Class) cli.Object {
	label := c.Label
	if label == "" {
		label = fmt.Sprint(c.Index)
	}
	return cli.Object{"label", label, "probability", c.Probability}
}
