package dataset

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// ReadingsOptions say how to cut a table of readings, one step per row, into windows.
// Columns are given by their names, or by their numbers from 0 if the table has no
// header.
type ReadingsOptions struct {
	Columns []string // the inputs of a window; nil: all columns of numbers that nothing else names
	Targets []string // columns of numbers to predict
	Label   string   // column of the class; "": there is none
	// Group is the column that says what readings have in common, such as the person;
	// "": there is none. A window has readings of one group.
	Group string
	// Time is the column of the time, a number or a date with a time of day, and Gap the
	// largest distance between two readings of a window, in Time's unit or in seconds
	// for dates. "": readings follow one another without gaps.
	Time string
	Gap  float64

	Missing Missing

	Length int // steps of a window; 0: a whole stretch
	Stride int // steps from the start of one window to the start of the next
	// Piece is the greatest number of consecutive windows that share readings, if there
	// is no Group: the readings after them belong to another group. 0: all share
	// readings.
	Piece int
}

// Readings are a table that is cut into windows.
//
// Windows are cut from stretches: readings that follow one another in the file, without
// an empty line, a skipped row, a gap in the time or a change of the group between them.
// With a Length, a window begins at every Stride-th reading of a stretch. A window whose
// readings have several labels, or some without a label, is left out and counted.
// Without a Length, a window is all of a stretch that has one label.
type Readings struct {
	*SeriesFile
	Inputs  []string // names of the columns that windows have
	options ReadingsOptions

	// The counts of the last call of [Readings.Windows].
	Given             int // windows
	Mixed, Unlabelled int // windows left out for their labels
	Stretches         int
	Longest           int // steps of the longest stretch
}

// A ReadingsWindow is an example made from readings.
type ReadingsWindow struct {
	Inputs  []float32 // [steps][columns]
	Targets []float32 // [steps][targets]
	Label   string
	Group   string
	Line    int // of the first reading, from 1; 0: the file has no lines
}

// OpenReadings finds the columns of a table of readings, or of an array or of lines of
// JSON objects. The error is an [*Error], or the one of opening the file.
func OpenReadings(path string, o ReadingsOptions) (*Readings, error) {
	r := &Readings{options: o}
	var words []string
	for _, name := range []string{o.Label, o.Group, o.Time} {
		switch {
		case name == "":
		case slices.Contains(o.Columns, name), slices.Contains(o.Targets, name):
			return nil, newError(ErrSeries, path, &columnError{name, fmt.Errorf("%s is a label, a group or a time, so it cannot be among the numbers to read or to predict", message.Quote(name))})
		default:
			words = append(words, name)
		}
	}
	for _, name := range o.Targets {
		if slices.Contains(o.Columns, name) {
			return nil, newError(ErrSeries, path, &columnError{name, fmt.Errorf("%s is to be predicted, so it cannot be among the columns to read", message.Quote(name))})
		}
	}
	columns := o.Columns
	if columns != nil {
		columns = slices.Concat(columns, o.Targets)
	}
	file, err := OpenSeries(path, SeriesOptions{Columns: columns, Words: words, Missing: o.Missing})
	if err != nil {
		return nil, err
	}
	r.SeriesFile = file
	if o.Columns != nil {
		r.Inputs = o.Columns
		return r, nil
	}
	return r, r.putTargetsLast()
}

// putTargetsLast puts columns that were not asked for before the targets.
func (r *Readings) putTargetsLast() error {
	if _, err := r.places(r.Columns, r.Columns); err != nil {
		return r.fail(err)
	}
	for _, c := range r.LeftOut {
		if slices.Contains(r.options.Targets, c.Name) {
			return r.fail(&columnError{c.Name, fmt.Errorf("%s is to be predicted, and is not read: %s", message.Quote(c.Name), c.Why)})
		}
	}
	var at []int
	for i, name := range r.Columns {
		if !slices.Contains(r.options.Targets, name) {
			r.Inputs = append(r.Inputs, name)
			at = append(at, r.at[i])
		}
	}
	targets, err := r.places(r.Columns, r.options.Targets)
	if err != nil {
		return r.fail(err)
	}
	for _, i := range targets {
		at = append(at, r.at[i])
	}
	if len(r.Inputs) == 0 {
		return r.fail(errors.New("it has no column of numbers to read besides those to predict"))
	}
	r.Columns, r.at = slices.Concat(r.Inputs, r.options.Targets), at
	return nil
}

// Windows yields the windows, one after the other. An error ends them.
func (r *Readings) Windows() iter.Seq2[ReadingsWindow, error] {
	return func(yield func(ReadingsWindow, error) bool) {
		r.Given, r.Mixed, r.Unlabelled, r.Stretches, r.Longest = 0, 0, 0, 0, 0
		c := readingsCutter{Readings: r, yield: yield, series: -1}
		for step, err := range r.Steps() {
			if err == nil {
				err = c.add(step)
			}
			if err != nil {
				yield(ReadingsWindow{}, err)
				return
			}
			if c.stopped {
				return
			}
		}
		if c.end(); r.Given == 0 && !c.stopped {
			yield(ReadingsWindow{}, r.fail(r.nothing()))
		}
	}
}

// nothing says why there is no window.
func (r *Readings) nothing() error {
	if n := r.Mixed + r.Unlabelled; n > 0 {
		return fmt.Errorf("no window of %s has one label: %d of %d have several, and %d have a reading without; try shorter ones",
			message.Count(r.options.Length, "reading"), r.Mixed, n, r.Unlabelled)
	}
	hint := ""
	if alternate := r.alternate(); alternate != "" {
		hint = alternate
	} else if n := r.Numbers; n > 1 {
		hint = fmt.Sprintf("; each line is a list of numbers, and therefore a series of its own: if it is a reading, choose its columns, such as 0 and %d", n-1)
	}
	return fmt.Errorf("no stretch has the %d readings of a window: the longest of %d has %d; a stretch ends at an empty line, a row left out, a gap in the time and a change of the group, whose rows must follow one another%s",
		r.options.Length, r.Stretches, r.Longest, hint)
}

// alternate says how to sort a table without a window, if rows of its groups alternate.
func (r *Readings) alternate() string {
	if r.options.Group == "" || r.Longest > 2 || r.Stretches < 8 || r.layout == layoutJSON || r.layout == layoutArray {
		return ""
	}
	column := r.wordsAt[0]
	if r.options.Label != "" {
		column = r.wordsAt[1]
	}
	separator := map[layout]string{layoutCommas: "-t,", layoutSemicolons: "-t';'"}[r.layout]
	sorted := fmt.Sprintf("sort -s %s -k%d,%d", separator, column+1, column+1)
	if separator == "" {
		sorted = fmt.Sprintf("sort -s -t\"$(printf '\\t')\" -k%d,%d", column+1, column+1)
	}
	if r.header {
		return fmt.Sprintf("; rows of the groups seem to alternate: sort them, for instance with: (head -n 1 FILE; tail -n +2 FILE | %s) > NEW", sorted)
	}
	return fmt.Sprintf("; rows of the groups seem to alternate: sort them, for instance with: %s FILE > NEW", sorted)
}

// A readingsCutter cuts one stretch after the other.
type readingsCutter struct {
	*Readings
	yield   func(ReadingsWindow, error) bool
	stopped bool

	series int
	group  string
	time   float64

	windows int // of the stretch, with any labels
	length  int // of the stretch
	// The readings of the stretch that later windows may need:
	inputs, targets []float32
	labels          []string
	lines           []int
	skip            int // readings before the next window
}

// add adds a reading, and gives the windows that end with it.
func (c *readingsCutter) add(step SeriesStep) error {
	label, group, at, err := c.words(step)
	if err != nil {
		return c.fail(&lineError{step.Line, err})
	}
	o := &c.options
	apart := step.Series != c.series || group != c.group || o.Time != "" && !(at >= c.time && at-c.time <= o.Gap)
	if apart || o.Length == 0 && label != c.lastLabel() {
		c.end()
		c.Stretches++
	}
	c.series, c.group, c.time = step.Series, group, at
	if c.length++; c.length > c.Longest {
		c.Longest = c.length
	}
	if c.skip > 0 {
		c.skip--
		return nil
	}
	n := len(c.Inputs)
	c.inputs, c.targets = append(c.inputs, step.Values[:n]...), append(c.targets, step.Values[n:]...)
	c.labels, c.lines = append(c.labels, label), append(c.lines, step.Line)
	if o.Length > 0 && len(c.labels) == o.Length {
		c.window()
		c.drop()
	}
	return nil
}

func (c *readingsCutter) lastLabel() string {
	if n := len(c.labels); n > 0 {
		return c.labels[n-1]
	}
	return ""
}

// words returns the texts of a reading's columns of text.
func (c *readingsCutter) words(step SeriesStep) (label, group string, at float64, err error) {
	words := step.Words
	take := func(name string) (word string) {
		if name != "" {
			word, words = words[0], words[1:]
		}
		return word
	}
	label, group = take(c.options.Label), take(c.options.Group)
	if c.options.Group != "" && group == "" {
		return "", "", 0, &columnError{c.options.Group, fmt.Errorf("the group %s is empty", message.Quote(c.options.Group))}
	}
	if c.options.Time != "" {
		text := take(c.options.Time)
		if c.decimalComma {
			text = strings.Replace(text, ",", ".", 1)
		}
		var ok bool
		if at, ok = table.ParseTime(text); !ok {
			err = &columnError{c.options.Time, fmt.Errorf("the time %s: %s is neither a number nor a date with a time of day, such as 2024-05-31 23:59:59.5",
				message.Quote(c.options.Time), message.Quote(text))}
		}
	}
	return label, group, at, err
}

// window gives the readings at hand as a window, unless their labels differ.
func (c *readingsCutter) window() {
	o := &c.options
	number := c.windows
	c.windows++
	switch label := c.labels[0]; {
	case c.stopped:
		return
	case o.Label != "" && slices.Contains(c.labels, ""):
		c.Unlabelled++
		return
	case slices.ContainsFunc(c.labels, func(l string) bool { return l != label }):
		c.Mixed++
		return
	}
	group := c.group
	if o.Group == "" {
		piece := 0
		if o.Piece > 0 {
			piece = number / o.Piece
		}
		group = fmt.Sprintf("%d.%d", c.Stretches, piece)
	}
	c.Given++
	c.stopped = !c.yield(ReadingsWindow{
		Inputs: slices.Clone(c.inputs), Targets: slices.Clone(c.targets),
		Label: c.labels[0], Group: group, Line: c.lines[0],
	}, nil)
}

// drop removes the readings before the next window, or all of them after the last
// window of a piece.
func (c *readingsCutter) drop() {
	o := &c.options
	n := o.Stride
	if o.Group == "" && o.Piece > 0 && c.windows%o.Piece == 0 {
		n = max(n, o.Length)
	}
	c.skip = max(0, n-o.Length)
	n = min(n, o.Length)
	c.inputs = append(c.inputs[:0], c.inputs[n*len(c.Inputs):]...)
	c.targets = append(c.targets[:0], c.targets[n*len(c.options.Targets):]...)
	c.labels, c.lines = append(c.labels[:0], c.labels[n:]...), append(c.lines[:0], c.lines[n:]...)
}

// end ends a stretch.
func (c *readingsCutter) end() {
	if c.options.Length == 0 && len(c.labels) > 0 {
		c.window()
	}
	c.windows, c.length, c.skip = 0, 0, 0
	c.inputs, c.targets, c.labels, c.lines = c.inputs[:0], c.targets[:0], c.labels[:0], c.lines[:0]
}
