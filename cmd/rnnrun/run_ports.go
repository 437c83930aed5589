package main

import (
	"io"

	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/series"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// connect finds out which file is for which input and output of the model.
func (v *conversion) connect(m *rnn.Model) (err error) {
	if v.input, err = ports.ConnectInputs("-i", v.inputFlags, m.Inputs()); err != nil {
		return err
	}
	var outputs []string
	for _, out := range m.Outputs() {
		outputs = append(outputs, out.Name)
	}
	v.output, err = ports.Connect("-o", "output", v.outputFlags, outputs)
	return err
}

// source returns the source of the model's inputs.
func (v *conversion) source(m *rnn.Model, stdin io.Reader) *ports.Source {
	return &ports.Source{
		Flag: "-i", Files: v.input, Inputs: m.Inputs(), Stdin: stdin, Raw: v.raw == "f32", Header: v.header, Lists: true, Sound: v.sound(m),
		Columns: func(o *series.Options) error { return v.choose(o, m) }, Chosen: v.columns+v.keep != "",
	}
}

// runOf returns a function that runs steps of all inputs side by side.
func runOf(s *rnn.Session) func([]float32) ([]float32, error) {
	m := s.Model()
	if m.Description().TokenWidth() == 0 {
		return s.Run
	}
	var numbers []float32
	var tokens []int32
	return func(xs []float32) ([]float32, error) {
		numbers, tokens = ports.Split(m.Inputs(), xs, numbers[:0], tokens[:0])
		return s.RunInputs(numbers, tokens)
	}
}
