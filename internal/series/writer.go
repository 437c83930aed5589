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
	// Write writes the outputs of steps of a sequence, or for a pooled model the outputs of
	// the sequence.
	Write(ys []float32) error
	// Skip writes an empty answer instead of the outputs of a step or a pooled sequence: an
	// empty line, or NaN in binary output.
	Skip() error
	// End ends a sequence.
	End() error
	// Flush flushes what has been written so far, if the kind of output allows it.
	Flush() error
	// Close ends the output. It does not close the underlying writer.
	Close() error
}

// Output controls how outputs are written.
type Output struct {
	Kind   Kind
	Width  int    // numbers per step
	Pooled bool   // a sequence has one set of outputs
	Layout Layout // of the input

	Sound    *Sound // sound of the input; nil: none
	Channels int    // channels of sound; 0 is 1
	Header   bool   // write a WAV file even if the input is sound without a header
}

// writeNaNs writes NaNs instead of the outputs of a step.
func writeNaNs(w Writer, width int) error {
	return w.Write(slices.Repeat([]float32{float32(math.NaN())}, width))
}

// NewWriter returns a writer to w. For [KindNPY] and a Layout with unknown numbers, w must
// be an [io.WriteSeeker].
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
