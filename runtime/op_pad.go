package runtime

import "github.com/rnnrun/rnnrun/format"

// newPadOp returns the op that pads so many frames of channels.
func newPadOp(p *format.Pad, frames, channels int) *valueOp {
	source := make([]int, p.Before+frames+p.After) // of each frame: where it begins
	for i := range source {
		source[i] = p.Source(i, frames) * channels
	}
	return newValueOp(func(y []float32, x [][]float32) {
		for i, from := range source {
			to := y[i*channels:][:channels]
			if from >= 0 {
				copy(to, x[0][from:])
				continue
			}
			for k := range to {
				to[k] = p.Value
			}
		}
	})
}
