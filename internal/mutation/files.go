package main

var fileMutations = []mutation{
	{
		name: "a file is written in place",
		file: "internal/atomicfile/target.go",
		old:  "t.direct = !t.mode.IsRegular() || isOpenFile(t.path)", new: "t.direct = t.exists || isOpenFile(t.path)",
		tests: "internal/atomicfile",
	},
	{
		name: "temporary files of killed programs stay",
		file: "internal/atomicfile/lock_flock.go",
		old:  "if lock(f) == nil {", new: "if lock(f) != nil {",
		tests: "internal/atomicfile",
	},
	{
		name: "an output may replace an input",
		file: "internal/cli/outputs.go",
		old:  "if input != o.Replaces && atomicfile.Same(o.Path, input) {", new: "if input != o.Replaces && o.Path == input {",
		tests: "cmd/rnntrain ^TestAnOutputNeverReplacesAnInput$",
	},
	{
		name: "outputs are not checked before the work",
		file: "internal/cli/outputs.go",
		old:  "for _, output := range outputs {", new: "for _, output := range outputs[:0] {",
		tests: "cmd/rnntrain ^TestOutputsAreTriedBeforeTheWork$",
	},
	{
		name: "states are saved although an output could not be written",
		file: "cmd/rnnrun/run_sequences.go",
		old:  "if out.failed {", new: "if out == nil {",
		tests: "cmd/rnnrun ^TestStatesStayIfAnOutputCannotBeWritten$",
	},
	{
		name: "the size of a decoder is not checked before it is made",
		file: "trainer/size.go",
		old:  "if a.TargetTokens > 0 {", new: "if a.TargetTokens < 0 {",
		tests: "trainer ^TestANetworkThatIsTooLargeTakesNoMemory$",
	},
}
