package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/rtneural"
	"github.com/rnnrun/rnnrun/format/statedict"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// An lstmStack is LSTMs with a linear layer after them and an output at every step. The
// normalizations are merged into the weights, with rounding. Matrices are stored by rows,
// with gates in PyTorch's order, i f g o.
type lstmStack struct {
	inputs  int
	layers  []lstmLayer
	weight  []float32 // weight of the linear layer, [outputs][units]
	bias    []float32
	skipped bool // the inputs are added to the outputs
}

type lstmLayer struct {
	units  int
	ih, hh []float32 // [4 · units][inputs], [4 · units][units]
	bias   []float32 // the sum of both
	h0, c0 []float32 // [units], the states before the first step; nil: zeros
}

// lstmStackOf returns a model as an lstmStack, or false if it is something else.
func lstmStackOf(m *format.Model) (*lstmStack, bool) {
	if m.Graph != nil || m.Embedding != nil || m.Head == nil || m.Pool != format.PoolNone || m.Output != format.OutputLinear || m.Decoder != nil {
		return nil, false
	}
	tensors, _, err := statedict.Describe(m)
	if err != nil {
		return nil, false
	}
	w := map[string][]float32{}
	for _, t := range tensors {
		w[t.Name] = t.Data
	}
	z := m.Normalization
	if z == nil {
		z = &format.Normalization{}
	}
	s := &lstmStack{inputs: m.InputSize, weight: w["linear.weight"], bias: w["linear.bias"], skipped: m.Skip}
	inputs := m.InputSize
	for i := range m.Layers {
		suffix := fmt.Sprintf("_l%d", i)
		ih, hh := w["lstm.weight_ih"+suffix], w["lstm.weight_hh"+suffix]
		b, also := w["lstm.bias_ih"+suffix], w["lstm.bias_hh"+suffix]
		if ih == nil || hh == nil || len(b) != len(ih)/inputs || len(also) != len(b) {
			return nil, false
		}
		l := lstmLayer{units: len(b) / 4, ih: ih, hh: hh, bias: make([]float32, len(b))}
		for r := range b {
			sum := float64(b[r]) + float64(also[r])
			if i == 0 {
				for k, mean := range z.Mean {
					ih[r*inputs+k] = float32(float64(ih[r*inputs+k]) * float64(z.Scale[k]))
					sum -= float64(ih[r*inputs+k]) * float64(mean)
				}
			}
			l.bias[r] = float32(sum)
		}
		for name, of := range map[string]*[]float32{"lstm.h0": &l.h0, "lstm.c0": &l.c0} {
			if all := w[name]; len(all) == len(m.Layers)*l.units {
				*of = all[i*l.units:][:l.units]
			}
		}
		s.layers = append(s.layers, l)
		inputs = l.units
	}
	if len(s.bias) != m.OutputSize() || len(s.weight) != inputs*len(s.bias) {
		return nil, false
	}
	for r, scale := range z.OutputScale {
		for k := range inputs {
			s.weight[r*inputs+k] *= scale
		}
		s.bias[r] = float32(float64(float64(s.bias[r])*float64(scale)) + float64(z.OutputMean[r]))
	}
	return s, true
}

// verified returns a file as JSON. It reads the JSON again, and refuses it if the outputs
// differ by more than rounding, since the format may not represent the whole model.
func verified(m *format.Model, file any, kind string) (*exported, error) {
	data, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	n, _, err := rtneural.Read(data)
	if err != nil {
		return nil, err
	}
	written, err := n.Model()
	if err != nil {
		return nil, err
	}
	off, greatest, err := apart(m, written)
	if err != nil {
		return nil, err
	}
	const most = 1e-4
	if !(off <= most*greatest) {
		return nil, fmt.Errorf("%s cannot represent the whole model: its outputs would be off by %.2g of %.2g", kind, off, greatest)
	}
	return &exported{data: data}, nil
}

// apart returns the greatest difference between the outputs of two models, and the
// greatest output.
func apart(a, b *format.Model) (off, greatest float64, err error) {
	const steps = 300
	xs := make([]float32, steps*a.InputSize)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range xs {
		xs[i] = float32(rng.NormFloat64()) / 4
		if z := a.Normalization; z != nil && len(z.Mean) > 0 {
			xs[i] = xs[i]/z.Scale[i%a.InputSize] + z.Mean[i%a.InputSize]
		}
	}
	var ys [2][]float32
	for i, d := range []*format.Model{a, b} {
		model, err := rnn.New(d)
		if err != nil {
			return 0, 0, err
		}
		if ys[i], err = model.NewSession().Run(xs); err != nil {
			return 0, 0, err
		}
	}
	greatest = 1e-30
	for i, y := range ys[0] {
		greatest, off = max(greatest, math.Abs(float64(y))), max(off, math.Abs(float64(y)-float64(ys[1][i])))
	}
	return off, greatest, nil
}
