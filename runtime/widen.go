package runtime

import (
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// nearBytes is the greatest size in bytes of float32 weights that a step reads at
// least as fast as binary16 weights, which it must widen. On a core with 32 KiB
// of first-level cache, binary16 was slower up to 35 KiB and faster from 37 KiB
// on.
const nearBytes = 36 << 10

// widenSmall returns m with float32 weights in place of binary16 weights, if
// they are small enough to be read from near caches. Widening is exact, so the
// bits of the outputs are the same. Layers of a model that reads backward run
// one after the other over many steps, so each direction counts by itself;
// otherwise, a step reads all weights. Graphs are left as they are.
func widenSmall(set *kernels.Set, m *format.Model) *format.Model {
	if m.Graph != nil {
		return m
	}
	wide := *m
	wide.Layers = slices.Clone(m.Layers)
	for i := range wide.Layers {
		l := &wide.Layers[i]
		l.Directions = slices.Clone(l.Directions)
	}
	if m.Head != nil {
		head := *m.Head
		wide.Head = &head
	}
	parts := chainWeights(&wide)
	if !m.ReadsBackward() {
		parts = [][]*format.Matrix{slices.Concat(parts...)}
	}
	for _, part := range parts {
		bytes := 0
		for _, w := range part {
			bytes = plus(bytes, widenedBytes(w))
		}
		if bytes > nearBytes {
			continue
		}
		for _, w := range part {
			if w.DType == format.DTypeF16 {
				data := floats(len(w.Half))
				set.Widen(data, w.Half)
				w.DType, w.Data, w.Half = format.DTypeF32, data, nil
			}
		}
	}
	return &wide
}
