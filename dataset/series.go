package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/table"
)

// A SeriesFile has one or several series of numbers, read step by step.
type SeriesFile struct {
	Path    string
	Columns []string // the names of those read; numbers from 0 if the file has no names
	// LeftOut are the columns of a table that are not read, and why.
	LeftOut []LeftOutColumn
	// Alone: an empty line follows each of the first steps of a table, so that
	// every series has one step.
	Alone bool

	// Numbers is the number of numbers in the first line, if it is a JSON list of numbers
	// that is read as a series of that many steps; 0: it is not.
	Numbers int

	// Filled is the number of missing values that the last call of [SeriesFile.Steps]
	// filled, and Dropped the number of rows that it left out because of them.
	Filled, Dropped int

	missing      Missing
	at           []int    // where Columns are among all columns
	group        string   // the column whose change begins another series; "": there is none
	words        []string // names of the columns that are read as text, of which the group is the last
	wordsAt      []int    // where they are among all columns
	form         jsonForm // of a file of JSON
	layout       layout
	header       bool
	noHeader     []string // the first line of a table, if it has words but is not a header
	width        int      // columns of a table
	decimalComma bool     // numbers are written as 1,5
}

// SeriesOptions say what to read from a file of series.
type SeriesOptions struct {
	// Columns are the names of the columns to read, in this order, or their
	// numbers from 0 if the file has no names; nil: all columns whose first value
	// is a number, except one without a name that counts the rows.
	Columns []string
	// Words are the names or numbers of columns that are read as text, such as
	// labels. They are not among Columns unless they are asked for there.
	Words   []string
	Missing Missing
	// Group is a column of text that says what a step belongs to: a change of it begins
	// another series. "": there is none.
	Group string
}

// A SeriesStep is one step of a series.
type SeriesStep struct {
	Series int       // from 0
	Line   int       // of the file, from 1; 0: it has none
	Values []float32 // of the columns; valid until the next step
	Words  []string  // of the columns that are read as text, as labels are; valid until the next step
}

// OpenSeries finds the columns of a file of series. The error is an [*Error], or
// the one of opening the file.
func OpenSeries(path string, o SeriesOptions) (*SeriesFile, error) {
	if o.Group != "" {
		o.Words = append(slices.Clip(o.Words), o.Group)
	}
	f := &SeriesFile{Path: path, Columns: slices.Clone(o.Columns), words: o.Words, missing: o.Missing, group: o.Group}
	var err error
	if f.layout, err = seriesLayout(path, len(o.Columns)+len(o.Words) > 0); err == nil && f.layout == layoutJSON {
		f.form, err = jsonFormOf(path, o)
	}
	if err != nil {
		return nil, f.fail(err)
	}
	if !f.form.steps {
		f.Numbers = f.form.flat
	}
	names, err := f.findColumns()
	if err != nil {
		return nil, err
	}
	f.width = len(names)
	if f.at == nil {
		if f.at, err = f.places(names, f.Columns); err != nil {
			return nil, f.fail(err)
		}
	}
	if f.wordsAt, err = f.places(names, f.words); err != nil {
		return nil, f.fail(err)
	}
	return f, nil
}

// places returns the positions of the chosen names among those of all columns, which
// must have each of them once.
func (f *SeriesFile) places(names, chosen []string) ([]int, error) {
	var at []int
	for _, name := range chosen {
		i := indexName(names, name)
		switch {
		case i < 0 && f.noHeader != nil:
			return nil, &columnError{name, fmt.Errorf("no column is named %s: the first line, %s, is not a header, since no column has numbers below a name",
				name, message.List(f.noHeader))}
		case i < 0 && !f.header && !f.form.objects:
			return nil, &columnError{name, fmt.Errorf("no column is named %s: the file does not name its columns, which are %s", name, message.List(names))}
		case i < 0:
			return nil, &columnError{name, fmt.Errorf("no column is named %s; there are %s%s", name, message.List(names), message.Suggestion(name, names))}
		}
		if indexName(names[i+1:], name) >= 0 {
			return nil, &columnError{name, fmt.Errorf("two columns are named %s: give them names of their own", message.Quote(name))}
		}
		at = append(at, i)
	}
	return at, nil
}

func (f *SeriesFile) fail(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return err
	}
	return newError(ErrSeries, f.Path, err)
}

// Steps yields all steps of all series. An error ends them.
func (f *SeriesFile) Steps() iter.Seq2[SeriesStep, error] {
	return func(yield func(SeriesStep, error) bool) {
		skip := f.header
		step := SeriesStep{Values: make([]float32, len(f.at)), Words: make([]string, len(f.wordsAt))}
		divide := divider{file: f}
		mend := mender{file: f, series: -1}
		f.Filled, f.Dropped = 0, 0
		for row, err := range f.rows() {
			if skip && err == nil {
				skip = false
				continue
			}
			if err == nil {
				if err = f.choose(step.Values, row); err == nil {
					err = f.chooseWords(step.Words, row)
				}
				if err == nil {
					err = divide.divide(step.Words, &row.series)
				}
				if err == nil && !mend.mend(step.Values, &row.series) {
					continue
				}
				if err != nil {
					if row.line > 0 {
						err = &lineError{row.line, err}
					}
					err = f.fail(err)
				}
			}
			if err != nil {
				yield(SeriesStep{}, err)
				return
			}
			given := step
			given.Series, given.Line, given.Words = row.series, row.line, divide.others(step.Words)
			if !yield(given, nil) {
				return
			}
		}
	}
}

// Lengths returns the number of steps of every series.
func (f *SeriesFile) Lengths() ([]int, error) {
	var lengths []int
	for step, err := range f.Steps() {
		if err != nil {
			return nil, err
		}
		for step.Series >= len(lengths) {
			lengths = append(lengths, 0)
		}
		lengths[step.Series]++
	}
	return lengths, nil
}

// choose sets values to those of the chosen columns. Surplus fields of a row must be
// empty: otherwise its fields might be shifted.
func (f *SeriesFile) choose(values []float32, row seriesRow) error {
	if n := len(row.fields); n > f.width && slices.ContainsFunc(row.fields[f.width:], func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return fmt.Errorf("it has %s, but the first line has %d%s", message.Count(n, "column"), f.width, separatorHint(row.fields))
	}
	for i, at := range f.at {
		name := f.Columns[i]
		if at >= row.width() {
			return &columnError{name, fmt.Errorf("it has %s, but %s is number %d%s", message.Count(row.width(), "column"), name, at, separatorHint(row.fields))}
		}
		if row.fields == nil {
			values[i] = row.numbers[at]
		} else if isMissing(row.fields[at]) {
			if f.missing == MissingRefused {
				return &columnError{name, fmt.Errorf("%.60s is %.40q, which is not a number; if it is missing: %s", name, row.fields[at], missingHint)}
			}
			values[i] = noValue
		} else if v, ok := f.number(row.fields[at]); ok {
			values[i] = v
		} else {
			return &columnError{name, fmt.Errorf("%s is %.40q, which is not a number", name, row.fields[at])}
		}
		if v := float64(values[i]); math.IsNaN(v) && f.missing == MissingRefused {
			return &columnError{name, fmt.Errorf("%.60s is %v%s; every value must be a number; if it is missing: %s", name, v, orNull(row.fields), missingHint)}
		} else if math.IsInf(v, 0) {
			return &columnError{name, fmt.Errorf("%.60s is %v; every value must be a number", name, v)}
		}
	}
	return nil
}

// chooseWords sets words to the texts of the file's columns of text. A number of an
// array is written in its shortest form.
func (f *SeriesFile) chooseWords(words []string, row seriesRow) error {
	for i, at := range f.wordsAt {
		name := f.words[i]
		switch {
		case at >= row.width():
			return &columnError{name, fmt.Errorf("it has %s, but %s is number %d%s", message.Count(row.width(), "column"), name, at, separatorHint(row.fields))}
		case row.fields == nil:
			words[i] = strconv.FormatFloat(float64(row.numbers[at]), 'g', -1, 32)
		case !utf8.ValidString(row.fields[at]):
			return &columnError{name, fmt.Errorf("%s: %w", message.Quote(name), table.ErrNotUTF8)}
		default:
			words[i] = labelOf(row.fields[at])
		}
	}
	return nil
}

// orNull adds to the error of a value outside a table what it may be besides a number.
func orNull(fields []string) string {
	if fields != nil {
		return ""
	}
	return " or null"
}

// A seriesRow is a step as in the file: as fields of text, or as numbers.
type seriesRow struct {
	series, line int
	fields       []string
	numbers      []float32
}

// width returns the number of columns.
func (r *seriesRow) width() int { return max(len(r.fields), len(r.numbers)) }

// rows yields the steps of all series.
func (f *SeriesFile) rows() iter.Seq2[seriesRow, error] {
	return records(f.Path, ErrSeries, func(file io.Reader) (func() (seriesRow, error), error) {
		switch f.layout {
		case layoutArray:
			return arrayRows(file, f.Path)
		case layoutJSON:
			switch {
			case f.form.member != "":
				return listObjectRows(file, f.form), nil
			case f.form.objects:
				return objectRows(file), nil
			}
			return listRows(file, f.form), nil
		default:
			return tableRows(newLines(file, f.layout)), nil
		}
	})
}

// tableRows returns a function that gives the step on the next line. Empty lines
// separate series.
func tableRows(next lines) func() (seriesRow, error) {
	row := seriesRow{}
	end := 0 // the last line of the row, whose fields in quotes may have line breaks
	return func() (seriesRow, error) {
		for {
			fields, line, err := next()
			if err != nil {
				return seriesRow{}, err
			}
			if isBlank(fields) {
				continue
			}
			if row.line > 0 && line > end+1 {
				row.series++
			}
			end = line
			for _, field := range fields {
				end += strings.Count(field, "\n")
			}
			row.line, row.fields = line, fields
			return row, nil
		}
	}
}

// listRows returns a function that gives the next step of lines of JSON, which
// are series, or steps of one.
func listRows(r io.Reader, form jsonForm) func() (seriesRow, error) {
	next := jsonLines(r)
	var all, steps []float32 // of the line, and those which have not been given
	width := 1
	row := seriesRow{series: -1}
	return func() (seriesRow, error) {
		for len(steps) == 0 {
			text, line, err := next()
			if err != nil {
				return seriesRow{}, err
			}
			if string(text) == "null" {
				return seriesRow{}, &lineError{line, errors.New("null is not a JSON list")}
			}
			if all, width, err = table.AppendSteps(all[:0], text); err != nil {
				return seriesRow{}, &lineError{line, err}
			}
			if row.line = line; !form.steps || row.series < 0 {
				row.series++
			}
			if steps = all; form.steps {
				if width > 0 || len(all) != form.flat {
					return seriesRow{}, &lineError{line, fmt.Errorf("it is not a list of %s, as the first line is", message.Count(form.flat, "number"))}
				}
				width = len(all)
			}
			width = max(1, width)
		}
		row.numbers, steps = steps[:width], steps[width:]
		return row, nil
	}
}

// arrayRows returns a function that gives the next step of an array.
func arrayRows(r io.Reader, path string) (func() (seriesRow, error), error) {
	a, err := newSeriesArray(r, path, "[T], [T, columns] or [N, T, columns]", func(d []int) []int {
		switch len(d) {
		case 1:
			return []int{1, d[0], 1}
		case 2:
			return []int{1, d[0], d[1]}
		case 3:
			return d
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	row := seriesRow{series: -1, numbers: make([]float32, a.width)}
	return func() (seriesRow, error) {
		for {
			if row.series >= 0 {
				if err := a.read(row.numbers); err != io.EOF {
					return row, err
				}
			}
			if err := a.next(); err != nil {
				return seriesRow{}, err
			}
			row.series++
		}
	}, nil
}
