package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// A namModel is a file of Neural Amp Modeler. Its weights are, for each LSTM, [4 ·
// units][inputs + units], the bias, and h and c before the first step; then the weight
// and the bias of the linear layer.
type namModel struct {
	Version      string      `json:"version"`
	Architecture string      `json:"architecture"`
	Config       namConfig   `json:"config"`
	Weights      []float32   `json:"weights"`
	SampleRate   float64     `json:"sample_rate,omitempty"`
	Metadata     namMetadata `json:"metadata"`
}

type namConfig struct {
	Inputs int `json:"input_size"`
	Units  int `json:"hidden_size"`
	Layers int `json:"num_layers"`
}

// A namMetadata records what made a file.
type namMetadata struct {
	ModeledBy string `json:"modeled_by"`
}

// namVersion is a version of the format that all versions of the player since 0.5 read.
const namVersion = "0.5.4"

// namOf returns a stack of LSTMs of one size, with one input and one output, in the
// format of Neural Amp Modeler. It reads the result again and checks that it computes the
// same outputs.
func namOf(m *format.Model) (*exported, error) {
	s, ok := lstmStackOf(m)
	if !ok || s.inputs != 1 || len(s.bias) != 1 || !s.alike() {
		return nil, fmt.Errorf("the player of .nam files reads only LSTMs of one size below a linear layer, from one sample to one sample, such as rnntrain amp makes: the model is something else")
	}
	var notes []string
	if s.skipped {
		s.carryInputs()
		notes = append(notes, "one additional unit in each layer carries the dry sound, which Neural Amp Modeler does not add")
	}
	file := namModel{
		Version: namVersion, Architecture: "LSTM", SampleRate: m.SampleRate,
		Config:   namConfig{s.inputs, s.layers[0].units, len(s.layers)},
		Metadata: namMetadata{ModeledBy: "rnntrain"},
	}
	inputs := s.inputs
	for _, l := range s.layers {
		for row := range 4 * l.units {
			file.Weights = append(file.Weights, l.ih[row*inputs:][:inputs]...)
			file.Weights = append(file.Weights, l.hh[row*l.units:][:l.units]...)
		}
		file.Weights = append(file.Weights, l.bias...)
		for _, state := range [][]float32{l.h0, l.c0} {
			if state == nil {
				state = make([]float32, l.units)
			}
			file.Weights = append(file.Weights, state...)
		}
		inputs = l.units
	}
	file.Weights = append(append(file.Weights, s.weight...), s.bias...)
	e, err := verified(m, file, "the file of Neural Amp Modeler")
	if err != nil {
		return nil, err
	}
	e.kind, e.notes = fmt.Sprintf("Neural Amp Modeler, LSTM, %d × %d units", file.Config.Layers, file.Config.Units), notes
	return e, nil
}

// alike reports whether all layers have the same number of units.
func (s *lstmStack) alike() bool {
	for _, l := range s.layers {
		if l.units != s.layers[0].units {
			return false
		}
	}
	return true
}

// carryInputs adds a unit to each layer of a stack with one input and one output. The new
// units carry the input to the output: their gates are open and their cells keep nothing,
// so each computes tanh(tanh(x)) of a scaled x, which for small values is x. For a sample
// of 1, the error is 4e-8 per layer.
func (s *lstmStack) carryInputs() {
	const small = 1.0 / (1 << 12)
	const open = 30 // sigmoid(30) is 1, and sigmoid(-30) 1e-13
	inputs := s.inputs
	for i := range s.layers {
		l := &s.layers[i]
		units, columns, read, weight := l.units+1, inputs, 0, float32(small)
		if i > 0 { // the unit of the layer below
			columns, read, weight = inputs+1, inputs, 1
		}
		ih, hh, bias := make([]float32, 4*units*columns), make([]float32, 4*units*units), make([]float32, 4*units)
		for gate := range 4 {
			for u := range l.units {
				from, to := gate*l.units+u, gate*units+u
				copy(ih[to*columns:], l.ih[from*inputs:][:inputs])
				copy(hh[to*units:], l.hh[from*l.units:][:l.units])
				bias[to] = l.bias[from]
			}
			bias[gate*units+l.units] = []float32{open, -open, 0, open}[gate]
		}
		ih[(2*units+l.units)*columns+read] = weight
		inputs = l.units
		for _, state := range []*[]float32{&l.h0, &l.c0} {
			if *state != nil {
				*state = append((*state)[:l.units:l.units], 0)
			}
		}
		l.units, l.ih, l.hh, l.bias = units, ih, hh, bias
	}
	s.weight = append(s.weight, 1/small)
	s.skipped = false
}
