package main

var tensorflowMutations = []mutation{
	{
		name: "a loop of TensorFlow over reversed steps goes from the first to the last",
		file: "format/tensorflow/loop.go",
		old:  "of, backward = of.forward(), !backward", new: "of = of.forward()",
		tests: "format/tensorflow",
	},
	{
		name: "what a loop of TensorFlow from the last step writes is not turned round",
		file: "format/tensorflow/scan.go",
		old:  "if fromFirst == backward {", new: "if fromFirst && !backward {",
		tests: "format/tensorflow",
	},
	{
		name: "a dropout of TensorFlow that does not keep everything keeps it",
		file: "format/tensorflow/random.go",
		old:  "others == 0 && r.least == float32(math.Trunc(float64(r.least)))", new: "others == 0 && math.Trunc(1) == 1",
		tests: "format/tensorflow",
	},
	{
		name: "the other branch of TensorFlow is taken",
		file: "format/tensorflow/operators.go",
		old:  "return t.ints[0].n != 0, nil", new: "return t.ints[0].n == 0, nil",
		tests: "format/tensorflow",
	},
	{
		name: "the constant of TensorFlow that repeats its last number is of its first",
		file: "format/tensorflow/constant.go",
		old:  "t.ints[i].n = c.ints[min(i, k-1)]", new: "t.ints[i].n = c.ints[0]",
		tests: "format/tensorflow",
	},
	{
		name: "padding of TensorFlow is before where it is behind",
		file: "format/tensorflow/layout.go",
		old:  "pads[k], pads[rank+k] = list[2*k], list[2*k+1]", new: "pads[k], pads[rank+k] = list[2*k+1], list[2*k]",
		tests: "format/tensorflow",
	},
}
