package series

import (
	"bufio"
	"fmt"
)

// A Number is a feature of a step, or a token.
type Number interface{ float32 | int32 }

// A Reader reads sequences of steps of a fixed number of numbers.
type Reader[T Number] interface {
	// Next goes to the next sequence, past what is left of this one. The error
	// is io.EOF after the last.
	Next() error
	// Read reads steps of the sequence into dst, whose length is a multiple of
	// the width: at least one step, and then as many as are at hand without
	// waiting. It returns the number of numbers. The error is io.EOF at the
	// end of the sequence, and otherwise an [*Error], or a [*BadStep] after
	// which reading goes on.
	Read(dst []T) (int, error)
	// Layout returns what is known of the sequences before they are read.
	Layout() Layout
}

// A Layout is the number of sequences and of their steps; -1 stands for a
// number that is known only at the end.
type Layout struct {
	Batch     bool // there may be other than one sequence
	Sequences int
	Steps     int
	Frames    bool // the rows of the input are frames, several of which are a step
}

// Options are how input is read.
type Options struct {
	Name   string // of the input, for errors
	Kind   Kind
	Width  int  // numbers of a step
	Frames int  // frames of a step, which may be rows of their own; 0 or 1: it has one
	Header bool // the first line of a CSV names the columns
	Lists  bool // the lines of a CSV may be JSON lists

	Columns Columns  // of a CSV
	Records *Records // of a CSV, to fill; nil: none

	Sound *Sound // of sound, to fill; nil: none
}

// NewReader returns a reader of r.
func NewReader[T Number](r *bufio.Reader, o Options) (Reader[T], error) {
	switch o.Kind {
	case KindCSV:
		return newCSVReader[T](r, o)
	case KindNPY:
		return newNPYReader[T](r, o)
	case KindSound:
		return newSoundReader[T](r, o)
	case KindRaw:
		return &rawReader[T]{r: r, o: o}, nil
	}
	return nil, fmt.Errorf("no kind of input given for %s", o.Name)
}

// isToken reports whether T is the type of tokens.
func isToken[T Number]() bool {
	_, ok := any(*new(T)).(int32)
	return ok
}
