package main

var formatMutations = []mutation{
	{
		name: "the first coefficient is scaled like the others",
		file: "format/frontend/build.go",
		old:  `if c == 0 && f.DCT == "ortho" {`, new: `if c < 0 && f.DCT == "ortho" {`,
		tests: "format/frontend ^TestFeaturesOfFrameworks$",
	},
	{
		name: "a frame ends with the step",
		file: "format/frontend/frontend.go",
		old:  "n := (f.shift - f.Window) % f.Hop", new: "n := 0 * f.Hop",
		tests: "format/frontend",
	},
	{
		name: "a part is appended without its inputs",
		file: "format/graph_part.go",
		old:  "at := append(make([]int, 0, len(needed)), inputs...)", new: "at := append(make([]int, len(inputs), len(needed)), inputs[:0]...)",
		tests: "format ^TestAppend$",
	},
	{
		name: "the checksum of a section is not compared",
		file: "format/section.go",
		old:  "if got, want := checksum(body), binary.LittleEndian.Uint32(e[24:]); got != want {", new: "if got, want := checksum(body), checksum(body); got != want {",
		tests: "format",
	},
	{
		name: "bytes after the end of a file are accepted",
		file: "format/section.go",
		old:  "case size > h.size:", new: "case size > h.size && h.size == 0:",
		tests: "format",
	},
	{
		name: "int4 weights are zeros",
		file: "format/int4.go",
		old:  "return int8(max(-7, min(7, math.RoundToEven(v/scale))))", new: "return 0",
		tests: "runtime ^TestRunAgreesWithTheFormulas$",
	},
	{
		name: "int8 weights are halved",
		file: "format/int8.go",
		old:  "return int8(max(-127, min(127, q)))", new: "return int8(max(-127, min(127, q))) / 2",
		tests: "runtime ^TestRunAgreesWithTheFormulas$",
	},
	{
		name: "a part of an int8 row has the scale of the wrong columns",
		file: "format/int8.go",
		old:  "func(k int) float32 { return m.At(i, from+k) })", new: "func(k int) float32 { return m.At(i, k) })",
		tests: "format",
	},
	{
		name: "int8 states are read with the scales of inputs",
		file: "format/matrix.go",
		old:  "i += m.Rows\n", new: "i += 0\n",
		tests: "format",
	},
	{
		name: "the second bias of a sum is dropped",
		file: "format/pack.go",
		old:  "w.Bias[at.biasState] += p.BiasHH[row]", new: "w.Bias[at.biasState] += 0 * p.BiasHH[row]",
		tests: "format",
	},
	{
		name: "the rows of a GRU's inputs are in the wrong order",
		file: "format/op_gru.go",
		old:  "input := (gate + 1) % 3", new: "input := (gate + 2) % 3",
		tests: "runtime ^TestRunAgreesWithTheFormulas$",
	},
	{
		name: "the first row of padding is not checked",
		file: "format/padding.go",
		old:  "for unit := l.HiddenSize; unit < ", new: "for unit := l.HiddenSize + 1; unit < ",
		tests: "format",
	},
	{
		name: "the inputs of a file's model are not added to its outputs",
		file: "format/read.go",
		old:  "m.Skip = b[3]&flagSkip != 0", new: "m.Skip = b[3]&flagSkip > 1",
		tests: "format",
	},
	{
		name: "a reverse layer is written as a forward one",
		file: "format/write.go",
		old:  "directions = onlyReverse", new: "directions = 1",
		tests: "format",
	},
	{
		name: "a model whose input weights change their format keeps their scale",
		file: "format/convert.go",
		old:  "w.InputScale = 0", new: "w.InputScale *= 1",
		tests: "format",
	},
	{
		name: "the gates of an LSTM are packed in the wrong order",
		file: "format/op_lstm.go",
		old:  "gate*lanes + unit%lanes", new: "(gate^1)*lanes + unit%lanes",
		tests: "runtime ^TestRunAgreesWithTheFormulas$",
	},
	{
		name: "weights may end beyond the file",
		file: "format/read.go",
		old:  "if start+t.bytes() > int64(len(weights)) {", new: "if start+t.bytes() > int64(len(weights)) && len(weights) == 0 {",
		tests: "runtime ^TestHostileModels$",
	},
}
