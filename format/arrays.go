package format

import "iter"

// An Array is an array of a model's weights as a file stores it: packed, with its padding.
type Array struct {
	Name      string // what it is, as the package comment names the kinds of tensors: "gates", "head bias"
	Layer     int    // or the node of a graph; 0 if it belongs to none
	Direction int    // 0 forward, 1 reverse; 0 if it has none
	Data      []byte // do not write to it: it lies in the model, unless the machine is big-endian
}

// Arrays yields every array of weights that a valid model has, in the order of
// its file. It leaves out a decoder's arrays.
func (m *Model) Arrays() iter.Seq[Array] {
	return func(yield func(Array) bool) {
		for t := range m.present {
			if !yield(Array{t.kind.String(), t.layer, t.direction, t.data().file()}) {
				return
			}
		}
	}
}
