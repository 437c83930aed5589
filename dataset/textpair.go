package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A TextPair is a text and the text that it is to become. Either may be empty.
type TextPair struct {
	Source, Target string
	Line           int // of the file, from 1
}

// TextPairOptions say which columns of a file hold pairs.
type TextPairOptions struct {
	SourceColumn string // usual: source, src, input, question, Q
	TargetColumn string // usual: target, tgt, output, answer, A
}

var (
	sourceColumns = []string{"source", "src", "input", "question", "Q"}
	targetColumns = []string{"target", "tgt", "output", "answer", "A"}
)

// columns returns those that are read.
func (o TextPairOptions) columns() (source, target column) {
	return newColumn("source", o.SourceColumn, sourceColumns), newColumn("target", o.TargetColumn, targetColumns)
}

// ReadTextPairs yields the pairs of a table or of a file of JSON objects, one
// after the other.
//
// A table's column is given by its name in the header, or by its number, from 0,
// if there is no header. If both are empty and the first line has the usual
// names, it is the header; otherwise there is no header, and the first two
// columns are the pair. Other columns are not read. An error ends the pairs.
func ReadTextPairs(path string, o TextPairOptions) iter.Seq2[TextPair, error] {
	return records(path, ErrTable, func(file io.Reader) (func() (TextPair, error), error) {
		source, target := o.columns()
		l := layoutOf(path)
		if l == layoutJSON {
			return objects(file, func(o *object) TextPair {
				return TextPair{Source: o.text(source), Target: o.text(target), Line: o.line}
			}), nil
		}
		t, err := o.openTable(newLines(file, l), &source, &target)
		return func() (TextPair, error) {
			fields, line, err := t.next()
			if err != nil {
				return TextPair{}, err
			}
			return TextPair{Source: fields[source.at], Target: fields[target.at], Line: line}, nil
		}, err
	})
}

// openTable finds the columns of a table of pairs.
func (o TextPairOptions) openTable(next lines, source, target *column) (*textTable, error) {
	t := &textTable{lines: next, columns: []*column{source, target}, check: func(fields []string) error {
		if len(fields) <= max(source.at, target.at) {
			return fmt.Errorf("it has %s, but the pair is in columns %d and %d, from 0", message.Count(len(fields), "column"), source.at, target.at)
		}
		return nil
	}}
	if numbered, err := o.numbers(source, target); numbered || err != nil {
		return t, err
	}
	header, line, err := firstLine(next)
	t.line = line
	if err == io.EOF {
		return nil, &lineError{1, errors.New("it is empty")}
	} else if err != nil {
		return nil, err
	}
	if err := findAll(header, line, source, target); err != nil {
		if o != (TextPairOptions{}) {
			return nil, err
		}
		t.first, source.at, target.at = header, 0, 1
		return t, nil
	}
	t.header = header
	return t, nil
}

// numbers finds columns that are given as numbers, from 0, and reports whether
// they are. If one is not given, it is column 0 or 1, whichever the other is
// not.
func (o TextPairOptions) numbers(source, target *column) (bool, error) {
	s, errSource := strconv.Atoi(o.SourceColumn)
	t, errTarget := strconv.Atoi(o.TargetColumn)
	switch isSource, isTarget := errSource == nil, errTarget == nil; {
	case isSource && o.TargetColumn == "":
		if s == 0 {
			t = 1
		}
	case isTarget && o.SourceColumn == "":
		if t == 0 {
			s = 1
		}
	case isSource != isTarget:
		return false, fmt.Errorf("the source is column %q and the target %q: give both by number or both by name", o.SourceColumn, o.TargetColumn)
	case !isSource:
		return false, nil
	}
	if s < 0 || t < 0 {
		return false, fmt.Errorf("the columns %d and %d: the first column is 0", s, t)
	}
	source.at, target.at = s, t
	return true, nil
}
