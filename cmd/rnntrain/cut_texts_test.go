package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What tells the classes apart is behind 120 characters.
func TestTextsThatAreCutAreReported(t *testing.T) {
	var b strings.Builder
	b.WriteString("text\tlabel\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%s%c\t%d\n", strings.Repeat("ab", 60), 'x'+rune(i%2), i%2)
	}
	fmt.Fprintf(&b, "%s\t0\n", strings.Repeat("ab", 20))
	file, model := write(t, "a.tsv", b.String()), filepath.Join(t.TempDir(), "m.rnn")
	for _, c := range []struct {
		length string
		cut    string // "": none is
	}{
		{"40", "texts longer than 40 tokens, which were cut: 40 of 41"},
		{"39", "texts longer than 39 tokens, which were cut: 41 of 41"},
		{"121", ""}, {"0", ""},
	} {
		code, _, stderr := invoke(t, "classify", file, "-o", model, "--hidden", "4", "--epochs", "1", "--max-length", c.length)
		require.Zero(t, code, stderr)
		code, stdout, evalErr := invoke(t, "eval", model, file)
		require.Zero(t, code, evalErr)
		if c.cut == "" {
			require.NotContains(t, stderr+stdout, "were cut")
			continue
		}
		require.Contains(t, stderr, c.cut+"; see --max-length")
		require.Contains(t, stdout, c.cut+", as the model was trained with --max-length "+c.length)
	}
}
