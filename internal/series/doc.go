// Package series reads and writes sequences of numbers step by step: as .npy
// arrays, as CSV, as sound, and as raw little-endian numbers of 32 bits.
//
//	        one sequence                 several sequences
//	.npy    [T, width]                   [N, T, width]
//	CSV     one line per step            separated by empty lines
//	raw     steps in a row               —
//	sound   one or more samples per step —
//
// The lines of CSV may also be JSON objects, each a step whose members are columns; or JSON
// lists, or objects with a list among their members: each a step or a sequence.
//
// Tokens are sequences of width 1 whose arrays lack the last dimension. If a step has
// several frames, a row may also be a frame.
package series

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// A Kind is a format of files.
type Kind int

// The kinds.
const (
	KindUnknown Kind = iota
	KindCSV
	KindNPY
	KindRaw
	KindSound
)

// String returns the kind's usual name.
func (k Kind) String() string {
	switch k {
	case KindCSV:
		return "CSV"
	case KindNPY:
		return ".npy"
	case KindRaw:
		return "raw"
	case KindSound:
		return "sound"
	}
	return "unknown"
}

// KindOf returns the kind for a path's extension.
func KindOf(path string) Kind {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv", ".txt", ".jsonl", ".ndjson":
		return KindCSV
	case ".npy":
		return KindNPY
	case ".raw", ".f32", ".bin":
		return KindRaw
	case ".wav":
		return KindSound
	}
	return KindUnknown
}

// Sniff returns the kind of a stream by its first bytes: NPY, WAV, or CSV. Raw numbers
// cannot be distinguished from text.
func Sniff(r *bufio.Reader) Kind {
	first, err := r.Peek(1)
	switch {
	case err != nil:
	case bytes.HasPrefix([]byte("\x93NUMPY"), first):
		return KindNPY
	case first[0] == 'R': // of a column's name, unless it is RIFF
		if four, err := r.Peek(4); err == nil && string(four) == "RIFF" {
			return KindSound
		}
	}
	return KindCSV
}

// The reasons why a sequence cannot be read or written.
var (
	// ErrNumber: the text is not a number of the requested type.
	ErrNumber = errors.New("not a number")
	// ErrNotFinite: a number is NaN, infinite, or too large for a float32.
	ErrNotFinite = errors.New("not a finite number")
	// ErrWidth: a step has more or fewer numbers than the model reads.
	ErrWidth = errors.New("wrong number of numbers in a step")
	// ErrList: a line is not a JSON list like the first one.
	ErrList = errors.New("not a list of numbers")
	// ErrColumns: the columns to read are not there.
	ErrColumns = errors.New("wrong columns")
	// ErrRate: the sample rate of sound is not the model's.
	ErrRate = errors.New("wrong sample rate")
	// ErrShape: an array has the wrong shape, or sequences do not fit into an array.
	ErrShape = errors.New("wrong shape")
)

// An Error reports where and why the input cannot be read.
type Error struct {
	Name   string // the file's path, or "stdin"
	Line   int    // in a CSV, from 1; 0: none
	Column int    // in the line, from 1; 0: none
	Place  string // in a line of JSON lists, such as ", step 3, number 0"; "": none
	Err    error  // one of the errors above, of package npy, or of the reader
	Cause  string // what was found and what was expected
}

// Error says where, what, and what to do.
func (e *Error) Error() string {
	where := e.Name
	if e.Line > 0 {
		where = fmt.Sprintf("%s, line %d", e.Name, e.Line)
	}
	if e.Column > 0 {
		where = fmt.Sprintf("%s, column %d", where, e.Column)
	}
	where += e.Place
	if e.Cause == "" {
		return fmt.Sprintf("%s: %v", where, e.Err)
	}
	return fmt.Sprintf("%s: %v: %s", where, e.Err, e.Cause)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
