package quantize_test

import (
	"fmt"
	"log"
	"math"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/quantize"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// linear returns a dense layer of two inputs and one output.
func linear(weights ...float32) *format.Layer {
	l := &format.Layer{Cell: format.CellDense, InputSize: 2, HiddenSize: 1}
	w, err := l.Pack(format.Plain{WeightIH: weights})
	if err != nil {
		log.Fatal(err)
	}
	l.Directions = []format.Weights{w}
	return l
}

// The second input is small, so that it is multiplied by a power of two before both are quantized with one scale.
func ExampleCalibrate() {
	m := &format.Model{InputSize: 2, Layers: []format.Layer{*linear(1, 1)}}
	steps := []float32{
		127, 0.5,
		-64, 0.25,
	}
	c := quantize.Calibrate(m, steps)
	fmt.Println(c.InputScale, c.Factors)
	// Output: 1 [1 128]
}

// The greatest inputs of the nodes of a graph, from which Search chooses factors for their channels.
func ExampleRanges() {
	m := &format.Model{InputSize: 2, Graph: &format.Graph{
		Inputs:  []format.Input{{Name: "x", Frames: 1, Channels: 2}},
		Nodes:   []format.Node{{Op: linear(1, -1), Inputs: []int{0}}, {Op: linear(2, 2), Inputs: []int{0}}},
		Outputs: []format.Port{{Name: "difference", Value: 1}, {Name: "sum", Value: 2}},
	}}
	ranges, err := quantize.Ranges(m, quantize.NewSequence(m, nil, []float32{3, 0.5, -4, 0.25}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ranges)
	// Output: [[4 0.5] [4 0.5]]
}

// An int8 model beside its original, over one run of 1,000 steps.
func ExampleMeasureDrift() {
	description := &format.Model{InputSize: 2, Layers: []format.Layer{*linear(0.3, -0.7)}}
	inputs := make([]float32, 2*1000)
	for i := range inputs {
		inputs[i] = float32(math.Sin(float64(i) / 7))
	}
	plan := quantize.Uniform(description, format.DTypeInt8)
	plan.Calibration = quantize.Calibrate(description, inputs)
	quantized, err := plan.Model(description)
	if err != nil {
		log.Fatal(err)
	}
	original, err := rnn.New(description)
	if err != nil {
		log.Fatal(err)
	}
	small, err := rnn.New(quantized)
	if err != nil {
		log.Fatal(err)
	}
	drift, err := quantize.MeasureDrift(original, small, quantize.NewSequence(description, nil, inputs))
	if err != nil {
		log.Fatal(err)
	}
	last := len(drift.Steps) - 1
	fmt.Printf("%d windows up to step %d; less than 1 %% of the spread: %v\n", len(drift.Steps), drift.Steps[last], drift.Errors[last] < 1)
	// Output: 100 windows up to step 1000; less than 1 % of the spread: true
}
