package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A TaggedSequence is a sequence of tokens with a tag each.
type TaggedSequence struct {
	Tokens, Tags []string
	Lines        []int  // the line of each token, from 1
	Group        string // of the group column; "": there is none
}

// TaggedSequenceOptions say which columns of a file hold tokens and tags. An
// empty name stands for the first of the usual names that exists.
type TaggedSequenceOptions struct {
	TokenColumn string // usual: token, tokens, word, form
	TagColumn   string // usual: tag, tags, pos, upos, label
	// GroupColumn says what tokens have in common, such as their document; a change of it
	// ends a sequence. "": there is none.
	GroupColumn string
}

var (
	tokenColumns = []string{"token", "tokens", "word", "form"}
	tagColumns   = []string{"tag", "tags", "pos", "upos", "label"}
)

// columns returns the columns that are read.
func (o TaggedSequenceOptions) columns() (token, tag column, group group) {
	token = newColumn("token", o.TokenColumn, tokenColumns)
	tag = newColumn("tag", o.TagColumn, tagColumns)
	tag.required = true
	group = newGroup(o.GroupColumn)
	for _, c := range group {
		c.required = true
	}
	return token, tag, group
}

// ReadTaggedSequences yields the tagged sequences of a table, with a token and its tag
// on a line and empty lines or a change of the group between sequences, or of a file of
// JSON objects, with a list of tokens and one of tags in each. A table has its header
// as for [ReadLabelledTexts]; its columns may also be separated by spaces, as in CoNLL.
// An error ends the sequences.
func ReadTaggedSequences(path string, o TaggedSequenceOptions) iter.Seq2[TaggedSequence, error] {
	return records(path, ErrTable, func(file io.Reader) (func() (TaggedSequence, error), error) {
		token, tag, group := o.columns()
		l, err := taggedLayout(path)
		if err != nil {
			return nil, err
		}
		if l == layoutJSON {
			return objects(file, func(o *object) TaggedSequence { return taggedObject(o, token, tag, group) }), nil
		}
		t, err := openTable(newLines(file, l), append(group, &token, &tag)...)
		return taggedRows(t, &token, &tag, group), err
	})
}

// taggedObject returns the sequence of a line of JSON.
func taggedObject(o *object, token, tag column, group group) TaggedSequence {
	s := TaggedSequence{Tokens: o.texts(token), Tags: o.labels(tag), Group: group.of(o)}
	if len(s.Tokens) != len(s.Tags) || len(s.Tokens) == 0 {
		o.fail(fmt.Errorf("it has %s and %s, want as many of both, and at least one", message.Count(len(s.Tokens), "token"), message.Count(len(s.Tags), "tag")))
	}
	s.Lines = slices.Repeat([]int{o.line}, len(s.Tokens))
	return s
}

// taggedRows returns a function that gives the next sequence of a table. The table
// skips empty lines: a gap in the numbers of lines ends a sequence. If each of
// several sequences has one token, the last one is an error.
func taggedRows(t *textTable, token, tag *column, group group) func() (TaggedSequence, error) {
	next := taggedSequences(t, token, tag, group)
	count, longest := 0, 0
	return func() (TaggedSequence, error) {
		s, err := next()
		if err == io.EOF && count > 2 && longest == 1 {
			return s, errors.New("every sequence has one token, since an empty line follows every row; remove the empty lines inside a sequence" + changes(group))
		}
		count++
		longest = max(longest, len(s.Tokens))
		return s, err
	}
}

// changes says that a change of the group also ends a sequence.
func changes(g group) string {
	if len(g) == 0 {
		return ""
	}
	return fmt.Sprintf(", or sort the rows by the group %s, a change of which ends one, too", message.Quote(g[0].names[0]))
}

func taggedSequences(t *textTable, token, tag *column, group group) func() (TaggedSequence, error) {
	var ahead TaggedSequence // the first token of the next sequence, if it has been read
	return func() (TaggedSequence, error) {
		s := ahead
		ahead = TaggedSequence{}
		for {
			fields, line, err := t.next()
			if err == io.EOF && len(s.Tokens) > 0 {
				return s, nil
			} else if err != nil {
				return TaggedSequence{}, err
			}
			n := len(s.Lines)
			to, of := &s, group.in(fields)
			// A token of several lines is in quotes.
			if n > 0 && (line > s.Lines[n-1]+1+strings.Count(s.Tokens[n-1], "\n") || of != s.Group) {
				to = &ahead
			}
			to.Group = of
			to.Tokens, to.Tags, to.Lines = append(to.Tokens, fields[token.at]), append(to.Tags, labelOf(fields[tag.at])), append(to.Lines, line)
			if to == &ahead {
				return s, nil
			}
		}
	}
}
