package trainer

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// gruBeforeOp is a GRU that applies the reset gate before the product with the
// state. Its accumulators are r, z and n of every unit, and n has a weight
// matrix of its own, the candidate.
type gruBeforeOp struct{ plainOp }

func (gruBeforeOp) newCell(d *direction) cell { return &gruBeforeCell{plainCell: plainCell{d}} }

type gruBeforeCell struct {
	plainCell
	rh      []float32 // [rows][units] r∘hread
	rhin    []float32 // [rows][units] the same as the product reads it: rh, or rh rounded
	rounded []float32 // memory of rhin
	drh     []float32 // [sequences][units] gradients of rh
}

func (g *gruBeforeCell) reserve(rows int) {
	g.rh = grow(g.rh, rows*g.units)
	g.rhin = g.rh
	if g.int8.candidateState != nil {
		g.rounded = grow(g.rounded, rows*g.units)
		g.rhin = g.rounded
	}
}

func (g *gruBeforeCell) sumInput(c crew, acc []float32, x *features, rows int) {
	x.addProducts(c, acc[g.weights.Gates.Rows:], g.ldacc, &g.weights.Candidate, g.int8.candidateInput, g.layer.InputSize, rows)
}

func (g *gruBeforeCell) step(set *kernels.Set, s span) {
	u := g.units
	for r := s.row; r < s.row+s.n; r++ {
		rz := g.accumulators(r)[:2*u]
		set.Sigmoid(rz, rz)
		set.Mul(g.rows(g.rh, r, 1), rz[:u], g.rows(g.hread, r, 1))
	}
	g.addStates(set, g.acc[s.row*g.ldacc+2*u:], &g.weights.Candidate, g.int8.candidateState, g.rh, g.rhin, s)
	for r := s.row; r < s.row+s.n; r++ {
		zn := g.accumulators(r)[u:]
		z, n := zn[:u], zn[u:]
		set.Tanh(n, n)
		set.Blend(g.rows(g.h, r, 1), z, g.rows(g.hprev, r, 1), n)
	}
}

func (g *gruBeforeCell) reserveBackward(_, sequences int) {
	g.drh = grow(g.drh, sequences*g.units)
}

// stepBackward computes the derivative of the blend, and then that of the
// product: the new gate's sum reads r∘hread, through which its gradient reaches
// r and hread.
func (g *gruBeforeCell) stepBackward(set *kernels.Set, t *transposed, s span) {
	u := g.units
	for i := range s.n {
		r := s.row + i
		blendBackward(g.rows(g.dh, s.sequence+i, 1), g.rows(g.hprev, r, 1), g.accumulators(r), g.inputRow(r))
	}
	drh := g.rows(g.drh, s.sequence, s.n)
	clear(drh)
	set.Product(drh, u, &t.candidateState, 0, t.candidateState.Depth, g.dinput[s.row*g.ldgate+2*u:], g.ldgate, s.n)
	g.addRead(s, func(dread []float32) {
		for q := range s.n {
			row := s.row + q
			dh := g.rows(dread, q, 1)
			reset := g.accumulators(row)[:u]
			hread := g.rows(g.hread, row, 1)
			dr := g.inputRow(row)[:u]
			for i, d := range g.rows(drh, q, 1) {
				r := reset[i]
				dr[i] = d * hread[i] * r * (1 - r)
				dh[i] += float32(d * r)
			}
		}
	})
}

// blendBackward computes the derivative of h = (1-z)∘n + z∘h'. gates holds r, z
// and n of all units. It sets the gradients of the sums of z and n in din, and
// those of h' in dh.
func blendBackward(dh, hprev, gates, din []float32) {
	u := len(dh)
	zs, ns := gates[u:2*u], gates[2*u:3*u]
	for i, g := range dh {
		z, n := zs[i], ns[i]
		din[u+i] = g * (hprev[i] - n) * z * (1 - z)
		din[2*u+i] = g * (1 - z) * (1 - float32(n*n))
		dh[i] = g * z
	}
}

func (g *gruBeforeCell) weightGradients(c crew, b *batch, x []float32, ldx int, grad *format.Weights) {
	candidate, rows, tile := packed(&grad.Candidate), g.dinput[grad.Gates.Rows:], grad.Gates.Tile
	c.gram(&candidate, 0, g.layer.InputSize, rows, g.ldgate, tile, x, ldx, b.rows)
	c.gram(&candidate, g.layer.InputSize, candidate.Depth, rows, g.ldgate, tile, g.rhin, g.units, b.rows)
	g.plainCell.weightGradients(c, b, x, ldx, grad)
}

func (g *gruBeforeCell) inputGradients(c crew, t *transposed, dx []float32, lddx, rows int) {
	c.product(dx, lddx, &t.candidateInput, 0, t.candidateInput.Depth, g.dinput[g.weights.Gates.Rows:], g.ldgate, rows)
}
