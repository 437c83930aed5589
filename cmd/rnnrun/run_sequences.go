package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A converter turns the sequences of an input into a model's outputs.
type converter struct {
	runner
	input      string // the input's name
	width      int    // numbers per step
	answers    int    // outputs per step, or per sequence
	in         series.Reader[float32]
	out        series.Writer
	text       *answerer // destination of out; nil: the output is not text
	window     windowFlags
	groups     groupFlags
	apart      bool // steps are run in separate streams, for groups or windows
	hysteresis hysteresis
	batches    bool      // a batch may run several streams or windows
	begun      int       // sequences of streams
	errs       io.Writer // for reports of bad steps
	strict     bool      // the first bad step is an error
	bad        int       // bad steps so far
	single     int       // sequences so far, if each has had one step
	goesOn     bool      // the first sequence continues from the session's states
	records    *series.Records
	initial    *initialStates        // nil: the model's
	final      *finalStates          // nil: not saved
	fits       func(steps int) error // refuses a sequence that is too long; nil: no limit
}

// newConverter returns a converter for an input that is read with these options. It has
// no output yet.
func newConverter(s *rnn.Session, in series.Reader[float32], o *series.Options, errs io.Writer) converter {
	return converter{runner: newRunner(s, runOf), input: o.Name, width: o.Width, answers: answerWidth(s.Model()),
		in: in, errs: errs, records: o.Records}
}

// cut cuts the sequences to --lengths.
func (c *converter) cut(flag string) error {
	lengths, err := readLengths(flag)
	if err != nil {
		return err
	}
	layout := c.in.Layout()
	if layout.Frames {
		if err := c.wholeSteps(lengths); err != nil {
			return err
		}
	}
	if err := checkLengths(lengths, layout, c.input); err != nil {
		return err
	}
	c.in = series.Cut(c.in, lengths, c.width)
	if _, text := c.out.(*answerer); !text && !c.session.Model().Pooled() {
		c.out = series.Pad(c.out, layout.Steps, c.answers)
	}
	return nil
}

// wholeSteps converts lengths from frames, the rows of the input, to steps.
func (c *converter) wholeSteps(lengths []int) error {
	frames := c.session.Model().Inputs()[0].Frames
	for i, n := range lengths {
		if n%frames != 0 {
			return fmt.Errorf("--lengths: sequence %d has %s, not a multiple of the %d in a step of the model: pad it, or cut it", i, message.Count(n, "frame"), frames)
		}
		lengths[i] = n / frames
	}
	return nil
}

// check has steps refused that the model cannot read.
func (c *converter) check() { c.in = ports.Check(c.in, c.session.Model().Inputs(), c.input) }

// sequences runs all sequences.
func (c *converter) sequences() error {
	if n := c.in.Layout().Sequences; n >= 0 {
		if err := c.initial.count(n); err != nil {
			return err
		}
	}
	out := &notedWriter{Writer: c.out}
	c.out = out
	n, err := c.each()
	if err != nil {
		err = series.InSequence(err, c.input, n)
		if out.failed { // the states would be ahead of the outputs that were written
			return err
		}
		return errors.Join(err, c.final.save())
	}
	if err := c.initial.count(n); err != nil {
		return err
	}
	return c.out.Close()
}

// each runs each sequence. It returns the number of sequences, or an error and the index
// of its sequence.
func (c *converter) each() (n int, err error) {
	run, end := c.one, func(n int) (int, error) { return n, nil }
	if q, err := c.newTogether(); err != nil {
		return 0, err
	} else if q != nil {
		run, end = q.add, q.flush
	}
	for ; ; n++ {
		err := c.in.Next()
		c.note()
		if err != nil {
			if k, err := end(n); err != nil { // an error of an earlier sequence
				return k, err
			}
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		if k, err := run(n); err != nil {
			return k, err
		}
	}
}

// one runs the nth sequence, which is the kth in the files of states.
func (c *converter) one(n int) (k int, err error) {
	if err := c.final.change(func() error { return c.begin(n) }); err != nil {
		return n, err
	}
	run := c.sequence
	if c.divided() {
		run = c.streams
	}
	if err := run(n); err != nil {
		return n, err
	}
	c.final.keep()
	c.noteSingles(n)
	return n, nil
}

// begin sets the session to the initial states of the nth sequence.
func (c *converter) begin(n int) error {
	if c.goesOn && n == 0 {
		return nil
	}
	return c.initial.start(&c.runner, n)
}

// note writes a note about the columns once.
func (c *converter) note() {
	if c.records.Note != "" {
		fmt.Fprintf(c.errs, "rnnrun: %s: %s\n", c.input, c.records.Note)
		c.records.Note = ""
	}
}

// sequence runs the nth sequence: in blocks of the available steps, or as a whole if a
// direction starts from its end. Blocks do not change the outputs. A bad step is skipped,
// and has an empty answer.
func (c *converter) sequence(n int) error {
	const block = 256 // steps
	m := c.session.Model()
	buf := make([]float32, block*c.width)
	held := 0      // numbers in buf
	steps := 0     // run so far
	var gaps []int // steps in buf before each bad step
	bad := 0
	var ys []float32
	for end := false; !end; {
		k, failed := c.in.Read(buf[held:])
		held += k
		end = failed == io.EOF
		if end {
			failed = nil
		}
		if c.skips(failed, n) {
			failed = nil
			bad++
			gaps = append(gaps, held/c.width)
		}
		if !end && !m.Streamable() {
			if failed != nil {
				return failed
			}
			if held == len(buf) {
				if buf, failed = c.grown(buf); failed != nil {
					return failed
				}
			}
			continue
		}
		if held > 0 || end && steps+bad == 0 {
			if err := c.final.change(func() (err error) {
				ys, err = c.run(buf[:held])
				return err
			}); err != nil {
				return err
			}
			steps += held / c.width
			held = 0
		} else if !m.Pooled() {
			ys = nil
		}
		if !m.Pooled() {
			if err := c.answer(ys, gaps); err != nil {
				return err
			}
		}
		gaps = gaps[:0]
		if failed != nil {
			return failed
		}
	}
	if steps+bad == 1 && c.single == n {
		c.single++
	}
	return c.end(ys, steps)
}

// grown returns a buffer for twice as many steps, if that fits.
func (c *converter) grown(buf []float32) ([]float32, error) {
	if c.fits != nil {
		if err := c.fits(2 * len(buf) / c.width); err != nil {
			return nil, err
		}
	}
	return append(buf, make([]float32, len(buf))...), nil
}

// noteSingles warns once if every sequence of a stream has one step: because an empty
// line follows each line, as when a serial line doubles line ends, or because each line
// is a JSON list of one step. Most users mean one sequence.
func (c *converter) noteSingles(n int) {
	const enough = 3
	if n != enough-1 || c.single != enough || c.in.Layout().Sequences >= 0 {
		return
	}
	why, do := "every line is followed by an empty line", "remove the empty lines, for instance with: grep ."
	if c.records.Whole {
		why, do = "every line is a list of one step", "write one step per line, as [1,2]"
	}
	fmt.Fprintf(c.errs, "rnnrun: %s: %s, so each line is a sequence of its own and starts from the initial state; to run one sequence, %s\n", c.input, why, do)
}

// end ends a sequence of that many good steps. If the model is pooled, it writes the
// outputs.
func (c *converter) end(ys []float32, steps int) error {
	if c.session.Model().Pooled() {
		var gaps []int
		if steps == 0 {
			gaps = []int{0}
		}
		if err := c.answer(ys, gaps); err != nil {
			return err
		}
	}
	if err := c.out.End(); err != nil {
		return err
	}
	return c.out.Flush()
}

// answer writes the outputs of steps, and an empty answer for each of the gaps, which are
// the numbers of steps before them.
func (c *converter) answer(ys []float32, gaps []int) error {
	width := c.answers
	from := 0
	for _, gap := range gaps {
		if err := c.out.Write(ys[from : gap*width]); err != nil {
			return err
		}
		if err := c.out.Skip(); err != nil {
			return err
		}
		from = gap * width
	}
	if err := c.out.Write(ys[from:]); err != nil {
		return err
	}
	return c.out.Flush()
}

// skips reports a step that cannot be read, and returns whether the others are still run.
func (c *converter) skips(err error, sequence int) bool {
	if c.strict || err == nil {
		return false
	}
	var step *series.BadStep // allocates, so only for a bad block
	if !errors.As(err, &step) {
		return false
	}
	c.bad++
	fmt.Fprintf(c.errs, "rnnrun: %v\n", series.InSequence(err, c.input, sequence))
	return true
}

// leftOut returns an error if the input had bad steps.
func (c *converter) leftOut() error {
	if c.bad == 0 {
		return nil
	}
	return fmt.Errorf("skipped %s that could not be read", message.Count(c.bad, "step"))
}
