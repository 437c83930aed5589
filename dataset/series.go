package dataset

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/npy"
)

// A SeriesFile has one or several series of numbers, a step after the other:
//
//	.npy             [T], [T, columns] or [N, T, columns]
//	.jsonl, .ndjson  a series on a line: a list of numbers, or of lists of them
//	others           a table, a step on a line, columns separated by tabs, or
//	                 by commas in a .csv file; its first line may name them.
//	                 An empty line separates series.
type SeriesFile struct {
	Path    string
	Columns []string // their names; where the file has none, numbers from 0
	at      []int    // where they are among all columns
	header  bool
}

// ErrSeries marks a file whose series cannot be used. Errors that wrap it name
// the file, and the line where there are lines.
var ErrSeries = errors.New("cannot use the series")

// A SeriesStep is one step of a series.
type SeriesStep struct {
	Series int       // from 0
	Line   int       // of the file; 0: it has none
	Values []float32 // of the columns; valid until the next step
}

// OpenSeries reads what columns a file has, and chooses those of these names;
// without any, all whose first value is a number.
func OpenSeries(path string, columns []string) (*SeriesFile, error) {
	f := &SeriesFile{Path: path}
	names, numbers, line, err := f.firstLines()
	if err != nil {
		return nil, f.fail(line, err)
	}
	if len(columns) == 0 {
		for i := range names {
			if numbers[i] {
				columns = append(columns, names[i])
			}
		}
	}
	for _, name := range columns {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, f.fail(0, fmt.Errorf("no column is named %s; there are %s", name, strings.Join(names, ", ")))
		}
		f.at = append(f.at, i)
	}
	if f.Columns = columns; len(columns) == 0 {
		return nil, f.fail(0, errors.New("it has no column of numbers"))
	}
	return f, nil
}

func (f *SeriesFile) fail(line int, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return err
	}
	if line > 0 {
		err = fmt.Errorf("line %d: %w", line, err)
	}
	return fmt.Errorf("%w %s: %w", ErrSeries, f.Path, err)
}

// firstLines returns the names of all columns, and which of them are numbers.
// The line is that of an error.
func (f *SeriesFile) firstLines() (names []string, numbers []bool, line int, err error) {
	var first []string
	for row, err := range f.rows() {
		if err != nil {
			return nil, nil, row.line, err
		}
		if first == nil && row.fields != nil && slices.ContainsFunc(row.fields, func(s string) bool { return !isNumber(s) }) {
			first = slices.Clone(row.fields)
			continue
		}
		width := max(len(row.fields), len(row.numbers))
		for i := range width {
			names = append(names, strconv.Itoa(i))
			numbers = append(numbers, row.fields == nil || isNumber(row.fields[i]))
		}
		// A first line is of names where it has words in the place of numbers.
		if first != nil && len(first) == width {
			for i := range first {
				f.header = f.header || numbers[i] && !isNumber(first[i])
			}
		}
		if f.header {
			names = first
		}
		return names, numbers, 0, nil
	}
	return nil, nil, 0, errors.New("it has no step")
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 32)
	return err == nil
}

// Steps yields all steps of all series. An error ends it.
func (f *SeriesFile) Steps() iter.Seq2[SeriesStep, error] {
	return func(yield func(SeriesStep, error) bool) {
		skip := f.header
		step := SeriesStep{Values: make([]float32, len(f.at))}
		for row, err := range f.rows() {
			if skip && err == nil {
				skip = false
				continue
			}
			step.Series, step.Line = row.series, row.line
			if err == nil {
				err = f.choose(step.Values, row)
			}
			if err != nil {
				yield(SeriesStep{}, f.fail(row.line, err))
				return
			}
			if !yield(step, nil) {
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

// choose sets values to those of the file's columns.
func (f *SeriesFile) choose(values []float32, row seriesRow) error {
	for i, at := range f.at {
		if at >= max(len(row.fields), len(row.numbers)) {
			return fmt.Errorf("it has %d columns, but %s is number %d", max(len(row.fields), len(row.numbers)), f.Columns[i], at)
		}
		if row.fields == nil {
			values[i] = row.numbers[at]
		} else if v, err := strconv.ParseFloat(strings.TrimSpace(row.fields[at]), 32); err == nil {
			values[i] = float32(v)
		} else {
			return fmt.Errorf("%s is %.40q, which is not a number", f.Columns[i], row.fields[at])
		}
		if v := float64(values[i]); math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s is %v; every value must be a number", f.Columns[i], v)
		}
	}
	return nil
}

// A seriesRow is a step as the file has it: as fields of text, or as numbers.
type seriesRow struct {
	series, line int
	fields       []string
	numbers      []float32
}

func (f *SeriesFile) rows() iter.Seq2[seriesRow, error] {
	return func(yield func(seriesRow, error) bool) {
		file, err := os.Open(f.Path)
		if err != nil {
			yield(seriesRow{}, err)
			return
		}
		defer file.Close()
		switch strings.ToLower(filepath.Ext(f.Path)) {
		case ".npy":
			arrayRows(bufio.NewReader(file), yield)
		case ".jsonl", ".ndjson":
			jsonRows(file, yield)
		case ".csv":
			tableRows(commas(file), yield)
		default:
			tableRows(tabs(file), yield)
		}
	}
}

func tableRows(next func() ([]string, int, error), yield func(seriesRow, error) bool) {
	row := seriesRow{}
	for {
		fields, line, err := next()
		if err == io.EOF {
			return
		} else if err != nil {
			yield(seriesRow{line: line}, err)
			return
		}
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
			continue
		}
		if row.line > 0 && line > row.line+1 {
			row.series++
		}
		row.line, row.fields = line, fields
		if !yield(row, nil) {
			return
		}
	}
}

func jsonRows(r io.Reader, yield func(seriesRow, error) bool) {
	next := jsonLines(r)
	for series := 0; ; series++ {
		var steps []json.RawMessage
		line, err := next(&steps)
		if err == io.EOF {
			return
		} else if err != nil {
			yield(seriesRow{line: line}, fmt.Errorf("no JSON list: %w", err))
			return
		}
		for _, step := range steps {
			row := seriesRow{series: series, line: line}
			if err := json.Unmarshal(step, &row.numbers); err != nil {
				row.numbers = []float32{0}
				if err := json.Unmarshal(step, &row.numbers[0]); err != nil {
					yield(row, fmt.Errorf("%.40s is neither a number nor a list of numbers", step))
					return
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func arrayRows(r io.Reader, yield func(seriesRow, error) bool) {
	a, err := npy.NewReader(r)
	if err != nil {
		yield(seriesRow{}, err)
		return
	}
	shape := [3]int{1, 0, 1}
	switch n := len(a.Shape); n {
	case 1:
		shape[1] = a.Shape[0]
	case 2, 3:
		copy(shape[3-n:], a.Shape)
	default:
		yield(seriesRow{}, fmt.Errorf("an array %v, but [T], [T, columns] or [N, T, columns] is due", a.Shape))
		return
	}
	row := seriesRow{numbers: make([]float32, shape[2])}
	for row.series = range shape[0] {
		for range shape[1] {
			if err := a.ReadFloat32(row.numbers); err != nil || !yield(row, nil) {
				if err != nil {
					yield(row, err)
				}
				return
			}
		}
	}
}
