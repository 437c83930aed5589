package series

import (
	"bufio"
	"fmt"
)

// A Number is a feature of a step, or a token.
type Number interface{ float32 | int32 }

// A Reader reads sequences of steps of a fixed number of numbers.
type Reader[T Number] interface {
	// Next goes to the next sequence, and skips the rest of this one. It returns io.EOF
	// after the last sequence.
	Next() error
	// Read reads steps of the sequence into dst, whose length must be a multiple of the
	// width: at least one step, and then as many as are available without waiting. It
	// returns the number of numbers. At the end of the sequence the error is io.EOF;
	// otherwise it is an [*Error], or a [*BadStep], after which reading can continue.
	Read(dst []T) (int, error)
	// Layout returns what is known about the sequences before they are read.
	Layout() Layout
}

// A Layout is the number of sequences and of their steps; -1 means that the number is
// known only at the end.
type Layout struct {
	Batch     bool // the number of sequences may differ from one
	Sequences int
	Steps     int
	Frames    bool // the rows of the input are frames, several to a step
}

// Options control how input is read.
type Options struct {
	Name   string // name of the input, for errors
	Kind   Kind
	Width  int  // numbers per step
	Frames int  // frames per step, which may be separate rows; 0 or 1: one
	Header bool // the first line of a CSV names the columns
	Lists  bool // the lines of a CSV may be JSON lists

	Columns Columns  // of a CSV
	Records *Records // records of a CSV to fill; nil: none

	Sound *Sound // format of sound to fill; nil: none
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
