package onnx_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/onnxtest"
)

func ExampleRead() {
	cell := onnxtest.Cell{Operator: "LSTM", Direction: "bidirectional", Peepholes: true}
	data := cell.Model("Y").Marshal()

	n, err := onnx.Read(data)
	l := n.Layers[0]
	fmt.Println(l.Cell, l.InputSize, l.HiddenSize, len(l.Directions), n.Pool, err)

	_, err = onnx.Read(data[:len(data)-2])
	fmt.Println(err)
	// Output:
	// LSTM 2 3 2 none <nil>
	// damaged file: ModelProto: field 8: unexpected EOF
}
