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

// An aidaxModel is the JSON of RTNeural with what AIDA-X adds to it.
type aidaxModel struct {
	InShape    []any        `json:"in_shape"`
	InSkip     int          `json:"in_skip"`
	InGain     float64      `json:"in_gain"`
	OutGain    float64      `json:"out_gain"`
	SampleRate float64      `json:"samplerate,omitempty"`
	Layers     []aidaxLayer `json:"layers"`
}

type aidaxLayer struct {
	Type       string `json:"type"`
	Activation string `json:"activation"`
	Shape      []any  `json:"shape"`
	Weights    []any  `json:"weights"` // as Keras has them: kernels [inputs][outputs], and the bias
}

// aidaxOf returns a stack of LSTMs below a linear layer as AIDA-X and RTNeural read it.
// Their files have no normalization, so that the weights take it up, rounded. What is
// written is read again, and must answer as the model does.
func aidaxOf(m *format.Model) (*exported, error) {
	unsupported := fmt.Errorf("AIDA-X and RTNeural read stacks of LSTMs below a linear layer, with an output at every step: this is none")
	if m.Graph != nil || m.Embedding != nil || m.Head == nil || m.Pool != format.PoolNone || m.Output != format.OutputLinear || m.Decoder != nil {
		return nil, unsupported
	}
	tensors, _, err := statedict.Describe(m)
	if err != nil {
		return nil, err
	}
	w := map[string][]float32{}
	for _, t := range tensors {
		w[t.Name] = t.Data
	}
	file := aidaxModel{InShape: []any{nil, nil, m.InputSize}, SampleRate: m.SampleRate}
	if m.Skip {
		file.InSkip = m.OutputSize()
	}
	z := m.Normalization
	if z == nil {
		z = &format.Normalization{}
	}
	inputs := m.InputSize
	for i := range m.Layers {
		suffix := fmt.Sprintf("_l%d", i)
		ih, hh := w["lstm.weight_ih"+suffix], w["lstm.weight_hh"+suffix]
		b, also := w["lstm.bias_ih"+suffix], w["lstm.bias_hh"+suffix]
		if ih == nil || hh == nil || len(b) != len(ih)/inputs || len(also) != len(b) {
			return nil, unsupported
		}
		bias := make([]float32, len(b))
		for r := range bias {
			sum := float64(b[r]) + float64(also[r])
			if i == 0 {
				for k, mean := range z.Mean {
					ih[r*inputs+k] = float32(float64(ih[r*inputs+k]) * float64(z.Scale[k]))
					sum -= float64(ih[r*inputs+k]) * float64(mean)
				}
			}
			bias[r] = float32(sum)
		}
		units := len(b) / 4
		file.Layers = append(file.Layers, aidaxLayer{"lstm", "", []any{nil, nil, units}, []any{transposed(ih, inputs), transposed(hh, units), bias}})
		inputs = units
	}
	dense, ok := aidaxDense(w["linear.weight"], w["linear.bias"], inputs, z)
	if !ok || len(w["linear.bias"]) != m.OutputSize() {
		return nil, unsupported
	}
	file.Layers = append(file.Layers, dense)
	data, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	if err := answersAlike(m, data); err != nil {
		return nil, err
	}
	return &exported{kind: fmt.Sprintf("RTNeural's JSON, %d layers", len(file.Layers)), data: data}, nil
}

// aidaxDense returns a linear layer of a weight of so many columns, which takes up the
// normalization of the outputs, unless the sizes disagree.
func aidaxDense(weight, bias []float32, inputs int, z *format.Normalization) (aidaxLayer, bool) {
	if len(weight) != inputs*len(bias) {
		return aidaxLayer{}, false
	}
	for r, scale := range z.OutputScale {
		for k := range inputs {
			weight[r*inputs+k] *= scale
		}
		bias[r] = float32(float64(float64(bias[r])*float64(scale)) + float64(z.OutputMean[r]))
	}
	return aidaxLayer{"dense", "", []any{nil, nil, len(bias)}, []any{transposed(weight, inputs), bias}}, true
}

// transposed returns the rows of a matrix of so many columns as columns.
func transposed(rows []float32, columns int) [][]float32 {
	list := make([][]float32, columns)
	for i, v := range rows {
		list[i%columns] = append(list[i%columns], v)
	}
	return list
}

// answersAlike refuses a file that is not the model again but for rounding, since the
// model has what the file has no place for.
func answersAlike(m *format.Model, data []byte) error {
	n, _, err := rtneural.Read(data)
	if err != nil {
		return err
	}
	written, err := n.Model()
	if err != nil {
		return err
	}
	const steps, most = 300, 1e-4
	xs := make([]float32, steps*m.InputSize)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range xs {
		xs[i] = float32(rng.NormFloat64()) / 4
		if z := m.Normalization; z != nil && len(z.Mean) > 0 {
			xs[i] = xs[i]/z.Scale[i%m.InputSize] + z.Mean[i%m.InputSize]
		}
	}
	var ys [2][]float32
	for i, d := range []*format.Model{m, written} {
		model, err := rnn.New(d)
		if err != nil {
			return err
		}
		if ys[i], err = model.NewSession().Run(xs); err != nil {
			return err
		}
	}
	greatest, off := 1e-30, 0.0
	for i, y := range ys[0] {
		greatest, off = max(greatest, math.Abs(float64(y))), max(off, math.Abs(float64(y)-float64(ys[1][i])))
	}
	if !(off <= most*greatest) {
		return fmt.Errorf("the model has what RTNeural's JSON has no place for: its outputs would be off by %.2g of %.2g", off, greatest)
	}
	return nil
}
