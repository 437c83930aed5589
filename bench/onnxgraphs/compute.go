package main

import (
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// compute returns what ONNX Runtime makes of sequences, which it reads in parts of so
// many steps: of each output all sequences one after the other.
func compute(file *proto.Model, batch []sequence, parts []int) ([][]float64, error) {
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(file.Marshal(), names(file.Inputs), names(file.Outputs), nil)
	if err != nil {
		return nil, err
	}
	defer session.Destroy()
	steps := 0
	for _, n := range parts {
		steps += n
	}
	p := playback{file: file, batch: batch, total: steps, states: map[string]ort.Value{}}
	defer p.close()
	for _, n := range parts {
		inputs, err := p.inputs(n)
		if err != nil {
			return nil, err
		}
		outputs := make([]ort.Value, len(file.Outputs))
		if err := session.Run(inputs, outputs); err != nil {
			return nil, err
		}
		p.take(inputs, outputs, n)
	}
	var all [][]float64
	for i := range p.got {
		var joined []float64
		for k := range p.got[i] {
			joined = append(joined, p.got[i][k]...)
		}
		all = append(all, joined)
	}
	return all, nil
}

func names(values []proto.Value) (list []string) {
	for _, v := range values {
		list = append(list, v.Name)
	}
	return list
}

// A playback gives sequences to a session in parts.
type playback struct {
	file   *proto.Model
	batch  []sequence
	total  int // steps
	step   int
	states map[string]ort.Value
	got    [][][]float64 // of each output each sequence
}

func (p *playback) close() {
	for _, v := range p.states {
		_ = v.Destroy()
	}
}

// inputs returns those of the next n steps. Inputs beyond the model's are states.
func (p *playback) inputs(n int) (list []ort.Value, err error) {
	for i, in := range p.file.Inputs {
		var v ort.Value
		switch {
		case i >= len(p.batch[0].numbers):
			if v = p.states[in.Name]; v == nil {
				v, err = p.zeros(in)
			}
		case in.Type == proto.Int64:
			v, err = tensorOf(p, in, n, func(s *sequence) []int32 { return s.ids[i] }, func(id int32) int64 { return int64(id) })
		default:
			v, err = tensorOf(p, in, n, func(s *sequence) []float32 { return s.numbers[i] }, func(x float32) float32 { return x })
		}
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// shape returns a value's shape for n steps.
func (p *playback) shape(v proto.Value, n int) ort.Shape {
	var shape []int64
	for _, d := range v.Shape {
		switch d := d.(type) {
		case int:
			shape = append(shape, int64(d))
		case string:
			shape = append(shape, map[string]int64{"batch": int64(len(p.batch)), "steps": int64(n)}[d])
		}
	}
	return ort.NewShape(shape...)
}

func tensorOf[A any, B ort.TensorData](p *playback, v proto.Value, n int, of func(s *sequence) []A, as func(A) B) (ort.Value, error) {
	var data []B
	for i := range p.batch {
		all := of(&p.batch[i])
		each := len(all) / p.total
		for _, x := range all[p.step*each:][:n*each] {
			data = append(data, as(x))
		}
	}
	return ort.NewTensor(p.shape(v, n), data)
}

// zeros returns a state before the first step: what the file says, or zeros.
func (p *playback) zeros(v proto.Value) (ort.Value, error) {
	shape := p.shape(v, 1)
	return ort.NewTensor(shape, initial(p.file, v.Name, shape))
}

// take takes the outputs of n steps.
func (p *playback) take(inputs, outputs []ort.Value, n int) {
	p.step += n
	if p.got == nil {
		for range p.file.Outputs {
			p.got = append(p.got, make([][]float64, len(p.batch)))
		}
	}
	for _, v := range inputs {
		_ = v.Destroy()
	}
	kept := 0
	for i, out := range p.file.Outputs {
		if before, ok := strings.CutSuffix(out.Name, "_next"); ok {
			p.states[before] = outputs[i]
			continue
		}
		kept++
		data := numbersOf(outputs[i])
		each := len(data) / len(p.batch)
		for k := range p.batch {
			p.got[i][k] = append(p.got[i][k], data[k*each:][:each]...)
		}
		_ = outputs[i].Destroy()
	}
	p.got = p.got[:kept] // the states come last
}

func numbersOf(v ort.Value) (list []float64) {
	switch t := v.(type) {
	case *ort.Tensor[float32]:
		for _, x := range t.GetData() {
			list = append(list, float64(x))
		}
	case *ort.Tensor[int64]:
		for _, x := range t.GetData() {
			list = append(list, float64(x))
		}
	}
	return list
}
