package main

var chartMutations = []mutation{
	{
		name: "a text of an SVG is not aligned",
		file: "internal/chart/texts.go",
		old:  "s.anchor, style.XAlign = style.XAlign, text.XLeft", new: "style.XAlign = text.XLeft",
		tests: "internal/chart ^TestSVG$",
	},
	{
		name: "an area ends beyond the axis",
		file: "internal/chart/area.go",
		old:  "y(min(max(v, p.Y.Min), p.Y.Max))", new: "y(max(v, 1e-300))",
		tests: "internal/chart ^TestAreas$",
	},
	{
		name: "an axis of one number has no length",
		file: "internal/chart/chart.go",
		old:  "case a.Max-a.Min > 1e-9*largest:", new: "case a.Max-a.Min >= 0:",
		tests: "internal/chart ^TestAxesOfOneNumber$",
	},
	{
		name: "the best epoch is not marked in the accuracies",
		file: "cmd/rnntrain/plot.go",
		old:  "t.bestAccuracy = &chart.Mark{", new: "_ = &chart.Mark{",
		tests: "cmd/rnntrain ^TestCurvesOfATraining$",
	},
}
