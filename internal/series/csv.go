package series

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// A csvReader reads one step per line. Empty lines separate sequences.
type csvReader[T Number] struct {
	lines   *table.Lines
	o       Options
	split   *split
	records *Records
	first   *firstLine // nil: it has been read
	fields  [][]byte   // fields of a line
	step    []T        // read by Next, and not yet by Read
	bad     error      // error of the line after the steps that have been read
	ended   bool       // the sequence has been read
}

// A firstLine is the first line that is not empty. It determines the columns.
type firstLine struct {
	text []byte
	err  error
}

// newCSVReader returns a reader of lines, each of which is a step, or a frame of one
// if the first has as many fields.
func newCSVReader[T Number](r *bufio.Reader, o Options) (Reader[T], error) {
	longest := 0
	if o.Lists {
		longest = longestList
	}
	c := &csvReader[T]{lines: table.NewLines(r, longest), o: o, records: o.Records, ended: true}
	if c.records == nil {
		c.records = new(Records)
	}
	if o.Frames <= 1 {
		return c, nil
	}
	if err := c.begin(); err != nil {
		return nil, err
	}
	if c.o.Width != o.Width {
		return newFrameReader[T](c, o), nil
	}
	return c, nil
}

// begin finds the columns by the first line.
func (c *csvReader[T]) begin() error {
	c.split = &split{format: fieldsBetween('\t')} // to keep tabs
	var first firstLine
	for first.err == nil && len(first.text) == 0 {
		first.text, first.err = c.readLine()
	}
	o := c.o
	columns := len(o.Columns.Read)+len(o.Columns.Keep) > 0 || o.Columns.Group+o.Columns.Time != ""
	if first.err != nil && first.err != io.EOF && (o.Header || columns) {
		return first.err
	}
	if text := string(first.text); text == "[" || text == "{" {
		return &Error{Name: o.Name, Line: c.lines.Number(), Err: ErrList, Cause: "JSON that spans several lines: write each step or sequence on a line of its own, for instance with: jq -c '.[]'"}
	}
	first.text = bytes.Clone(first.text)
	var l *lists
	if o.Lists && first.err == nil {
		l = newLists(first.text, &o)
	}
	if frame := o.Width / max(o.Frames, 1); frame < o.Width && first.err == nil && stepWidth(l, first.text, frame) == frame {
		c.o.Width, o.Width = frame, frame
	}
	if first.err != nil {
		o.Columns = Columns{} // there is nothing to find
	}
	var err error
	if l != nil {
		c.split, err = l.split(&o, c.records)
	} else {
		c.split, err = newSplit(first.text, &o, c.records)
	}
	if err != nil {
		return &Error{Name: o.Name, Line: c.lines.Number(), Err: ErrColumns, Cause: err.Error()}
	}
	if !c.records.Header || c.split.members != nil || l != nil {
		first.text = c.trim(first.text)
		c.first = &first
	}
	return nil
}

// stepWidth returns how many numbers the first line, or the first step of its list, has.
// It may be the width of a frame.
func stepWidth(l *lists, line []byte, frame int) int {
	if l != nil {
		return l.width
	}
	return countFields(line, separatorOf(line, frame, false))
}

func (c *csvReader[T]) Layout() Layout { return Layout{Batch: true, Sequences: -1, Steps: -1} }

// Next finds the first line of the next sequence. An input without lines has no sequence.
func (c *csvReader[T]) Next() error {
	if c.split == nil {
		if err := c.begin(); err != nil {
			return err
		}
	}
	for !c.ended {
		if _, err := c.Read(make([]T, c.o.Width)); err != nil && err != io.EOF && !isBad(err) {
			return err
		}
	}
	for {
		line, err := c.readStep()
		if err == nil && len(line) == 0 {
			continue
		}
		if err == nil {
			c.step, err = c.parse(make([]T, 0, c.o.Width), line)
		}
		if err != nil && !isBad(err) {
			return err
		}
		c.bad, c.ended = err, false
		return nil
	}
}

// isBad reports whether lines can still be read after an error.
func isBad(err error) bool {
	_, ok := err.(*BadStep)
	return ok
}

func (c *csvReader[T]) Read(dst []T) (int, error) {
	n := copy(dst, c.step)
	c.step = nil
	for n < len(dst) && !c.ended && c.bad == nil && (n == 0 || c.atHand()) {
		line, err := c.readStep()
		if err == io.EOF || err == nil && len(line) == 0 {
			c.ended = true
			break
		}
		var step []T
		if err == nil {
			step, err = c.parse(dst[n:n], line)
		}
		n += len(step)
		c.bad = err
	}
	if err := c.bad; n == 0 && err != nil {
		c.bad = nil
		return 0, err
	}
	if n == 0 && len(dst) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// atHand reports whether the next step can be read without waiting.
func (c *csvReader[T]) atHand() bool {
	return c.split.lists != nil && c.split.lists.within || c.lines.AtHand()
}

// readStep returns the text of the next step; "": a sequence ends. It is valid until the
// next call.
func (c *csvReader[T]) readStep() ([]byte, error) {
	l := c.split.lists
	if l == nil || !l.whole {
		return c.readLine()
	}
	if step, ok := l.next(); ok {
		return step, nil
	}
	line, err := c.readLine()
	switch {
	case isBad(err):
		l.within = true
		return nil, err
	case err != nil || len(line) == 0:
		return nil, err
	}
	if err := l.take(line); err != nil {
		c.fields = append(append(c.fields[:0], make([][]byte, l.width)...), l.others...)
		c.record()
		return nil, c.refuse(ErrList, 0, "%v", err)
	}
	step, _ := l.next()
	return step, nil
}

// readLine returns the next line without white space around it, valid until
// the next call.
func (c *csvReader[T]) readLine() ([]byte, error) {
	if first := c.first; first != nil {
		c.first = nil
		return first.text, first.err
	}
	line, err := c.lines.Next()
	if err == nil {
		return c.trim(line), nil
	} else if err == io.EOF {
		return nil, err
	}
	var long *table.LongLineError // allocates, so only for a bad line
	if errors.As(err, &long) {
		c.fields = nil
		c.record()
		return nil, c.refuse(ErrWidth, 0, "%v", long)
	}
	return nil, &Error{Name: c.o.Name, Line: c.lines.Number(), Err: err}
}

// trim removes white space around a line, but not empty fields between tabs.
func (c *csvReader[T]) trim(line []byte) []byte {
	all := bytes.TrimSpace(line)
	if len(all) > 0 && c.split.format.Separator == '\t' {
		return bytes.Trim(line, " \r\n")
	}
	return all
}

// parse appends a line's numbers to step.
func (c *csvReader[T]) parse(step []T, line []byte) ([]T, error) {
	var bad error
	c.fields, bad = c.split.appendFields(c.fields[:0], line)
	record := c.record()
	if bad != nil {
		return nil, c.refuse(c.reasonOf(bad), 0, "%v", bad)
	}
	if n := len(c.fields); n != c.split.count {
		if c.split.count != c.o.Width {
			return nil, c.refuse(ErrWidth, 0, "%s on the line, but the first line has %d", message.Count(n, "column"), c.split.count)
		}
		return nil, c.refuse(ErrWidth, 0, "%d on the line, but the model reads %d per step, separated by %s", n, c.o.Width, c.split.separated())
	}
	if err := c.checkPlace(&record); err != nil {
		return nil, err
	}
	for _, at := range c.split.at {
		field, column := c.fields[at], 0
		if c.split.chosen {
			column = at + 1
		}
		v, ok := parseField[T](field, c.split.format.Separator)
		if !ok && field == nil && c.split.members != nil {
			return nil, c.refuse(ErrNumber, 0, "the object has no number %.40q", c.split.members[at])
		}
		if !ok && field == nil && c.split.lists != nil {
			return nil, c.refuse(ErrNumber, at+1, "null")
		}
		if !ok {
			return nil, c.refuse(ErrNumber, column, "%.40q%s", field, c.advice())
		}
		if !finite(v) {
			return nil, c.refuse(ErrNotFinite, at+1, "%.40q", field)
		}
		step = append(step, v)
	}
	return step, nil
}

// reasonOf returns the reason why a line could not be split.
func (c *csvReader[T]) reasonOf(err error) error {
	if _, ok := err.(*widthError); ok {
		return ErrWidth
	} else if c.split.lists != nil {
		return ErrList
	}
	return ErrNumber
}

// record returns the kept columns of a line, and records them.
func (c *csvReader[T]) record() Record {
	record := c.split.record(c.lines.Number(), c.fields)
	if c.o.Records != nil {
		c.records.add(record)
	}
	return record
}

// checkPlace checks the group and the time of a line's record.
func (c *csvReader[T]) checkPlace(r *Record) error {
	if at := c.split.group; at >= 0 && r.Group == "" {
		return c.refuse(ErrColumns, at+1, "the group %.40q is empty", c.o.Columns.Group)
	}
	if at := c.split.time; at >= 0 && !r.HasTime {
		return c.refuse(ErrColumns, at+1, "the time %.40q is %.40q, which is neither a number nor a date with a time of day, as 2024-05-31 23:59:59.5",
			c.o.Columns.Time, c.fields[at])
	}
	return nil
}

// parseField returns the number in a field. It may have a decimal comma if other
// characters separate the fields. Three digits after a comma may mean thousands, unless
// semicolons separate the fields.
func parseField[T Number](field []byte, separator byte) (T, bool) {
	if at := bytes.IndexByte(field, ','); at >= 0 && separator != ',' && table.IsDecimalComma(field) && (separator == ';' || len(field)-at != 4) {
		field = bytes.Replace(field, []byte(","), []byte("."), 1)
	}
	return table.ParseNumber[T](field)
}

// advice says what the line should have, unless it may be a line of names.
func (c *csvReader[T]) advice() string {
	if isToken[T]() && c.lines.Number() > 1 {
		return "; the model reads one token id per line"
	}
	return ""
}

// refuse returns the error of the line.
func (c *csvReader[T]) refuse(err error, column int, format string, args ...any) error {
	e := &Error{Name: c.o.Name, Line: c.lines.Number(), Column: column, Err: err, Cause: fmt.Sprintf(format, args...)}
	if l := c.split.lists; l != nil {
		e.Column, e.Place = 0, l.place(column)
	}
	return &BadStep{e}
}

// finite reports whether v is neither NaN nor infinite; every token is finite.
func finite[T Number](v T) bool { return v-v == 0 }

// A csvWriter writes one step per line.
type csvWriter struct {
	w        *bufio.Writer
	width    int
	pooled   bool // a sequence is one line, so no separator is needed
	separate bool // a sequence has ended before
	number   []byte
}

func (c *csvWriter) Write(ys []float32) error {
	if c.separate && len(ys) > 0 {
		c.w.WriteByte('\n')
		c.separate = false
	}
	for i, y := range ys {
		c.number = strconv.AppendFloat(c.number[:0], float64(y), 'g', -1, 32)
		end := byte(',')
		if (i+1)%c.width == 0 {
			end = '\n'
		}
		if _, err := c.w.Write(append(c.number, end)); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvWriter) Skip() error {
	if c.separate {
		c.w.WriteByte('\n')
		c.separate = false
	}
	return c.w.WriteByte('\n')
}

func (c *csvWriter) End() error {
	c.separate = !c.pooled
	return nil
}

func (c *csvWriter) Flush() error { return c.w.Flush() }
func (c *csvWriter) Close() error { return c.w.Flush() }
