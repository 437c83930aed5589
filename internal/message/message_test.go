package message

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuote(t *testing.T) {
	require.Equal(t, `"a\x1b[2J"`, Quote("a\x1b[2J"))
	require.Equal(t, `"`+strings.Repeat("a", 80)+`"… (99 bytes)`, Quote(strings.Repeat("a", 99)))
	require.Equal(t, `"`+strings.Repeat("가", 26)+`"… (90 bytes)`, Quote(strings.Repeat("가", 30)), "no part of a character")
}

func TestList(t *testing.T) {
	require.Equal(t, "no, yes", List([]string{"no", "yes"}))
	require.Equal(t, `"", "a\n"`, List([]string{"", "a\n"}))
	require.Equal(t, strings.Repeat("a", 40)+"…", List([]string{strings.Repeat("a", 1000)}))
	many := List(strings.Fields(strings.Repeat("x ", 5000)))
	require.Equal(t, strings.Repeat("x, ", 12)+"… (5000 in all)", many)
}

func TestSuggestion(t *testing.T) {
	names := []string{"lstm", "gru", "gru-reset-before", "modules", "text", "token"}
	for _, test := range []struct{ name, want string }{
		{"lst", "; did you mean lstm?"},
		{"module", "; did you mean modules?"},
		{"gruu", "; did you mean gru?"},
		{"tokens", "; did you mean token?"},
		{"transformer", ""},
		{"x", ""},
		{"", ""},
	} {
		require.Equal(t, test.want, Suggestion(test.name, names), test.name)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 steps", 1: "1 step", 2: "2 steps", -1: "-1 steps"} {
		require.Equal(t, want, Count(n, "step"))
	}
	require.Equal(t, "1 class", Count(1, "class"))
	for noun, want := range map[string]string{"class": "2 classes", "axis": "2 axes", "property": "2 properties", "key": "2 keys", "array": "2 arrays", "batch": "2 batches", "epoch": "2 epochs"} {
		require.Equal(t, want, Count(2, noun))
	}
	require.Equal(t, "1 line", Count(uint64(1), "line"))
}
