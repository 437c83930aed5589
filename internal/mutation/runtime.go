package main

var runtimeMutations = []mutation{
	{
		name: "a session refuses every sequence",
		file: "runtime/run.go",
		old:  "\ts.Grow(n)\n", new: "\tif n > 0 {\n\t\treturn nil, ErrNoSteps\n\t}\n\ts.Grow(n)\n",
		tests: "runtime ^TestNothingIsAllocated$",
	},
	{
		name: "a session that refuses every sequence classifies without allocation",
		file: "runtime/run.go",
		old:  "\ts.Grow(n)\n", new: "\tif n > 0 {\n\t\treturn nil, ErrNoSteps\n\t}\n\ts.Grow(n)\n",
		tests: "runtime ^TestClassifyAllocatesNothing$",
	},
	{
		name: "int4 weights are bound as zeros",
		file: "runtime/matrix.go",
		old:  "data[w.Index(i, k)] = m.At(i, k)", new: "data[w.Index(i, k)] = 0",
		tests: "runtime ^TestRunAgreesWithTheFormulas$",
	},
	{
		name: "the checksum of a snapshot is not compared",
		file: "runtime/snapshot.go",
		old:  "if got := checksum(body); got != sum {", new: "if got := checksum(body); got != sum && len(b) == 0 {",
		tests: "runtime Snapshot",
	},
	{
		name: "a snapshot forgets how many steps were read",
		file: "runtime/snapshot.go",
		old:  "s.steps = binary.LittleEndian.Uint64(b[16:])", new: "s.steps = min(1, binary.LittleEndian.Uint64(b[16:]))",
		tests: "runtime Snapshot",
	},
	{
		name: "a clip does not count for the fingerprint",
		file: "runtime/fingerprint.go",
		old:  ".floats([]float32{l.Clip})", new: ".floats([]float32{1})",
		tests: "runtime Fingerprint",
	},
	{
		name: "a beam search prefers short translations",
		file: "runtime/search.go",
		old:  "h.step, h.ended, h.score = step, ended, h.logProbability/float32(step+1)", new: "h.step, h.ended, h.score = step, ended, h.logProbability",
		tests: "runtime Translat",
	},
	{
		name: "a hypothesis beyond the beam ends",
		file: "runtime/search.go",
		old:  "case c.token == end && rank < s.beam:", new: "case c.token == end && rank <= s.beam:",
		tests: "runtime Translat|Beam",
	},
	{
		name: "a sampler is as hot at every temperature",
		file: "runtime/sample.go",
		old:  "p.p[i] /= p.Temperature", new: "p.p[i] /= 1",
		tests: "runtime Sampl",
	},
	{
		name: "a sampler keeps all tokens that equal the last of the best",
		file: "runtime/sample.go",
		old:  "if equal == 0 {", new: "if equal < 0 {",
		tests: "runtime Sampl",
	},
	{
		name: "an ELU does not subtract 1",
		file: "runtime/activation.go",
		old:  "dst[i] = alpha * (dst[i] - 1)", new: "dst[i] = alpha * dst[i]",
		tests: "runtime ^TestRunAgreesWithTheFormulas$",
	},
	{
		name: "one output is always the second of two classes",
		file: "runtime/classify.go",
		old:  "if second >= 0.5 {", new: "if second >= 0 {",
		tests: "runtime Classif",
	},
	{
		name: "a piece of text ends within a character",
		file: "runtime/characters.go",
		old:  "for last > 0 && len(text)-last < utf8.UTFMax && !utf8.RuneStart(text[last]) {", new: "for last > 0 && len(text)-last < 1 {",
		tests: "runtime Generat|Character",
	},
}
