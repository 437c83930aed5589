package dataset

import (
	"iter"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// lastError returns the error that ends the records.
func lastError[T any](records iter.Seq2[T, error]) error {
	var last error
	for _, err := range records {
		last = err
	}
	return last
}

func TestErrorNamesFileLineAndColumn(t *testing.T) {
	labels := write(t, "labels.txt", "a\nb\tc\n")
	texts := func(path string) error { return lastError(ReadLabelledTexts(path, LabelledTextOptions{})) }
	pairs := func(path string) error { return lastError(ReadTextPairs(path, TextPairOptions{TargetColumn: "A"})) }
	tags := func(path string) error { return lastError(ReadTaggedSequences(path, TaggedSequenceOptions{})) }
	labelled := func(path string) error {
		return lastError(ReadLabelledSeries(path, LabelledSeriesOptions{LabelPath: labels}))
	}
	series := func(path string) error {
		f, err := OpenSeries(path, SeriesOptions{})
		if err == nil {
			_, err = f.Lengths()
		}
		return err
	}
	for _, c := range []struct {
		name       string
		read       func(path string) error
		file, text string
		kind       error
		line       int
		column     string
	}{
		{"table without a column", texts, "a.tsv", "text\tx\n", ErrTable, 1, "label"},
		{"table with an empty label", texts, "a.tsv", "text\tlabel\na\tx\na\t\n", ErrTable, 3, "label"},
		{"table with a short row", texts, "a.tsv", "text\tlabel\na\n", ErrTable, 2, ""},
		{"table with an open quote", texts, "a.csv", "text,label\na,b\n\"a,b\n", ErrTable, 3, ""},
		{"object without a member", texts, "a.jsonl", "\n{\"text\":\"a\"}\n", ErrTable, 2, "label"},
		{"object whose text is none", texts, "a.jsonl", "{\"text\":1,\"label\":1}\n", ErrTable, 1, "text"},
		{"no object", texts, "a.jsonl", "[]", ErrTable, 1, ""},
		{"pairs without a column", pairs, "a.tsv", "source\tB\n", ErrTable, 1, "target"},
		{"object of a pair", pairs, "a.jsonl", "{\"source\":[],\"A\":\"\"}", ErrTable, 1, "source"},
		{"empty tag", tags, "a.tsv", "token\ttag\na\t\n", ErrTable, 2, "tag"},
		{"object of tags", tags, "a.jsonl", "{\"tokens\":[\"a\"],\"tags\":[[]]}", ErrTable, 1, "tag"},
		{"object of a series", labelled, "a.jsonl", "{\"inputs\":\"a\",\"label\":1}", ErrSeries, 1, "sequence"},
		{"array of no series", labelled, "a.npy", npyArray(t, []float32{1}, 1), ErrSeries, 0, ""},
		{"no number", series, "a.csv", "a,b\n1,2\n1,x\n", ErrSeries, 3, "b"},
		{"no list", series, "a.jsonl", "[1]\n{}\n", ErrSeries, 2, ""},
		{"no step", series, "a.csv", "", ErrSeries, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := write(t, c.file, c.text)
			var e *Error
			require.ErrorAs(t, c.read(path), &e)
			require.Equal(t, []any{c.kind, path, c.line, c.column}, []any{e.Kind, e.Path, e.Line, e.Column})
			require.ErrorIs(t, e, c.kind)
		})
	}

	t.Run("label beside an array", func(t *testing.T) {
		var e *Error
		require.ErrorAs(t, labelled(write(t, "a.npy", npyArray(t, []float32{1, 2}, 2, 1))), &e)
		require.Equal(t, []any{"labels.txt", 2}, []any{filepath.Base(e.Path), e.Line})
	})
}
