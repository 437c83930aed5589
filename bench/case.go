package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// sequenceSteps is how many steps a sequence has.
const sequenceSteps = 256

// A Case is a model and the way it is run: step by step, or a sequence at a
// time.
type Case struct {
	Name  string
	Spec  modeltest.Spec
	Steps int // of a sequence; 0: step by step
	// Streams is how many make a step at once; 0: one.
	Streams int
	// Tolerances are the greatest differences of outputs; nil: tolerances.
	Tolerances map[format.DType]float64
	// The inputs of sequenceSteps steps: numbers, or tokens.
	Inputs []float32
	Tokens []int32
}

var (
	lstm  = modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard}
	gru   = modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter}
	gated = []modeltest.Spec{lstm, gru}
	cells = []modeltest.Spec{{Cell: format.CellRNN, Variant: format.VariantTanh}, lstm, gru}
)

// cases returns all cases: step by step first, then sequences.
func cases() []Case {
	var specs []modeltest.Spec
	for _, cell := range cells {
		for _, shape := range [][3]int{{1, 40, 1}, {40, 64, 1}, {64, 128, 1}, {128, 256, 2}, {256, 512, 2}, {512, 1024, 1}} {
			s := cell
			s.Input, s.Hidden, s.Layers, s.Seed = shape[0], shape[1], shape[2], 1
			specs = append(specs, s)
		}
	}
	specs = append(specs, modeltest.Spec{
		Cell: format.CellLSTM, Variant: format.VariantStandard, Tokens: 256, Input: 64, Hidden: 256, Layers: 1,
		Task: format.TaskLanguage, Outputs: 256, Output: format.OutputSoftmax, Seed: 1,
	})
	var list []Case
	for _, steps := range []int{0, sequenceSteps} {
		for _, s := range specs {
			list = append(list, newCase(s, steps))
		}
	}
	return list
}

func newCase(s modeltest.Spec, steps int) Case {
	c := Case{Name: fmt.Sprintf("%v %d→%d", s.Cell, s.Input, s.Hidden), Spec: s, Steps: steps}
	switch {
	case s.Tokens > 0:
		c.Name = fmt.Sprintf("characters %d→%v %d→%d", s.Input, s.Cell, s.Hidden, s.Outputs)
		c.Tokens = s.Sequence(sequenceSteps, 1)
	default:
		c.Inputs = s.Inputs(sequenceSteps, 1)
	}
	if s.Layers > 1 {
		c.Name += fmt.Sprintf(" ×%d", s.Layers)
	}
	return c
}

// input returns the numbers of a step.
func (c *Case) input(step int) []float32 {
	return c.Inputs[step%sequenceSteps*c.Spec.Input:][:c.Spec.Input]
}

// token returns the token of a step.
func (c *Case) token(step int) int32 { return c.Tokens[step%sequenceSteps] }
