package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// gruOp is a GRU that applies the reset gate after the product with the state.
// Its accumulators are, for every 8 units, nx r z nh: the new gate has one sum
// for the input and one for the state.
type gruOp struct{ plainOp }

// biasCopies is 1 for the two sums of the new gate, each of which has its own
// bias.
func (gruOp) biasCopies(i int) float32 {
	if sum := i / kernels.Lanes % 4; sum == 0 || sum == 3 {
		return 1
	}
	return 2
}

func (gruOp) newCell(d *direction) cell {
	d.stateSums = kernels.Lanes // r z nh
	return &gruCell{plainCell: plainCell{d}}
}

type gruCell struct {
	plainCell
	memory []float32 // memory of dstate, [rows][ldgate]
}

func (g *gruCell) step(set *kernels.Set, s span) {
	for r := s.row; r < s.row+s.n; r++ {
		set.GRUCell(g.rows(g.h, r, 1), g.rows(g.hprev, r, 1), g.accumulators(r))
	}
}

func (g *gruCell) reserveBackward(rows, _ int) {
	g.memory = grow(g.memory, rows*g.ldgate)
	g.dstate = g.memory
}

func (g *gruCell) stepBackward(set *kernels.Set, _ *transposed, s span) {
	for i := range s.n {
		r := s.row + i
		set.GRUBackward(g.rows(g.dh, s.sequence+i, 1), g.rows(g.hprev, r, 1), g.accumulators(r), g.inputRow(r), g.dstate[r*g.ldgate:][:g.ldgate])
	}
}

func (g *gruCell) weightGradients(c crew, b *batch, _ []float32, _ int, grad *format.Weights) {
	rows, tile := grad.Gates.Rows, grad.Gates.Tile
	sums := make([]float32, 2*rows)
	input := kernels.Matrix{Data: sums[:rows], Rows: rows, Depth: 1, Tile: tile}
	state := kernels.Matrix{Data: sums[rows:], Rows: rows, Depth: 1, Tile: tile}
	c.set.Gram(&input, 0, 1, g.dinput, g.ldgate, tile, []float32{1}, 0, b.rows)
	c.set.Gram(&state, 0, 1, g.dstate, g.ldgate, tile, []float32{1}, 0, b.rows)
	for i := range rows {
		// input rows n r z go to accumulators nx r z, and state row n to nh
		unit, row := i/tile, i%tile
		grad.Bias[unit*kernels.TileRows+row] += input.Data[i]
		if row >= 2*kernels.Lanes {
			grad.Bias[unit*kernels.TileRows+kernels.Lanes+row] += state.Data[i]
		}
	}
}
