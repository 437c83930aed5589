package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// A Pair is a text and what it is to become, and the line of the file where it
// stands. Either may be empty.
type Pair struct {
	Source, Target string
	Line           int
}

var (
	sourceColumns = []string{"source", "src", "input", "question", "Q"}
	targetColumns = []string{"target", "tgt", "output", "answer", "A"}
)

// ReadPairs yields the pairs of a file, one after the other. In a .jsonl or
// .ndjson file every line is a JSON object. Any other file is a table: columns
// of a .csv file are separated as RFC 4180 has it, those of all others by tabs,
// and quotes mean nothing there.
//
// A column may be given by its name in the header line, or by its number, from 0,
// and then there is no header. Where both are empty the first line is a header if
// the usual names stand in it; if they do not, there is no header, and the first
// two columns are the pair. Further columns are not read. An error ends it.
func ReadPairs(path, sourceColumn, targetColumn string) iter.Seq2[Pair, error] {
	c := columns{usual("source", sourceColumn, sourceColumns), usual("target", targetColumn, targetColumns)}
	return records(path, c.pairObjects, func(fields func() ([]string, int, error)) (func() (Pair, error), error) {
		return c.pairLines(fields, sourceColumn, targetColumn)
	})
}

// pairObjects returns a function that gives the pair of the next line of JSON.
func (c columns) pairObjects(r io.Reader) func() (Pair, error) {
	next := jsonLines(r)
	return func() (Pair, error) {
		var object map[string]json.RawMessage
		line, err := next(&object)
		if err == io.EOF {
			return Pair{}, io.EOF
		} else if err != nil {
			return Pair{}, fmt.Errorf("line %d: no JSON object: %w", line, err)
		}
		p := Pair{Line: line}
		err = c.text.use(object, func(v json.RawMessage) error { return json.Unmarshal(v, &p.Source) })
		if err == nil {
			err = c.label.use(object, func(v json.RawMessage) error { return json.Unmarshal(v, &p.Target) })
		}
		if err != nil {
			return Pair{}, fmt.Errorf("line %d: %w", line, err)
		}
		return p, nil
	}
}

// pairLines returns a function that gives the pair of the next line of a table.
func (c columns) pairLines(next func() ([]string, int, error), sourceColumn, targetColumn string) (func() (Pair, error), error) {
	source, target, numbered, err := columnNumbers(sourceColumn, targetColumn)
	if err != nil {
		return nil, err
	}
	var first []string // of a table without a header: its first line
	if !numbered {
		header, _, err := next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("line 1: it is empty")
		} else if err != nil {
			return nil, fmt.Errorf("line 1: %w", err)
		}
		source, err = c.text.find(header)
		if err == nil {
			target, err = c.label.find(header)
		}
		if err != nil && (sourceColumn != "" || targetColumn != "") {
			return nil, fmt.Errorf("line 1: %w", err)
		} else if err != nil {
			first, source, target = header, 0, 1
		}
	}
	return func() (Pair, error) {
		for {
			fields, line, err := first, 1, error(nil)
			if first = nil; fields == nil {
				fields, line, err = next()
			}
			if errors.Is(err, io.EOF) {
				return Pair{}, io.EOF
			} else if err != nil {
				return Pair{}, fmt.Errorf("line %d: %w", line, err)
			}
			if len(fields) == 1 && fields[0] == "" {
				continue
			}
			if need := max(source, target) + 1; len(fields) < need {
				return Pair{}, fmt.Errorf("line %d: it has %d columns, but the pair is in columns %d and %d, from 0", line, len(fields), source, target)
			}
			return Pair{Source: fields[source], Target: fields[target], Line: line}, nil
		}
	}, nil
}

// columnNumbers returns columns that are given as numbers, from 0; numbered is
// false where they are names. One that is not given is column 0 or 1, whichever
// the other is not.
func columnNumbers(sourceColumn, targetColumn string) (source, target int, numbered bool, err error) {
	source, isSource := number(sourceColumn)
	target, isTarget := number(targetColumn)
	switch {
	case isSource && targetColumn == "":
		if source == 0 {
			target = 1
		}
	case isTarget && sourceColumn == "":
		if target == 0 {
			source = 1
		}
	case isSource != isTarget:
		return 0, 0, false, fmt.Errorf("the source is column %q and the target %q: give both by number or both by name", sourceColumn, targetColumn)
	case !isSource:
		return 0, 0, false, nil
	}
	if source < 0 || target < 0 {
		return 0, 0, false, fmt.Errorf("the columns %d and %d: the first column is 0", source, target)
	}
	return source, target, true, nil
}

func number(column string) (int, bool) {
	n, err := strconv.Atoi(column)
	return n, err == nil
}
