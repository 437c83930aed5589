package main

var exportMutations = []mutation{
	{
		name: "the gates of an exported LSTM stay in PyTorch's order",
		file: "format/onnx/export/op_recurrent.go",
		old:  `"LSTM": "iofg"`, new: `"LSTM": "ifgo"`,
		tests: "format/onnx/export",
	},
	{
		name: "an exported GRU never has linear_before_reset",
		file: "format/onnx/export/op_recurrent.go",
		old:  `list = append(list, "linear_before_reset", 1)`, new: `list = append(list, "linear_before_reset", 0)`,
		tests: "format/onnx/export",
	},
	{
		name: "an exported pool takes the step before the last",
		file: "format/onnx/export/op_pool.go",
		old:  "t = w.part(t, axis, -1, endOfAxis)", new: "t = w.part(t, axis, -2, -1)",
		tests: "format/onnx/export",
	},
	{
		name: "described layers with different functions become one module",
		file: "format/statedict/describe_recurrent.go",
		old:  "if !slices.Equal(v.Activations, w.Activations) || ", new: "if ",
		tests: "format/statedict",
	},
	{
		name: "a described GRU resets after the product",
		file: "format/statedict/describe_recurrent.go",
		old:  "n.ResetBefore = l.Variant == format.VariantResetBefore", new: "n.ResetBefore = false",
		tests: "format/statedict",
	},
	{
		name: "a step of an input is read as the whole input",
		file: "format/onnx/tensors.go",
		old:  "if !whole || from.time >= 0 && !t.whole[name] {", new: "if !whole {",
		tests: "format/onnx/export",
	},
}
