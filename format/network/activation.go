package network

import "github.com/rnnrun/rnnrun/format"

// activations returns the activations of the gates of direction d, those of
// the cell if it has none of its own.
func (l *Layer) activations(d int) []format.Activation {
	if a := l.Directions[d].Activations; a != nil {
		return a
	}
	return l.Cell.Activations(format.VariantStandard)
}
