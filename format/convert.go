package format

import (
	"slices"

	"github.com/rnnrun/rnnrun/internal/binary16"
)

// Convert returns the model with the weights of its embedding, layers and head, or of its graph's layers, embeddings
// and convolutions, in that number format. It converts the decoder, too. Biases and initial states are always F32. The
// result shares with m what stays the same. It has no goldens, since m's hold only for m's bits. To make a model of
// mixed formats, combine parts of converted models.
//
// Weights are rounded to the nearest number of the format, ties to even; for Int8 see [Matrix.Quantize] and
// [Embedding.Quantize]. Weights of Int8 become their products with their scales in F32. A first layer that becomes Int8
// gets no InputScale. With Int4 the embedding becomes Int8.
//
// The error wraps [ErrInvalid] if m is not valid, a weight is too large for F16 or Int4, or a layer is too wide for
// Int8, and [ErrUnsupported] if the number format is unknown.
func (m *Model) Convert(dtype DType) (*Model, error) {
	if !dtype.known() {
		return nil, fail(ErrUnsupported, tagTensors, -1, "the unknown number format %v", dtype)
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	c := *m
	c.Goldens = nil
	if m.Embedding != nil {
		c.Embedding = m.Embedding.convert(dtype)
	}
	if m.Graph != nil {
		c.Graph = m.Graph.convert(slices.Repeat([]DType{dtype}, len(m.Graph.Nodes)))
	}
	c.Layers = slices.Clone(m.Layers)
	for i := range c.Layers {
		c.Layers[i].convert(dtype)
	}
	if m.Head != nil {
		c.Head = m.Head.convert(dtype)
	}
	if m.Decoder != nil {
		var err error
		if c.Decoder, err = m.Decoder.Convert(dtype); err != nil {
			return nil, ofDecoder(err)
		}
	}
	return c.converted()
}

// ConvertNodes is [Model.Convert] for a model that is a graph, with a number format
// for each node. The formats of nodes that are not [Node.Convertible] are ignored.
func (m *Model) ConvertNodes(dtypes []DType) (*Model, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if m.Graph == nil || len(dtypes) != len(m.Graph.Nodes) {
		return nil, fail(ErrInvalid, tagGraph, -1, "%d number formats, want one for each node of a graph", len(dtypes))
	}
	for _, d := range dtypes {
		if !d.known() {
			return nil, fail(ErrUnsupported, tagTensors, -1, "the unknown number format %v", d)
		}
	}
	c := *m
	c.Goldens, c.Graph = nil, m.Graph.convert(dtypes)
	return c.converted()
}

// converted finishes a conversion: a graph that was not a stack only because of its input scales, which are gone,
// becomes a stack.
func (m *Model) converted() (*Model, error) {
	if s, ok := m.AsStack(); ok {
		m = s
	}
	if err := m.refuseOverflow(); err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// refuseOverflow refuses weights that became infinite in F16 or Int4.
func (m *Model) refuseOverflow() error {
	return m.tensors(func(t tensor) error {
		i, _ := t.data().broken()
		if t.format() == DTypeF16 && i >= 0 {
			return fail(ErrInvalid, tagWeights, -1, "the %s has a weight beyond the greatest number of f16, 65504: keep it in f32", t.name())
		}
		if t.format() == DTypeInt4 && i >= 0 {
			return fail(ErrInvalid, tagWeights, -1, "the %s has a weight beyond the greatest number of int4, %d: keep it in f32", t.name(), greatestInt4)
		}
		return nil
	})
}

// convert makes the weights of the layer numbers of another format. It leaves
// those that it shares with other layers.
func (l *Layer) convert(dtype DType) {
	l.Directions = slices.Clone(l.Directions)
	for d := range l.Directions {
		w := &l.Directions[d]
		if w.Gates.DType != dtype {
			w.InputScale = 0
		}
		w.Gates = w.Gates.convert(dtype, l.InputSize)
		w.Candidate = w.Candidate.convert(dtype, l.InputSize)
		w.Projection = w.Projection.convert(dtype, l.HiddenSize)
	}
}

func (m *Matrix) convert(dtype DType, split int) Matrix {
	switch {
	case dtype == m.DType || m.Rows == 0:
		return *m
	case dtype == DTypeInt8:
		return m.Quantize(split)
	case dtype == DTypeInt4:
		return m.QuantizeInt4(split)
	}
	c := NewMatrix(m.Rows, m.Depth, m.Tile)
	for i := range m.Rows {
		for k := range m.Depth {
			c.Data[c.Index(i, k)] = m.At(i, k)
		}
	}
	if dtype == DTypeF16 {
		c.DType, c.Half, c.Data = DTypeF16, halves(c.Data), nil
	}
	return c
}

func halves(floats []float32) []uint16 {
	h := make([]uint16, len(floats))
	for i, v := range floats {
		h[i] = binary16.Round(v)
	}
	return h
}
