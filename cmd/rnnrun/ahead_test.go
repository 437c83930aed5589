package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLinesAtHandHaveTheAnswersOfEach gives all lines at once, and one by one.
func TestLinesAtHandHaveTheAnswersOfEach(t *testing.T) {
	var lines []string
	for i := range 1100 { // several blocks
		lines = append(lines, strings.Repeat("abcd", i%9)+strings.Repeat("they can fish ", i%4))
	}
	lines[3], lines[700], lines[720] = "\xff", "a\xff", strings.Repeat("ab ", 50)
	for _, command := range [][]string{
		{"classify", "-m", save(t, letterClassifier()), "--max-tokens", "100"},
		{"classify", "-m", save(t, letterClassifier()), "--json", "--pad", "7"},
		{"tag", "-m", save(t, wordTagger())},
	} {
		answers := func(stdin string) (stdout, stderr string) {
			var out, errs bytes.Buffer
			run(append(command, "-"), strings.NewReader(stdin), &out, &errs)
			return out.String(), errs.String()
		}
		var want strings.Builder
		failed := 0
		for _, line := range lines[690:730] {
			out, errs := answers(line + "\n")
			want.WriteString(out)
			failed += strings.Count(errs, "line 1: ")
		}
		got, errs := answers(strings.Join(lines[690:730], "\n"))
		require.Equal(t, want.String(), got, "%q", command)
		require.Equal(t, failed, strings.Count(errs, "\n")-1, "%q", errs)
		require.Contains(t, errs, "line 11: ")

		got, errs = answers(strings.Join(lines, "\n"))
		require.Contains(t, got, want.String())
		require.Contains(t, errs, "line 701: ")
	}
}
