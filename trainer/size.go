package trainer

import (
	"errors"
	"fmt"
)

// ErrTooLarge refuses a network of more than 2^28 parameters, which would take
// about 8 GiB of memory to train.
var ErrTooLarge = errors.New("the network is too large to train")

const mostParameters = 1 << 28

// checkSize refuses an architecture that is too large, before its memory is
// allocated.
func (a *Architecture) checkSize() error {
	if n := a.parameters(); n > mostParameters {
		return fmt.Errorf("%w: it would have %.3g parameters, want at most %d: choose smaller layers, or fewer", ErrTooLarge, n, mostParameters)
	}
	return nil
}

// parameters returns the approximate number of weights and biases, as a float64 so
// that it cannot overflow.
func (a *Architecture) parameters() float64 {
	directions := 1.0
	if a.Bidirectional {
		directions = 2
	}
	gates, hidden, width := float64(a.Cell.Gates()), float64(a.HiddenSize), float64(a.InputSize)
	n := 0.0
	if a.Tokens > 0 {
		width = float64(a.EmbeddingSize)
		n += float64(a.Tokens) * width
	}
	layer := func(width float64) float64 { return directions * gates * hidden * (width + hidden + 2) }
	n += layer(width) + float64(a.Layers-1)*layer(directions*hidden)
	n += float64(a.Outputs) * (directions*hidden + 1)
	if a.TargetTokens > 0 {
		n += a.decoder().parameters()
	}
	return n
}
