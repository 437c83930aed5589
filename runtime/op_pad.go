package runtime

import "github.com/rnnrun/rnnrun/format"

// newPadOp returns the op that pads the given number of frames.
func newPadOp(p *format.Pad, frames, channels int) *valueOp {
	pieces := padPieces(p, frames, channels)
	return newValueOp(func(y []float32, x [][]float32) {
		for _, s := range pieces {
			to := y[s.to:][:s.n]
			switch {
			case s.from < 0:
				for i := range to {
					to[i] = p.Value
				}
			case s.n == 1:
				to[0] = x[0][s.from]
			default:
				copy(to, x[0][s.from:])
			}
		}
	})
}

// A padPiece is a run of numbers that are adjacent both before and after
// padding.
type padPiece struct{ to, from, n int } // from is -1 for the constant

func padPieces(p *format.Pad, frames, channels int) (list []padPiece) {
	for i := range p.Before + frames + p.After {
		piece := padPiece{i * channels, -1, channels}
		if source := p.Source(i, frames); source >= 0 {
			piece.from = source * channels
		}
		if k := len(list) - 1; k >= 0 && (piece.from < 0 && list[k].from < 0 || list[k].from >= 0 && piece.from == list[k].from+list[k].n) {
			list[k].n += channels
		} else {
			list = append(list, piece)
		}
	}
	return list
}
