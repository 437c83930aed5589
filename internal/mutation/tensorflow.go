package main

var tensorflowMutations = []mutation{
	{
		name: "a loop of TensorFlow over reversed steps goes from the first to the last",
		file: "format/tensorflow/loop.go",
		old:  "of, backward = of.forward(), !backward", new: "of = of.forward()",
		tests: "format/tensorflow",
	},
	{
		name: "the outputs of a TensorFlow loop from the last step are not reversed",
		file: "format/tensorflow/scan.go",
		old:  "if fromFirst == backward {", new: "if fromFirst && !backward {",
		tests: "format/tensorflow",
	},
	{
		name: "a TensorFlow dropout that drops values is read as one that keeps all",
		file: "format/tensorflow/random.go",
		old:  "others == 0 && r.least == float32(math.Trunc(float64(r.least)))", new: "others == 0 && math.Trunc(1) == 1",
		tests: "format/tensorflow",
	},
	{
		name: "the wrong branch of a TensorFlow condition is taken",
		file: "format/tensorflow/operators.go",
		old:  "return t.ints[0].n != 0, nil", new: "return t.ints[0].n == 0, nil",
		tests: "format/tensorflow",
	},
	{
		name: "a TensorFlow constant repeats its first number instead of its last",
		file: "format/tensorflow/constant.go",
		old:  "t.ints[i].n = c.ints[min(i, k-1)]", new: "t.ints[i].n = c.ints[0]",
		tests: "format/tensorflow",
	},
	{
		name: "TensorFlow's padding after a value is put before it",
		file: "format/tensorflow/layout.go",
		old:  "pads[k], pads[rank+k] = list[2*k], list[2*k+1]", new: "pads[k], pads[rank+k] = list[2*k+1], list[2*k]",
		tests: "format/tensorflow",
	},
}
