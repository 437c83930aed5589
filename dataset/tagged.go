package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// A TaggedSequence is a sequence of tokens with a tag each.
type TaggedSequence struct {
	Tokens, Tags []string
	Lines        []int // of the file, where each token stands
}

var (
	tokenColumns = []string{"token", "tokens", "word", "form"}
	tagColumns   = []string{"tag", "tags", "pos", "upos", "label"}
)

// ReadTagged yields the tagged sequences of a file. In a .jsonl or .ndjson file
// every line is a JSON object with a list of tokens and one of tags. Any other
// file is a table as for [ReadRows], with a token and its tag on a line; empty
// lines separate sequences. An empty column name stands for the first of the
// usual names that there is. An error ends it.
func ReadTagged(path, tokenColumn, tagColumn string) iter.Seq2[TaggedSequence, error] {
	c := columns{usual("token", tokenColumn, tokenColumns), usual("tag", tagColumn, tagColumns)}
	return records(path, c.taggedObjects, c.taggedLines)
}

// taggedLines returns a function that gives the next sequence of a table. An
// empty line is one that fields give no row for: a gap in their numbers.
func (c columns) taggedLines(fields func() ([]string, int, error)) (func() (TaggedSequence, error), error) {
	next, err := c.fields(fields)
	if err != nil {
		return nil, err
	}
	var ahead *Row
	return func() (TaggedSequence, error) {
		var s TaggedSequence
		for {
			row := ahead
			if ahead = nil; row == nil {
				r, err := next()
				if err == io.EOF && len(s.Tokens) > 0 {
					return s, nil
				} else if err != nil {
					return s, err
				}
				row = &r
			}
			if n := len(s.Lines); n > 0 && row.Line > s.Lines[n-1]+1+strings.Count(s.Tokens[n-1], "\n") {
				ahead = row
				return s, nil
			}
			s.Tokens, s.Tags, s.Lines = append(s.Tokens, row.Text), append(s.Tags, row.Label), append(s.Lines, row.Line)
		}
	}, nil
}

// taggedObjects returns a function that gives the sequence of the next line.
func (c columns) taggedObjects(r io.Reader) func() (TaggedSequence, error) {
	next := jsonLines(r)
	return func() (TaggedSequence, error) {
		var object map[string]json.RawMessage
		line, err := next(&object)
		if err == io.EOF {
			return TaggedSequence{}, io.EOF
		} else if err != nil {
			return TaggedSequence{}, fmt.Errorf("line %d: no JSON object: %w", line, err)
		}
		var s TaggedSequence
		err = c.text.use(object, func(v json.RawMessage) error { return json.Unmarshal(v, &s.Tokens) })
		if err == nil {
			err = c.label.use(object, func(v json.RawMessage) (err error) { s.Tags, err = scalars(v); return err })
		}
		if err != nil {
			return s, fmt.Errorf("line %d: %w", line, err)
		}
		if len(s.Tokens) != len(s.Tags) || len(s.Tokens) == 0 {
			return s, fmt.Errorf("line %d: it has %d tokens and %d tags, but needs as many of both, and at least one", line, len(s.Tokens), len(s.Tags))
		}
		s.Lines = slices.Repeat([]int{line}, len(s.Tokens))
		return s, nil
	}
}

// scalars returns a list of strings, numbers or booleans as [scalar] does.
func scalars(v json.RawMessage) ([]string, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(v, &list); err != nil {
		return nil, errors.New("it is no list")
	}
	var texts []string
	for _, v := range list {
		s, err := scalar(v)
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
	}
	return texts, nil
}
