package main

var importMutations = []mutation{
	{
		name: "ONNX gates of an LSTM stay in ONNX's order",
		file: "format/onnx/recurrent.go",
		old:  "return []int{0, 2, 3, 1}", new: "return []int{0, 1, 2, 3}",
		tests: "format/onnx",
	},
	{
		name: "ONNX peepholes stay in ONNX's order",
		file: "format/onnx/recurrent.go",
		old:  "func peepholeOrder() []int { return []int{0, 2, 1} }", new: "func peepholeOrder() []int { return []int{0, 1, 2} }",
		tests: "format/onnx",
	},
	{
		name: "a GRU of ONNX resets after the product unless it says so",
		file: "format/onnx/recurrent.go",
		old:  "if after == 0 {", new: "if after != 0 {",
		tests: "format/onnx",
	},
	{
		name: "a reverse layer of ONNX reads forward",
		file: "format/onnx/recurrent.go",
		old:  "n.layer.Reverse = n.directions == 1 && n.reverse != n.x.reversed", new: "n.layer.Reverse = n.directions == 1 && n.x.reversed",
		tests: "format/onnx",
	},
	{
		name: "the state's bias of an ONNX layer is dropped",
		file: "format/onnx/recurrent.go",
		old:  "to.BiasHH = order(b[(2*d+1)*g*h:], gates, h)", new: "to.BiasHH = order(make([]float32, g*h), gates, h)",
		tests: "format/onnx",
	},
	{
		name: "the clip of an ONNX layer is skipped",
		file: "format/onnx/recurrent.go",
		old:  "n.layer.Clip = clip.float", new: "n.layer.Clip = 0 * clip.float",
		tests: "format/onnx",
	},
	{
		name: "the gates z and r of Keras stay in place",
		file: "format/rtneural/layers.go",
		old:  "v[i], v[n+i] = v[n+i], v[i]", new: "v[i], v[n+i] = v[i], v[n+i]",
		tests: "format/rtneural",
	},
	{
		name: "a batch normalization forgets its epsilon",
		file: "format/rtneural/layers.go",
		old:  "math.Sqrt(float64(v[3][i])+e)", new: "math.Sqrt(float64(v[3][i])+e*0)",
		tests: "format/rtneural",
	},
	{
		name: "the projection of a PyTorch LSTM is dropped",
		file: "format/statedict/recurrent.go",
		old:  "w.Projection = p.weightHR.Data", new: "w.Projection = make([]float32, len(p.weightHR.Data))",
		tests: "format/statedict",
	},
	{
		name: "the bias of a linear module is dropped",
		file: "format/statedict/recurrent.go",
		old:  "l.Directions[0].BiasIH = b.Data", new: "l.Directions[0].BiasIH = make([]float32, len(b.Data))",
		tests: "format/statedict",
	},
	{
		name: "the cell state that a layer starts from is lost",
		file: "format/network/model.go",
		old:  "w.H0, w.C0 = format.Padded(s.H0), format.Padded(s.C0)", new: "w.H0, w.C0 = format.Padded(s.H0), format.Padded(make([]float32, len(s.C0)))",
		tests: "format/network",
	},
	{
		name: "big-endian arrays of NumPy are read as little-endian",
		file: "npy/reader.go",
		old:  "b[i] = e[len(e)-1-i]", new: "b[i] = e[i]",
		tests: "npy",
	},
	{
		name: "an array in Fortran's order is read in C's",
		file: "npy/reader.go",
		old:  "if h.fortran {", new: "if h.fortran && len(h.Shape) > 9 {",
		tests: "npy",
	},
	{
		name: "that a GRU of PyTorch resets before the product is not doubted",
		file: "format/onnx/network.go",
		old:  `im.resetsBefore && im.model.exporter == "pytorch"`, new: `im.resetsBefore && im.model.exporter == "PyTorch"`,
		tests: "format/onnx",
	},
	{
		name: "nodes that the chosen output does not depend on stay",
		file: "format/onnx/choose.go",
		old:  "return !kept[n] }); len", new: "return !kept[n] && n.domain != \"\" }); len",
		tests: "format/onnx",
	},
	{
		name: "gates of a hard sigmoid are taken for a sigmoid",
		file: "format/rtneural/gates.go",
		old:  `f != "sigmoid"`, new: `f != "sigmoid" && f != "hard_sigmoid"`,
		tests: "format/rtneural",
	},
	{
		name: "the ReLU after an embedding is dropped where it goes into the table",
		file: "format/network/fold.go",
		old:  "sum = max(sum, 0)", new: "sum = max(sum, sum)",
		tests: "format/network",
	},
	{
		name: "the ids of a vocabulary are off by one",
		file: "cmd/rnntrain/vocabulary_file.go",
		old:  "vocabulary[id], taken[id] = text, true", new: "vocabulary[max(id, 1)-1], taken[id] = text, true",
		tests: "cmd/rnntrain",
	},
}
