package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Row is a text with its label, and the line of the file where it stands.
type Row struct {
	Text, Label string
	Line        int
}

// ErrTable marks a table that cannot be used. Errors that wrap it name the
// file and the line.
var ErrTable = errors.New("cannot use the table")

// ReadRows yields the texts and labels of a file, one after the other. In a
// .jsonl or .ndjson file every line is a JSON object. Any other file has a
// header line; columns of a .csv file are separated as RFC 4180 has it, those of
// all others by tabs, and quotes mean nothing there. An empty column name
// stands for the first of the usual names that there is. Where both columns are
// given by their numbers, from 0, the file has no header. An error ends it.
func ReadRows(path, textColumn, labelColumn string) iter.Seq2[Row, error] {
	c := columns{usual("text", textColumn, textColumns), usual("label", labelColumn, labelColumns)}
	return records(path, c.objects, c.fields)
}

// records yields what a file holds, one after the other: of a .jsonl or .ndjson
// file what objects makes of it, of any other what lines makes of the fields of
// its lines. An error ends it; it names the file.
func records[T any](path string, objects func(io.Reader) func() (T, error),
	lines func(fields func() ([]string, int, error)) (func() (T, error), error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		f, err := os.Open(path)
		if err != nil {
			yield(none, err)
			return
		}
		defer f.Close()
		var next func() (T, error)
		switch strings.ToLower(filepath.Ext(path)) {
		case ".jsonl", ".ndjson":
			next = objects(f)
		case ".csv":
			next, err = lines(commas(f))
		default:
			next, err = lines(tabs(f))
		}
		for err == nil {
			var record T
			if record, err = next(); err == nil && !yield(record, nil) {
				return
			}
		}
		if err != io.EOF {
			yield(none, fmt.Errorf("%w %s: %w", ErrTable, path, err))
		}
	}
}

// columns are those of a table that are read.
type columns struct{ text, label names }

// names are those that a column may have; what says what it holds.
type names struct {
	what string
	list []string
}

// usual returns the name, or where it is empty the usual ones.
func usual(what, name string, list []string) names {
	if name != "" {
		list = []string{name}
	}
	return names{what, list}
}

// tabs returns a function that gives the fields and number of the next line.
func tabs(r io.Reader) func() ([]string, int, error) {
	s := bufio.NewScanner(withoutMark(r))
	s.Buffer(nil, 16<<20)
	line := 0
	return func() ([]string, int, error) {
		line++
		if !s.Scan() {
			if err := s.Err(); err != nil {
				return nil, line, err
			}
			return nil, line, io.EOF
		}
		return strings.Split(strings.TrimSuffix(s.Text(), "\r"), "\t"), line, nil
	}
}

// withoutMark leaves out the byte order mark that may begin a file.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	const mark = "\ufeff"
	if begin, err := b.Peek(len(mark)); err == nil && string(begin) == mark {
		_, _ = b.Discard(len(mark)) // it was read
	}
	return b
}

func commas(r io.Reader) func() ([]string, int, error) {
	c := csv.NewReader(withoutMark(r))
	c.FieldsPerRecord = -1
	return func() ([]string, int, error) {
		fields, err := c.Read()
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, bad.StartLine, bad.Err
		} else if err != nil {
			return nil, 0, err
		}
		line, _ := c.FieldPos(0)
		return fields, line, nil
	}
}

var (
	textColumns  = []string{"text", "document", "sentence", "review"}
	labelColumns = []string{"label", "class", "sentiment"}
)

// fields returns a function that gives the next row of a table with a header.
func (c columns) fields(next func() ([]string, int, error)) (func() (Row, error), error) {
	header, _, err := next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: it is empty; the first line must name the columns")
	} else if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	header = slices.Clone(header)
	text, label, named, err := c.find(header)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	first := !named // line 1 is a row
	return func() (Row, error) {
		for {
			fields, line, err := header, 1, error(nil)
			if !first {
				fields, line, err = next()
			}
			first = false
			if errors.Is(err, io.EOF) {
				return Row{}, io.EOF
			} else if err != nil {
				return Row{}, fmt.Errorf("line %d: %w", line, err)
			}
			if len(fields) == 1 && fields[0] == "" {
				continue
			}
			if len(fields) != len(header) {
				return Row{}, fmt.Errorf("line %d: it has %d columns, but the first line has %d", line, len(fields), len(header))
			}
			if fields[label] == "" {
				return Row{}, fmt.Errorf("line %d: the %s is empty", line, c.label.what)
			}
			return Row{Text: fields[text], Label: fields[label], Line: line}, nil
		}
	}, nil
}

// find returns where the columns are. Where the first line does not name them,
// both may be numbers, from 0: then the table has no header.
func (c columns) find(first []string) (text, label int, named bool, err error) {
	text, err = c.text.find(first)
	if err == nil {
		label, err = c.label.find(first)
	}
	if err == nil {
		return text, label, true, nil
	}
	text, label = c.text.number(len(first)), c.label.number(len(first))
	if text >= 0 && label >= 0 {
		return text, label, false, nil
	}
	return 0, 0, false, err
}

// find returns the column of the first of the names.
func (n names) find(header []string) (int, error) {
	for _, name := range n.list {
		if i := slices.Index(header, name); i >= 0 {
			return i, nil
		}
	}
	return 0, fmt.Errorf("the %s: no column is named %s; there are %s; where there is no header, give the columns by their numbers, from 0",
		n.what, strings.Join(n.list, " or "), strings.Join(header, ", "))
}

// number returns the column that the name is the number of, or -1.
func (n names) number(columns int) int {
	i, err := strconv.Atoi(n.list[0])
	if err != nil || i < 0 || i >= columns {
		return -1
	}
	return i
}
