package format

import "github.com/rnnrun/rnnrun/internal/padding"

// recurrent is what recurrent kinds share, if they do not say otherwise.
type recurrent struct{}

func (*recurrent) traits() traits              { return traits{recurrent: true} }
func (*recurrent) misspelt(*Layer, int) string { return "" }

// sized returns the shape of a recurrent layer with that many rows of gates and
// that many accumulators for each unit.
func (*recurrent) sized(l *Layer, gates, bias int) shape {
	units := padding.UpToLanes(l.HiddenSize)
	return shape{
		gates: gates * units, depth: l.InputSize + l.StateSize(), tile: tileRows,
		bias: bias * units, h0: padding.UpToLanes(l.StateSize()),
	}
}

// at returns the place of a gate with the same row in all arrays.
func at(row int) place { return place{input: row, state: row, biasInput: row, biasState: row} }
