package main

var textMutations = []mutation{
	{
		name: "the options of help and manual are in the order of the alphabet",
		file: "internal/cli/flag_groups.go",
		old:  "\tset.SortFlags = false\n", new: "",
		tests: "internal/manpage ^TestPage$",
	},
	{
		name: "a long text takes what memory it likes",
		file: "internal/texts/refused.go",
		old:  "bytes > MostBytes", new: "bytes > 1<<40",
		tests: "cmd/rnnrun ^TestALineOfAMebibyteTakesNoGigabytes$",
	},
	{
		name: "an outlier leaves its memory to the next text",
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
		name: "a mark joins a letter across one of its class",
		file: "internal/nfc/scanner.go",
		old:  "s.classes[n-1] < class) {", new: "s.classes[n-1] <= class) {",
		tests: "internal/nfc ^TestString$",
	},
	{
		name: "a class of two is not validated on",
		file: "cmd/rnntrain/hold_back.go",
		old:  "max(due[c], 1)", new: "max(due[c], 0)",
		tests: "cmd/rnntrain ^TestEachClassIsHeldBackAlike$",
	},
	{
		name: "steps follow one another across a missing one",
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
		name: "an encoding that fails leaves tokens behind",
		file: "tokenizer/tokenizer.go",
		old:  "return dst[:start], &UnknownTokenError{Token: string(r), Offset: s.offset}", new: "return dst, &UnknownTokenError{Token: string(r), Offset: s.offset}",
		tests: "tokenizer",
	},
	{
		name: "a text may be a token longer than the options say",
		file: "tokenizer/tokenizer.go",
		old:  "return t.MaxLength > 0 && n >= t.MaxLength", new: "return t.MaxLength > 0 && n > t.MaxLength",
		tests: "tokenizer",
	},
}
