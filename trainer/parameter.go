package trainer

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// A parameter is one array of weights of a model, or of the gradients of a
// model.
type parameter struct {
	group string // "embedding", "layer 0", "head"
	name  string
	data  []float32
	// copies is, for every number, how many numbers of the usual formulation it
	// is the sum of; nil: one each. Frameworks have two biases in a sum, b_ih +
	// b_hh, which always have the same gradient. A model holds their sum, whose
	// update is twice that of one of them.
	copies []float32
}

// parameters lists a model's parameters in a fixed order. If the head is tied to
// the embedding, its weights are not listed.
func parameters(m *format.Model, tied bool) []parameter {
	var list []parameter
	if m.Embedding != nil {
		list = append(list, parameter{group: "embedding", name: "embedding", data: m.Embedding.Table})
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		for d := range l.Directions {
			w := &l.Directions[d]
			group := fmt.Sprintf("layer %d", i)
			name := group
			if d == 1 {
				name += " reverse"
			}
			list = append(list, parameter{group: group, name: name + " gates", data: w.Gates.Data})
			if w.Candidate.Data != nil {
				list = append(list, parameter{group: group, name: name + " candidate", data: w.Candidate.Data})
			}
			list = append(list, parameter{group: group, name: name + " bias", data: w.Bias, copies: biasCopies(l, len(w.Bias))})
		}
	}
	if m.Head != nil && !tied {
		list = append(list, parameter{group: "head", name: "head weight", data: m.Head.Weight.Data})
	}
	if m.Head != nil {
		list = append(list, parameter{group: "head", name: "head bias", data: m.Head.Bias})
	}
	if m.Decoder != nil {
		for _, p := range parameters(m.Decoder, tied) {
			p.group, p.name = "decoder "+p.group, "decoder "+p.name
			list = append(list, p)
		}
	}
	return list
}

// biasCopies returns the copies of the n biases of a layer.
func biasCopies(l *format.Layer, n int) []float32 {
	copies, op := make([]float32, n), opOf(l)
	for i := range copies {
		copies[i] = op.biasCopies(i)
	}
	return copies
}

// zerosLike returns a model of the same shape with zeros as weights of its own,
// to hold gradients.
func zerosLike(m *format.Model) *format.Model {
	z := clone(m)
	for _, p := range parameters(z, false) {
		clear(p.data)
	}
	return z
}

// clone returns a copy of a model that shares no weights with it.
func clone(m *format.Model) *format.Model {
	c := *m
	if m.Embedding != nil {
		e := *m.Embedding
		e.Table = append([]float32(nil), e.Table...)
		c.Embedding = &e
	}
	c.Layers = append([]format.Layer(nil), m.Layers...)
	for i := range c.Layers {
		l := &c.Layers[i]
		l.Directions = append([]format.Weights(nil), l.Directions...)
		for d := range l.Directions {
			w := &l.Directions[d]
			w.Gates.Data = append([]float32(nil), w.Gates.Data...)
			w.Candidate.Data = append([]float32(nil), w.Candidate.Data...)
			w.Bias = append([]float32(nil), w.Bias...)
		}
	}
	if m.Head != nil {
		h := *m.Head
		h.Weight.Data = append([]float32(nil), h.Weight.Data...)
		h.Bias = append([]float32(nil), h.Bias...)
		c.Head = &h
	}
	if m.Decoder != nil {
		c.Decoder = clone(m.Decoder)
	}
	return &c
}
