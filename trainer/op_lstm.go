package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

type lstmOp struct{ plainOp }

// initialize sets the sum of the forget gates' biases.
func (lstmOp) initialize(z *Initialization, l *format.Layer, p *format.Plain) {
	forget := 1.0
	if z.ForgetBias != nil {
		forget = *z.ForgetBias
	}
	for u := range l.HiddenSize {
		p.BiasIH[l.HiddenSize+u], p.BiasHH[l.HiddenSize+u] = float32(forget), 0
	}
}

func (lstmOp) newCell(d *direction) cell { return &lstmCell{plainCell: plainCell{d}} }

type lstmCell struct {
	plainCell
	c     []float32 // [rows][units]
	cprev []float32 // [rows][units] the cell state that the row started from
	tanhC []float32 // [sequences][units] scratch
}

func (l *lstmCell) reserve(rows int) {
	l.c = grow(l.c, rows*l.units)
	l.cprev = grow(l.cprev, rows*l.units)
}

func (l *lstmCell) step(set *kernels.Set, s span) {
	finalC := l.rows(l.finalC, s.sequence, s.n)
	copy(l.rows(l.cprev, s.row, s.n), finalC)
	for r := s.row; r < s.row+s.n; r++ {
		set.LSTMCell(l.rows(l.h, r, 1), l.rows(l.c, r, 1), l.rows(l.cprev, r, 1), l.accumulators(r))
	}
	copy(finalC, l.rows(l.c, s.row, s.n))
}

func (l *lstmCell) reserveBackward(_, sequences int) {
	l.tanhC = grow(l.tanhC, sequences*l.units)
}

func (l *lstmCell) stepBackward(set *kernels.Set, _ *transposed, s span) {
	for i := range s.n {
		r, q := s.row+i, s.sequence+i
		tanhC := l.rows(l.tanhC, q, 1)
		set.Tanh(tanhC, l.rows(l.c, r, 1))
		set.LSTMBackward(l.rows(l.dh, q, 1), l.rows(l.dc, q, 1), tanhC, l.rows(l.cprev, r, 1), l.accumulators(r), l.inputRow(r))
	}
}
