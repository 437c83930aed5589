package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// An aidaxModel is RTNeural's JSON with the additions of AIDA-X.
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
	Weights    []any  `json:"weights"` // as in Keras: kernels [inputs][outputs], and the bias
}

// aidaxOf returns a stack of LSTMs with a linear layer in the format of AIDA-X and
// RTNeural. It reads the result again and checks that it computes the same outputs.
func aidaxOf(m *format.Model) (*exported, error) {
	s, ok := lstmStackOf(m)
	if !ok {
		return nil, fmt.Errorf("AIDA-X and RTNeural read only stacks of LSTMs below a linear layer, with an output at every step: the model is something else")
	}
	file := aidaxModel{InShape: []any{nil, nil, s.inputs}, SampleRate: m.SampleRate}
	if s.skipped {
		file.InSkip = m.OutputSize()
	}
	inputs := s.inputs
	for _, l := range s.layers {
		file.Layers = append(file.Layers, aidaxLayer{"lstm", "", []any{nil, nil, l.units}, []any{transposed(l.ih, inputs), transposed(l.hh, l.units), l.bias}})
		inputs = l.units
	}
	file.Layers = append(file.Layers, aidaxLayer{"dense", "", []any{nil, nil, len(s.bias)}, []any{transposed(s.weight, inputs), s.bias}})
	e, err := verified(m, file, "RTNeural's JSON")
	if err != nil {
		return nil, err
	}
	e.kind = "RTNeural's JSON, " + message.Count(len(file.Layers), "layer")
	return e, nil
}

// transposed returns the columns of a matrix whose rows have that many columns.
func transposed(rows []float32, columns int) [][]float32 {
	list := make([][]float32, columns)
	for i, v := range rows {
		list[i%columns] = append(list[i%columns], v)
	}
	return list
}
