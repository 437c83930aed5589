package main

import (
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// tolerance is the difference up to which outputs are the same, of those above 1 as a part
// of them.
const tolerance = 2e-5

// compare returns an error if what is read of a model computes otherwise, and why it is
// refused.
func (c *cell) compare(m *onnxtest.Model) (refusal, err error) {
	data := m.Marshal()
	n, refusal := onnx.Read(data)
	if refusal != nil {
		return refusal, nil
	}
	d, err := n.Model()
	if err != nil {
		return nil, err
	}
	read, err := rnn.New(d)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	p, err := newPeer(m, data)
	if err != nil {
		return nil, err
	}
	defer p.session.Destroy()
	if c.form == "one step" {
		return nil, c.stepped(m, read, p)
	}
	x := c.random(steps * c.inputs)
	want, err := p.run(map[string][]float32{"x": x})
	if err != nil {
		return nil, err
	}
	got, err := read.NewSession().RunInputs(x, nil)
	if err != nil {
		return nil, err
	}
	return nil, differ(want["y"], got)
}

// stepped compares a model of one step, whose states go from step to step.
func (c *cell) stepped(m *onnxtest.Model, read *rnn.Model, p *peer) error {
	s := read.NewSession()
	states := map[string][]float32{}
	for _, name := range c.states() {
		states[name] = make([]float32, c.width(name))
	}
	for range steps {
		states["x_t"] = c.random(c.inputs)
		for _, port := range read.Inputs() {
			of, ok := states[port.Name]
			if !ok {
				of = states["x_t"] // the only input has no name
			}
			copy(s.Input(port.Name), of)
		}
		if err := s.Advance(); err != nil {
			return err
		}
		want, err := p.run(states)
		if err != nil {
			return err
		}
		for _, port := range read.Outputs() {
			of, ok := want[port.Name]
			if !ok {
				of = want["y"] // the only output has no name
			}
			if err := differ(of, s.Output(port.Name)); err != nil {
				return err
			}
		}
		for _, name := range c.states() {
			states[name] = want[name+"'"]
		}
	}
	return nil
}

func (c *cell) random(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(c.NormFloat64())
	}
	return x
}

func differ(want, got []float32) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d numbers, want %d", len(got), len(want))
	}
	for i, w := range want {
		if d := math.Abs(float64(got[i]-w)) / max(1, math.Abs(float64(w))); !(d <= tolerance) && w-w == 0 && math.Abs(float64(w)) < 1e5 {
			return fmt.Errorf("number %d differs by %.3g", i, d)
		}
	}
	return nil
}

// A peer is a model in ONNX Runtime.
type peer struct {
	session *ort.DynamicAdvancedSession
	model   *onnxtest.Model
}

func newPeer(m *onnxtest.Model, data []byte) (*peer, error) {
	var in, out []string
	for _, v := range m.Inputs {
		in = append(in, v.Name)
	}
	for _, v := range m.Outputs {
		out = append(out, v.Name)
	}
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(data, in, out, nil)
	return &peer{s, m}, err
}

// run returns the outputs by name.
func (p *peer) run(inputs map[string][]float32) (map[string][]float32, error) {
	var in []ort.Value
	for _, v := range p.model.Inputs {
		shape := ort.NewShape()
		for _, d := range v.Shape {
			n, ok := d.(int)
			if !ok {
				n = steps
			}
			shape = append(shape, int64(n))
		}
		t, err := ort.NewTensor(shape, inputs[v.Name])
		if err != nil {
			return nil, err
		}
		in = append(in, t)
	}
	out := make([]ort.Value, len(p.model.Outputs))
	if err := p.session.Run(in, out); err != nil {
		return nil, err
	}
	results := map[string][]float32{}
	for i, v := range p.model.Outputs {
		results[v.Name] = append([]float32(nil), out[i].(*ort.Tensor[float32]).GetData()...)
	}
	for _, v := range append(in, out...) {
		_ = v.Destroy()
	}
	return results, nil
}
