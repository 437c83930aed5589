package main

import (
	"fmt"
	"slices"

	ort "github.com/yalue/onnxruntime_go"
)

// A peer is the network in ONNX Runtime, with its states.
type peer struct {
	example *example
	session *ort.DynamicAdvancedSession
	states  []tensor
}

type tensor struct {
	shape []int64
	data  []float32
	steps []float32 // the same with the axis of time outermost
}

func newPeer(e *example) (*peer, error) {
	var in, out []string
	for _, v := range e.Inputs {
		in = append(in, v.Name)
	}
	for _, v := range e.Outputs {
		out = append(out, v.Name)
	}
	for _, s := range e.States {
		in, out = append(in, s.In), append(out, s.Out)
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(e.data, in, out, nil)
	if err != nil {
		return nil, fmt.Errorf("ONNX Runtime: %w", err)
	}
	return &peer{example: e, session: session}, nil
}

func (p *peer) close() { _ = p.session.Destroy() }

// reset sets all states to zeros.
func (p *peer) reset() {
	p.states = nil
	for _, s := range p.example.States {
		t := tensor{data: make([]float32, length(s.Shape))}
		for _, n := range s.Shape {
			t.shape = append(t.shape, int64(n))
		}
		p.states = append(p.states, t)
	}
}

// run reads a call, and keeps the states for the next.
func (p *peer) run(q sequence) ([]tensor, error) {
	var in []ort.Value
	add := func(v ort.Value, err error) error {
		in = append(in, v)
		return err
	}
	for i, shape := range q.shapes {
		var dims ort.Shape
		for _, n := range shape {
			dims = append(dims, int64(n))
		}
		var err error
		if p.example.Tokens > 0 {
			err = add(ort.NewTensor(dims, q.tokens[i]))
		} else {
			err = add(ort.NewTensor(dims, q.numbers[i]))
		}
		if err != nil {
			return nil, err
		}
	}
	for _, s := range p.states {
		if err := add(ort.NewTensor(ort.NewShape(s.shape...), s.data)); err != nil {
			return nil, err
		}
	}
	out := make([]ort.Value, len(p.example.Outputs)+len(p.states))
	if err := p.session.Run(in, out); err != nil {
		return nil, fmt.Errorf("ONNX Runtime: %w", err)
	}
	var list []tensor
	for _, v := range out {
		t, ok := v.(*ort.Tensor[float32])
		if !ok {
			return nil, fmt.Errorf("ONNX Runtime gives %T", v)
		}
		data := slices.Clone(t.GetData())
		list = append(list, tensor{slices.Clone(t.GetShape()), data, data})
	}
	for _, v := range slices.Concat(in, out) {
		_ = v.Destroy()
	}
	n := len(p.example.Outputs)
	copy(p.states, list[n:])
	for i, out := range p.example.Outputs {
		if out.Time < 0 {
			continue
		}
		t := &list[i]
		var shape []int
		for _, n := range t.shape {
			shape = append(shape, int(n))
		}
		turned := make([]float32, len(t.data))
		for k := range turned {
			turned[k] = t.data[source(shape, out.Time, k)]
		}
		t.steps = turned
	}
	return list[:n], nil
}
