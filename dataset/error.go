package dataset

import (
	"errors"
	"fmt"
)

// The kinds of an [Error].
var (
	// ErrTable marks texts that cannot be used: those of a table or of lines
	// of JSON.
	ErrTable = errors.New("cannot use the table")
	// ErrSeries marks series of numbers that cannot be used.
	ErrSeries = errors.New("cannot use the series")
	// ErrSounds marks folders and tables of sounds that cannot be used.
	ErrSounds = errors.New("cannot use the sounds")
	// ErrText marks running text that cannot be used.
	ErrText = errors.New("cannot use the text")
)

// An Error says where a file cannot be used, and why.
type Error struct {
	Kind error  // ErrTable, ErrSeries, ErrSounds or ErrText
	Path string // of the file
	Line int    // from 1; 0: the file has no lines, or none is at fault
	// Column is the role of the column at fault, such as "label", or the name
	// of a series' column. It is empty if no column is at fault.
	Column string
	Err    error // what is wrong
}

// Error says what is wrong, with the file and the line.
func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%v %s: line %d: %v", e.Kind, e.Path, e.Line, e.Err)
	}
	return fmt.Sprintf("%v %s: %v", e.Kind, e.Path, e.Err)
}

// Unwrap returns the kind and what is wrong.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// A columnError is an error of a column, before the line is known.
type columnError struct {
	column string
	err    error
}

func (e *columnError) Error() string { return e.err.Error() }
func (e *columnError) Unwrap() error { return e.err }

// A lineError is an error of a line, before the file is known.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

// newError returns the error of a file. The line and the column are those of the
// errors that err wraps, if it wraps any. An [*Error] of another file stays as
// it is.
func newError(kind error, path string, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	e = &Error{Kind: kind, Path: path, Err: err}
	var line *lineError
	if errors.As(err, &line) {
		e.Line, e.Err = line.line, line.err
	}
	var column *columnError
	if errors.As(err, &column) {
		e.Column = column.column
	}
	return e
}
