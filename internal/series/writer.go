package series

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
)

// A Writer writes sequences of outputs.
type Writer interface {
	// Write writes the outputs of steps of a sequence; of a pooled model, the
	// sequence's.
	Write(ys []float32) error
	// Skip writes an empty answer in the place of a step's or a pooled
	// sequence's outputs: an empty line, or NaN in binary output.
	Skip() error
	// End ends a sequence.
	End() error
	// Flush passes on what has been written so far, if that is of use.
	Flush() error
	// Close ends the output. It does not close the underlying writer.
	Close() error
}

// Output is how outputs are written.
type Output struct {
	Kind   Kind
	Width  int    // numbers of a step
	Pooled bool   // a sequence has the outputs of one step
	Layout Layout // of the input

	Sound    *Sound // of the input; nil: none
	Channels int    // of sound; 0 is 1
	Header   bool   // write a WAV file even if the input is sound without a header
}

// writeNaNs writes the outputs of a step that has none.
func writeNaNs(w Writer, width int) error {
	return w.Write(slices.Repeat([]float32{float32(math.NaN())}, width))
}

// NewWriter returns a writer to w. For [KindNPY] and a Layout with unknown numbers
// w must be an [io.WriteSeeker].
func NewWriter(w io.Writer, o Output) (Writer, error) {
	switch o.Kind {
	case KindCSV:
		return &csvWriter{w: bufio.NewWriter(w), width: o.Width, pooled: o.Pooled}, nil
	case KindNPY:
		return newNPYWriter(w, o)
	case KindSound:
		return newSoundWriter(w, o)
	case KindRaw:
		return &rawWriter{w: bufio.NewWriter(w), width: o.Width}, nil
	}
	return nil, fmt.Errorf("no kind of output given")
}
