package network

import (
	"cmp"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// activations returns the activations of direction d: the given ones, or those
// of the cell and the variant that the layer names.
func (l *Layer) activations(d int) []format.Activation {
	list := l.Directions[d].Activations
	if !l.Cell.Recurrent() {
		list = []format.Activation{l.Activation}
	}
	if list == nil {
		return l.Cell.Activations(l.namedVariant())
	}
	list = slices.Clone(list)
	for i, a := range list {
		list[i] = a.Canonical()
	}
	return list
}

// namedVariant returns the variant that the layer names, or the default.
func (l *Layer) namedVariant() format.Variant { return cmp.Or(l.Variant, l.Cell.DefaultVariant()) }

// variant returns the variant under which a model holds the layer. Variants that
// differ only in their activations, as an RNN's do, are short names for them: a
// layer has such a variant if all its directions have its activations, and
// otherwise the default.
func (l *Layer) variant() format.Variant {
	named, usual := l.namedVariant(), l.Cell.DefaultVariant()
	if slices.Equal(l.Cell.Activations(named), l.Cell.Activations(usual)) && named != usual {
		return named
	}
	for _, v := range l.Cell.Variants() {
		if l.all(l.Cell.Activations(v)) {
			return v
		}
	}
	return usual
}

// all reports whether all directions have these activations.
func (l *Layer) all(list []format.Activation) bool {
	for d := range l.Directions {
		if !slices.Equal(l.activations(d), list) {
			return false
		}
	}
	return true
}
