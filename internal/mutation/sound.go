package main

var soundMutations = []mutation{
	{
		name: "a masked step is run",
		file: "runtime/op_masked.go",
		old:  "if s.outer.in[1].step[0] == 0 {", new: "if s.outer.in[1].step[0] != s.outer.in[1].step[0] {",
		tests: "runtime ^TestMaskedStepsAreLeftOut$",
	},
	{
		name: "masked steps of a block are run",
		file: "runtime/op_masked.go",
		old:  "mask.row(i+count, 1)[0] != 0", new: "mask.row(i, 1)[0] != 0",
		tests: "runtime ^TestMaskedStepsAreLeftOut$",
	},
	{
		name: "RNNoise's gains do not fall slowly",
		file: "runtime/op_rnnoise_synthesis.go",
		old:  "g[i] = max(g[i], float32(.6*v))", new: "g[i] = max(g[i], float32(0*v))",
		tests: "runtime ^TestRNNoiseIsThatOfTheCCode$",
	},
	{
		name: "RNNoise remembers silence",
		file: "runtime/op_rnnoise_analysis.go",
		old:  "if float64(total) < .04 {", new: "if float64(total) < 0 {",
		tests: "runtime ^TestRNNoiseIsThatOfTheCCode$",
	},
	{
		name: "a snapshot forgets the period of the pitch",
		file: "runtime/op_rnnoise_analysis.go",
		old:  "s.samples[format.RNNoiseFrame:], s.found[:])", new: "s.samples[format.RNNoiseFrame:])",
		tests: "runtime ^TestRNNoiseHasTheSameBits$",
	},
	{
		name: "a fraction of a period gets the bonus of the previous period",
		file: "internal/pitch/shorten.go",
		old:  "return lastGain\n", new: "return 0\n",
		tests: "internal/pitch ^TestAPeriodGoesOn$",
	},
	{
		name: "RNNoise's weights count as whole numbers",
		file: "format/carray/carray.go",
		old:  "scales[d.kind]; ok {", new: "scales[d.name]; ok {",
		tests: "format/carray ^TestReads$",
	},
}
