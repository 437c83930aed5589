package runtime

import (
	"sync"

	"github.com/rnnrun/rnnrun/format"
)

// fingerprintOf returns a function that computes a model's fingerprint once.
func fingerprintOf(m *format.Model) func() uint64 {
	return sync.OnceValue(func() uint64 { return fingerprint(m) })
}

// fingerprint returns a hash of everything that determines a model's outputs.
// Snapshots store it, so the fingerprint of a model must never change.
//
// It hashes the weight arrays that it names in an order of its own, not that of
// the file, together with their sizes. It hashes all other arrays at the end, so
// that none is left out.
func fingerprint(m *format.Model) uint64 {
	w := weightsOf(m)
	if m.Graph != nil {
		return uint64(w.rest(graphHash(m), m))
	}
	h := hashStart.ints(m.InputSize, len(m.Layers), int(m.Pool), int(m.Output), m.OutputSize())
	if e := m.Embedding; e != nil {
		h = h.ints(e.Tokens, e.Size)
		h = w.hash(h, 0, 0, "embedding table", "embedding scale")
	}
	if m.Skip {
		h = h.ints(1)
	}
	for i := range m.Layers {
		h = w.layer(h, &m.Layers[i], i)
	}
	if d := m.Head; d != nil {
		h = h.matrix(&d.Weight)
		h = w.hash(h, 0, 0, "head weight", "head scale", "head bias")
	}
	if n := m.Normalization; n != nil {
		for _, numbers := range [][]float32{n.Mean, n.Scale, n.OutputMean, n.OutputScale} {
			h = h.ints(len(numbers)).floats(numbers)
		}
	}
	if d := m.Decoder; d != nil {
		f := fingerprint(d)
		h = h.uint32(uint32(f)).uint32(uint32(f >> 32))
	}
	return uint64(w.rest(h, m))
}

// weightArrays are the arrays of a model that are not hashed yet.
type weightArrays map[weightArray][]byte

// A weightArray identifies an array of a model, as [format.Array] does.
type weightArray struct {
	name             string
	layer, direction int
}

func weightsOf(m *format.Model) weightArrays {
	w := weightArrays{}
	for a := range m.Arrays() {
		w[weightArray{a.Name, a.Layer, a.Direction}] = a.Data
	}
	return w
}

// hash adds the named arrays of a layer's direction, in the order of the names.
// It skips arrays that the model does not have.
func (w weightArrays) hash(h hash, layer, direction int, names ...string) hash {
	for _, name := range names {
		a := weightArray{name, layer, direction}
		h = h.bytes(w[a])
		delete(w, a)
	}
	return h
}

// layer adds layer i of the model.
func (w weightArrays) layer(h hash, l *format.Layer, i int) hash {
	h = h.ints(int(l.Cell), int(l.Variant), l.InputSize, l.HiddenSize, len(l.Directions))
	if l.Special() || l.Reverse {
		h = w.special(h, l, i)
	}
	for d := range l.Directions {
		x := &l.Directions[d]
		h = h.matrix(&x.Gates)
		h = w.hash(h, i, d, "gates", "gates scale")
		h = h.matrix(&x.Candidate)
		h = w.hash(h, i, d, "candidate", "candidate scale")
		h = w.hash(h.ints(len(x.Bias)), i, d, "bias")
		h = w.hash(h.ints(len(x.H0)), i, d, "h0")
		h = w.hash(h.ints(len(x.C0)), i, d, "c0")
		h = w.hash(h, i, d, "input scale")
	}
	return h
}

// special adds the features of layer i beyond its cell.
func (w weightArrays) special(h hash, l *format.Layer, i int) hash {
	flags := 0
	if l.Reverse {
		flags |= 1
	}
	if l.InputForget {
		flags |= 2
	}
	h = h.ints(flags, l.ProjectionSize).floats([]float32{l.Clip})
	for d := range l.Directions {
		x := &l.Directions[d]
		h = h.ints(len(x.Activations), len(x.Peephole))
		h = w.hash(h, i, d, "peephole")
		h = h.matrix(&x.Projection)
		h = w.hash(h, i, d, "projection", "projection scale")
		for _, a := range x.Activations {
			h = h.ints(int(a.Kind)).floats([]float32{a.Alpha, a.Beta})
		}
	}
	return h
}

// rest adds all arrays that are left, in the order of the file.
func (w weightArrays) rest(h hash, m *format.Model) hash {
	for a := range m.Arrays() {
		if data, left := w[weightArray{a.Name, a.Layer, a.Direction}]; left {
			h = h.bytes([]byte(a.Name)).ints(a.Layer, a.Direction, len(data)).bytes(data)
		}
	}
	return h
}

// graphHash returns the hash of a graph, its output function and its normalization,
// without the weights.
func graphHash(m *format.Model) hash {
	h := hashStart.ints(int(m.Output), m.OutputSize()).bytes(m.Graph.Records())
	if n := m.Normalization; n != nil {
		for _, numbers := range [][]float32{n.Mean, n.Scale, n.OutputMean, n.OutputScale} {
			h = h.ints(len(numbers)).floats(numbers)
		}
	}
	return h
}
