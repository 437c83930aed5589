package trainer

import "github.com/rnnrun/rnnrun/kernels"

// rnnOp is a plain recurrent layer with tanh or ReLU.
type rnnOp struct {
	plainOp
	rectified bool
}

// stateScale is 0 for ReLU, whose states have no bound.
func (r rnnOp) stateScale() float32 {
	if r.rectified {
		return 0
	}
	return r.plainOp.stateScale()
}

func (r rnnOp) newCell(d *direction) cell {
	return rnnCell{plainCell{d}, r.rectified}
}

type rnnCell struct {
	plainCell
	rectified bool
}

func (r rnnCell) step(set *kernels.Set, s span) {
	for row := s.row; row < s.row+s.n; row++ {
		if r.rectified {
			set.ReLU(r.rows(r.h, row, 1), r.accumulators(row))
		} else {
			set.Tanh(r.rows(r.h, row, 1), r.accumulators(row))
		}
	}
}

func (r rnnCell) stepBackward(_ *kernels.Set, _ *transposed, s span) {
	for i := range s.n {
		h, dh, din := r.rows(r.h, s.row+i, 1), r.rows(r.dh, s.sequence+i, 1), r.inputRow(s.row+i)
		for u, g := range dh {
			switch {
			case !r.rectified:
				g *= 1 - float32(h[u]*h[u])
			case h[u] <= 0:
				g = 0
			}
			din[u], dh[u] = g, 0
		}
	}
}
