// Package quantize makes models smaller: it stores their weights in f16, int8 or,
// as an experiment, int4, and finds the parts of a model that are sensitive to
// quantization.
package quantize

import (
	"errors"
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Plan says in which number format the weights of a model are kept.
type Plan struct {
	Embedding   format.DType // not used if the model has none; Int4 means Int8, as in [format.Model.Convert]
	Layers      []format.DType
	Head        format.DType // not used if the model has none
	Calibration Calibration
	Decoder     *Plan      // for the decoder of a translation model; nil if the model has none
	Nodes       []NodePlan // for a model that is a graph, which has none of the parts above
}

// Uniform returns the plan that keeps every part of m in one number format.
func Uniform(m *format.Model, dtype format.DType) Plan {
	if m.Graph != nil {
		return uniformGraph(m.Graph, dtype)
	}
	p := Plan{Embedding: dtype, Layers: make([]format.DType, len(m.Layers)), Head: dtype}
	for i := range p.Layers {
		p.Layers[i] = dtype
	}
	if m.Decoder != nil {
		decoder := Uniform(m.Decoder, dtype)
		p.Decoder = &decoder
	}
	return p
}

// Model returns m with its weights in the planned formats. It shares with m
// what stays the same, and has no goldens, since those hold only for the bits
// of m. The errors are those of [format.Model.Convert].
func (p Plan) Model(m *format.Model) (*format.Model, error) {
	if m.Graph != nil {
		return p.graph(m)
	}
	if len(p.Layers) != len(m.Layers) {
		return nil, fmt.Errorf("quantize: a plan for %s, but a model of %d", message.Count(len(p.Layers), "layer"), len(m.Layers))
	}
	if (p.Decoder == nil) != (m.Decoder == nil) {
		return nil, errors.New("quantize: a decoder in the plan or in the model, but not in both")
	}
	if m.Embedding == nil && p.Layers[0] == format.DTypeInt8 {
		var err error
		if m, err = p.Calibration.fold(m); err != nil {
			return nil, err
		}
	}
	converted := map[format.DType]*format.Model{}
	in := func(dtype format.DType) (*format.Model, error) {
		if c := converted[dtype]; c != nil {
			return c, nil
		}
		c, err := m.Convert(dtype)
		converted[dtype] = c
		return c, err
	}
	q := *m
	q.Goldens = nil
	if m.Embedding != nil {
		c, err := in(p.Embedding)
		if err != nil {
			return nil, err
		}
		q.Embedding = c.Embedding
	}
	q.Layers = make([]format.Layer, len(m.Layers))
	for i, dtype := range p.Layers {
		c, err := in(dtype)
		if err != nil {
			return nil, err
		}
		q.Layers[i] = c.Layers[i]
	}
	if m.Head != nil {
		c, err := in(p.Head)
		if err != nil {
			return nil, err
		}
		q.Head = c.Head
	}
	if m.Decoder != nil {
		var err error
		if q.Decoder, err = p.Decoder.Model(m.Decoder); err != nil {
			return nil, err
		}
	}
	if m.Embedding == nil && p.Layers[0] == format.DTypeInt8 {
		first := &q.Layers[0]
		first.Directions = append([]format.Weights(nil), first.Directions...)
		for d := range first.Directions {
			first.Directions[d].InputScale = p.Calibration.InputScale
		}
	}
	return &q, nil
}

// A Part is a part of a model for which a plan can choose a number format.
type Part struct {
	Name  string
	Kind  string // of a node
	table bool   // whether it is an embedding, which is never Int4
	set   func(p *Plan, dtype format.DType)
	node  int // of a graph
}

// Parts returns the parts of m: its embedding, its layers and its head, and then
// those of its decoder. The parts of a graph are its Convertible nodes, named by
// the numbers of their values: "value 3".
func Parts(m *format.Model) []Part {
	if m.Graph != nil {
		return graphParts(m.Graph)
	}
	var parts []Part
	if m.Embedding != nil {
		parts = append(parts, Part{Name: "embedding", table: true, set: func(p *Plan, d format.DType) { p.Embedding = d }})
	}
	for i := range m.Layers {
		parts = append(parts, Part{Name: fmt.Sprintf("layer %d", i), set: func(p *Plan, d format.DType) { p.Layers[i] = d }})
	}
	if m.Head != nil {
		parts = append(parts, Part{Name: "head", set: func(p *Plan, d format.DType) { p.Head = d }})
	}
	if m.Decoder != nil {
		for _, part := range Parts(m.Decoder) {
			parts = append(parts, Part{Name: "decoder " + part.Name, table: part.table, set: func(p *Plan, d format.DType) { part.set(p.Decoder, d) }})
		}
	}
	return parts
}

// format returns the number format of the part for one of a plan.
func (t Part) format(dtype format.DType) format.DType {
	if t.table && dtype == format.DTypeInt4 {
		return format.DTypeInt8
	}
	return dtype
}

// Set sets the part's number format in a plan.
func (t Part) Set(p *Plan, dtype format.DType) { t.set(p, dtype) }
