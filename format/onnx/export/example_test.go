package export_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/onnx/export"
)

func ExampleModel() {
	gru := format.Layer{Cell: format.CellGRU, Variant: format.VariantResetAfter, InputSize: 2, HiddenSize: 3}
	gru.Directions = []format.Weights{gru.NewWeights()}
	file, err := export.Model(&format.Model{InputSize: 2, Layers: []format.Layer{gru}}, export.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range file.Nodes {
		fmt.Println(n.Operator)
	}
	fmt.Println(file.Inputs[0].Name, file.Inputs[0].Shape, file.Outputs[0].Name, file.Outputs[0].Shape)
	// Output:
	// Transpose
	// GRU
	// Squeeze
	// Transpose
	// Identity
	// input [batch steps 2] output [batch steps 3]
}
