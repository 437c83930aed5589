package main

var textMutations = []mutation{
	{
		name: "the options of help and manual are in alphabetical order",
		file: "internal/cli/flag_groups.go",
		old:  "\tset.SortFlags = false\n", new: "",
		tests: "internal/manpage ^TestPage$",
	},
	{
		name: "a long text may take any amount of memory",
		file: "internal/texts/refused.go",
		old:  "bytes > MostBytes", new: "bytes > 1<<40",
		tests: "cmd/rnnrun ^TestALineOfAMebibyteTakesNoGigabytes$",
	},
	{
		name: "the memory of an outlier is kept for the next text",
		file: "cmd/rnnrun/tokens.go",
		old:  "\tr.shrink()\n", new: "",
		tests: "cmd/rnnrun ^TestAnOutlierLeavesNoMemory$",
	},
	{
		name: "a syllable's final consonant is lost",
		file: "internal/nfc/hangul.go",
		old:  "noFinal + s%finals,\n\t}", new: "noFinal + s%finals*0,\n\t}",
		tests: "tokenizer",
	},
	{
		name: "a mark combines with a letter across a mark of the same class",
		file: "internal/nfc/scanner.go",
		old:  "s.classes[n-1] < class) {", new: "s.classes[n-1] <= class) {",
		tests: "internal/nfc ^TestString$",
	},
	{
		name: "no entry of a class with two is held back",
		file: "cmd/rnntrain/hold_back.go",
		old:  "max(due[c], 1)", new: "max(due[c], 0)",
		tests: "cmd/rnntrain ^TestEachClassIsHeldBackAlike$",
	},
	{
		name: "steps are consecutive across a missing one",
		file: "dataset/missing.go",
		old:  "\t\tm.added++\n", new: "",
		tests: "dataset ^TestMissingValues$",
	},
	{
		name: "a run of one character is one too long",
		file: "tokenizer/scanner.go",
		old:  "s.run <= s.maxRun {", new: "s.run <= s.maxRun+1 {",
		tests: "tokenizer",
	},
	{
		name: "a failed encoding leaves tokens behind",
		file: "tokenizer/tokenizer.go",
		old:  "return dst[:start], &UnknownTokenError{Token: string(r), Offset: s.offset}", new: "return dst, &UnknownTokenError{Token: string(r), Offset: s.offset}",
		tests: "tokenizer",
	},
	{
		name: "a text may have one token more than the limit",
		file: "tokenizer/tokenizer.go",
		old:  "return t.MaxLength > 0 && n >= t.MaxLength", new: "return t.MaxLength > 0 && n > t.MaxLength",
		tests: "tokenizer",
	},
}
