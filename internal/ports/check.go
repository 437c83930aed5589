package ports

import (
	"fmt"
	"math"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Check returns a reader that refuses steps that the inputs cannot read, or that would stay
// in a model's states for ever. A CSV's reader names the line of such numbers itself. name
// is that of what r reads.
func Check(r series.Reader[float32], inputs []format.Input, name string) series.Reader[float32] {
	var of []*format.Input // of each number of a step
	for i := range inputs {
		of = append(of, slices.Repeat([]*format.Input{&inputs[i]}, inputs[i].Frames*inputs[i].Channels)...)
	}
	return series.Check(r, len(of), func(step []float32, index int) error {
		for i, v := range step {
			if err := checkNumber(of[i], v, index, name); err != nil && len(inputs) > 1 {
				return fmt.Errorf("input %s: %w", message.Quote(of[i].Name), err)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
}

// checkNumber checks a number or a token of a step.
func checkNumber(in *format.Input, v float32, step int, name string) error {
	switch {
	case v-v != 0:
		return &series.Error{Name: name, Err: series.ErrNotFinite, Cause: fmt.Sprintf("%v in step %d", v, step)}
	case in.Tokens == 0:
	case v != float32(math.Trunc(float64(v))):
		return &series.Error{Name: name, Err: series.ErrNumber, Cause: fmt.Sprintf("%v in step %d is not a token id", v, step)}
	case v < 0 || v >= float32(in.Tokens):
		const far = 1 << 30 // the largest step that a message shows
		return &rnn.TokenRangeError{Token: int32(min(max(v, -far), far)), Step: step, Tokens: in.Tokens}
	}
	return nil
}
