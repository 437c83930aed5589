package main

import (
	"bufio"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// An answerer writes the outputs of steps as lines of text, together with the kept
// columns of the input: a table, or one JSON object per line.
type answerer struct {
	w          *bufio.Writer
	session    *rnn.Session
	records    *series.Records
	outputs    []string // names of the outputs; nil: they have none
	width      int      // numbers in an answer
	asJSON     bool
	label      bool     // write the class instead of the outputs
	header     bool     // the output has a header if the input has one
	unnumbered bool     // line numbers of the input mean nothing
	windows    bool     // each answer is for a window, whose last step is step
	changes    bool     // write only answers whose class has changed
	without    []string // labels whose answers are not written
	seconds    float64  // duration of a step of sound, whose answers have a time; 0: they have none
	begun      bool
	separate   bool           // an empty line is due before the next step
	given      *series.Record // record of the next answer; nil: take it from the records
	place
}

// A place is the position of the next answer in its sequence.
type place struct {
	sequence, step int
	stream         hysteresis
}

func newAnswerer(w io.Writer, s *rnn.Session, records *series.Records, v *conversion) *answerer {
	if s.Model().Pooled() && !v.apart() {
		records.KeepLast()
	}
	return &answerer{
		w: bufio.NewWriter(w), session: s, records: records, outputs: v.outputNames(s.Model()), width: v.answerWidth(s.Model()),
		asJSON: v.json, label: v.label, header: !v.header || v.columns+v.keep != "" || v.label,
		windows: v.window.length > 0, changes: v.changes, without: v.without, place: place{stream: v.hysteresis},
	}
}

func (a *answerer) Write(ys []float32) error {
	for ; len(ys) > 0; ys = ys[a.width:] {
		if err := a.answer(ys[:a.width]); err != nil {
			return err
		}
	}
	return nil
}

func (a *answerer) Skip() error { return a.answer(nil) }

// answer writes a step's outputs; nil: the step could not be read.
func (a *answerer) answer(y []float32) error {
	record := a.records.Next
	switch {
	case a.given != nil:
		record = func() series.Record { return *a.given }
	case a.session.Model().Pooled():
		record = a.records.Last
	}
	write := a.row
	if a.asJSON {
		write = a.object
	}
	class, changed, err := a.class(y)
	if kept := record(); err == nil && (changed || !a.changes) && (class == nil || !slices.Contains(a.without, labelOf(class))) {
		err = write(kept, y, class)
	}
	a.step++
	return err
}

// class returns the class of a step, or nil if there is none, and whether it differs
// from the last one.
func (a *answerer) class(y []float32) (answer *rnn.Class, changed bool, err error) {
	if y == nil || !ports.HasClasses(a.session.Model()) || !a.label && !a.asJSON {
		return nil, false, nil
	}
	most, err := a.session.ClassOf(y)
	if err != nil {
		return nil, false, err
	}
	i, changed := a.stream.next(most)
	if i < 0 {
		return nil, changed, nil
	}
	return &rnn.Class{Index: i, Label: a.session.Model().Label(i), Probability: a.session.Probabilities()[i]}, changed, nil
}

func (a *answerer) End() error {
	a.sequence++
	a.step = 0
	a.stream.reset()
	a.separate = !a.asJSON && !a.session.Model().Pooled()
	return nil
}

func (a *answerer) Flush() error { return a.w.Flush() }

func (a *answerer) Close() error {
	a.begin()
	return a.w.Flush()
}

// begin writes the header of a table, once.
func (a *answerer) begin() {
	if a.begun || a.asJSON {
		return
	}
	if a.begun = true; !a.header || !a.records.Header && a.seconds == 0 {
		return
	}
	names := a.outputs
	switch {
	case a.label:
		names = []string{"label", "probability"}
	case names == nil:
		for i := range a.width {
			names = append(names, "y"+strconv.Itoa(i))
		}
	}
	fields := append([]string(nil), a.records.Names...)
	if a.seconds > 0 {
		fields = append(fields, "time")
	}
	for _, name := range names {
		if slices.Contains(a.records.Names, name) {
			name = "predicted " + name // the input may have a column label
		}
		fields = append(fields, cli.Printable(name))
	}
	a.line(fields)
}

// row writes a line of the table.
func (a *answerer) row(r series.Record, y []float32, class *rnn.Class) error {
	a.begin()
	if a.separate {
		a.w.WriteByte('\n')
		a.separate = false
	}
	fields := append([]string(nil), r.Kept...)
	for range len(a.records.Names) - len(r.Kept) {
		fields = append(fields, "")
	}
	if a.seconds > 0 {
		fields = append(fields, strconv.FormatFloat(a.time(), 'f', 3, 64))
	}
	switch {
	case y == nil && len(fields) == 0: // an empty line
	case y == nil, a.label && class == nil:
		for range a.fields() {
			fields = append(fields, "")
		}
	case a.label:
		fields = append(fields, cli.Printable(labelOf(class)), number(class.Probability))
	default:
		for _, v := range y {
			fields = append(fields, number(v))
		}
	}
	return a.line(fields)
}

// time returns the end of the step or window in seconds from the start of the sound, to
// the nearest millisecond.
func (a *answerer) time() float64 { return math.Round(float64(a.step+1)*a.seconds*1000) / 1000 }

// fields returns the number of a table's columns without the kept ones.
func (a *answerer) fields() int {
	if a.label {
		return 2
	}
	return a.width
}

func number(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }

// line writes fields, with quotes if needed.
func (a *answerer) line(fields []string) error {
	for i, field := range fields {
		if i > 0 {
			a.w.WriteByte(',')
		}
		if strings.ContainsAny(field, ",\"\r\n") {
			field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
		a.w.WriteString(field)
	}
	return a.w.WriteByte('\n')
}

// object writes a JSON object.
func (a *answerer) object(r series.Record, y []float32, class *rnn.Class) error {
	o := cli.Object{"sequence", a.sequence}
	if a.records.Grouped {
		o = append(o, "group", r.Group)
	}
	if a.windows || !a.session.Model().Pooled() {
		o = append(o, "step", a.step)
	}
	if a.seconds > 0 {
		o = append(o, "time", a.time())
	}
	if r.Line > 0 && !a.unnumbered {
		o = append(o, "line", r.Line)
	}
	if len(a.records.Names) > 0 {
		kept := cli.Object{}
		for i, name := range a.records.Names {
			text := ""
			if i < len(r.Kept) {
				text = r.Kept[i]
			}
			kept = append(kept, name, text)
		}
		o = append(o, "kept", kept)
	}
	o = append(o, "outputs", ports.Values(a.session.Model(), a.outputs, y))
	if ports.HasClasses(a.session.Model()) {
		var label, probability any
		if class != nil {
			label, probability = labelOf(class), class.Probability
		}
		o = append(o, "label", label, "probability", probability)
	}
	return cli.WriteJSON(a.w, o)
}
