package main

var portMutations = []mutation{
	{
		name: "the frames after a bad one become part of the next step",
		file: "internal/series/frames.go",
		old:  "c.bad, c.behind = err, c.frames-1-(n-whole)/c.width", new: "c.bad, c.behind = err, 0",
		tests: "internal/series ^TestFramesAreStepsWhenTheyAreWhole$",
	},
	{
		name: "half a step that has been read is lost",
		file: "internal/series/frames.go",
		old:  "c.part = append(c.part, dst[whole:n]...)", new: "c.part = nil",
		tests: "internal/series ^TestFramesAreStepsWhenTheyAreWhole$",
	},
	{
		name: "a bad step of one input shifts the steps of another",
		file: "internal/series/join.go",
		old:  "p.ahead = p.ahead[p.Width:]\n		case isBad", new: "_ = p.Width\n		case isBad",
		tests: "cmd/rnnrun ^TestRunOfTwoInputsLeavesOutBadSteps$",
	},
	{
		name: "separate outputs all begin at the first one",
		file: "cmd/rnnrun/run_outputs.go",
		old:  "at += out.Frames * out.Channels", new: "at += 0",
		tests: "cmd/rnnrun ^TestRunOfGraphsHasAnArrayForEachPort$",
	},
	{
		name: "the initial states of a check are ignored",
		file: "cmd/rnntrain/convert_check_states.go",
		old:  "if c.end {\n		return\n	}\n	from", new: "if true {\n		return\n	}\n	from",
		tests: "cmd/rnntrain ^TestCheckOfTokensStatesAndSequences$",
	},
	{
		name: "only the last output of a check counts",
		file: "cmd/rnntrain/convert_check_graph.go",
		old:  "if out.max > p.max {", new: "if p.max = 0; true {",
		tests: "cmd/rnntrain ^TestCheckOf",
	},
	{
		name: "the frames that a window keeps do not count as state",
		file: "format/node_window.go",
		old:  "return w.Before * in[0].Channels", new: "return w.Before",
		tests: "cmd/rnnrun ^TestInspectCountsTheWork$",
	},
	{
		name: "lines of a picture end above the box that reads them",
		file: "cmd/rnnrun/drawing_svg.go",
		old:  "lines[i] = last[i] > r+1; !lines[i]", new: "lines[i] = last[i] > r+2; !lines[i]",
		tests: "cmd/rnnrun ^TestPicturesOfGraphs$",
	},
}
