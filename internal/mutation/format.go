package main

var formatMutations = []mutation{
	{
		name: "the checksum of a section is not compared",
		file: "format/section.go",
		old:  "if got, want := checksum(body), binary.LittleEndian.Uint32(e[24:]); got != want {", new: "if got, want := checksum(body), checksum(body); got != want {",
		tests: "format",
	},
	{
		name: "bytes behind the end of a file are taken",
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
}
