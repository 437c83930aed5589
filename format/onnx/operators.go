package onnx

import (
	"math"

	"github.com/rnnrun/rnnrun/format"
)

// operators returns all supported operators, by their names.
func operators() map[string]operator {
	const any = 1 << 16
	m := map[string]operator{
		"RNN":  {3, 6, 2, recurrentNode(format.CellRNN)},
		"GRU":  {3, 6, 2, recurrentNode(format.CellGRU)},
		"LSTM": {3, 8, 3, recurrentNode(format.CellLSTM)},

		"MatMul":     {2, 2, 1, matMul},
		"Gemm":       {2, 3, 1, gemm},
		"Softmax":    {1, 1, 1, softmax(format.OutputSoftmax)},
		"LogSoftmax": {1, 1, 1, softmax(format.OutputLogSoftmax)},
		"Log":        {1, 1, 1, logarithm},
		"ArgMax":     {1, 1, 1, argMax},
		"Dropout":    {1, 3, 2, dropout},
		"OneHot":     {3, 3, 1, oneHot},

		"BatchNormalization": {5, 5, 5, batchNormalization},

		"ReduceMax":         {1, 2, 1, reduce("ReduceMax")},
		"ReduceMean":        {1, 2, 1, reduce("ReduceMean")},
		"ReduceSum":         {1, 2, 1, reduce("ReduceSum")},
		"MaxPool":           {1, 1, 1, windows(maximum)},
		"AveragePool":       {1, 1, 1, windows(mean)},
		"Pad":               {1, 4, 1, pad},
		"GlobalMaxPool":     {1, 1, 1, globalPool(maximum)},
		"GlobalAveragePool": {1, 1, 1, globalPool(mean)},

		"Transpose":       {1, 1, 1, transpose},
		"Squeeze":         {1, 2, 1, squeeze},
		"Unsqueeze":       {1, 2, 1, unsqueeze},
		"Reshape":         {2, 2, 1, reshape},
		"Flatten":         {1, 1, 1, flatten},
		"Identity":        {1, 1, 1, same},
		"Cast":            {1, 1, 1, cast},
		"Gather":          {2, 2, 1, gather},
		"Slice":           {1, 5, 1, slice},
		"Split":           {1, 2, any, split},
		"Concat":          {1, any, 1, concat},
		"ReverseSequence": {2, 2, 1, reverseSequence},
		"TopK":            {2, 2, 2, topK},
		"ScatterElements": {3, 3, 1, scatterElements},
		"Scatter":         {3, 3, 1, scatterElements}, // of opsets up to 10

		"Constant":        {0, 0, 1, constant},
		"ConstantOfShape": {1, 1, 1, constantOfShape},
		"ConstantFill":    {1, 1, 1, constantFill}, // of opsets up to 8
		"Shape":           {1, 1, 1, shapeOp},
		"Size":            {1, 1, 1, sizeOp},
		"Expand":          {2, 2, 1, expand},
		"Tile":            {2, 2, 1, tile},
		"Range":           {3, 3, 1, rangeOp},
		"ReduceProd":      {1, 2, 1, reduceProd},
		"Where":           {3, 3, 1, where},

		"If":    {1, 1, any, branch},
		"Selu":  {1, 1, 1, selu},
		"Celu":  {1, 1, 1, celu},
		"PRelu": {2, 2, 1, prelu},
		"Clip":  {1, 3, 1, clip},
		"Abs":   {1, 1, 1, abs},

		"Neg":  {1, 1, 1, negative},
		"Not":  {1, 1, 1, not},
		"Sqrt": {1, 1, 1, unary(func(x float32) float32 { return float32(math.Sqrt(float64(x))) })},
	}
	for name := range binaries() {
		m[name] = operator{2, 2, 1, elementwise(name)}
	}
	for _, k := range activations() {
		m[k.String()] = operator{1, 1, 1, activation(k)}
	}
	return m
}
