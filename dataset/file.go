package dataset

import (
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// A layout is how a file holds its records. The file's name tells it.
type layout int

const (
	layoutTabs       layout = iota // a table whose columns are separated by tabs
	layoutCommas                   // a table as in RFC 4180
	layoutSemicolons               // the same with semicolons; no name tells it
	layoutSpaces                   // a table of words, as in CoNLL; no name tells it
	layoutJSON                     // one JSON value per line
	layoutArray                    // an array of numbers, which gzip may have compressed
)

func layoutOf(path string) layout {
	switch extension := strings.ToLower(filepath.Ext(path)); {
	case extension == ".jsonl" || extension == ".ndjson":
		return layoutJSON
	case extension == ".csv":
		return layoutCommas
	case isArray(path):
		return layoutArray
	}
	return layoutTabs
}

// nothing returns the error of a file without a record.
func nothing(kind error) error {
	if kind == ErrSeries {
		return errors.New("it has no steps: it is empty, or has only a header")
	}
	return errors.New("it has no row: it is empty, or has only a header")
}

// records yields the records of a file, one after the other. The function open
// returns a function that gives the next record, and at the end the error
// io.EOF. Any other error ends the records: an [*Error] of that kind, or the
// one of opening the file.
func records[T any](path string, kind error, open func(file io.Reader) (next func() (T, error), err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		file, err := os.Open(path)
		if err != nil {
			yield(none, err)
			return
		}
		defer file.Close()
		next, err := open(file)
		some := false
		for err == nil {
			var record T
			if record, err = next(); err == nil && !yield(record, nil) {
				return
			}
			some = some || err == nil
		}
		if err == io.EOF && !some {
			err = nothing(kind)
		}
		if err != io.EOF {
			yield(none, newError(kind, path, err))
		}
	}
}
