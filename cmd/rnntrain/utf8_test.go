package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOtherEncodingsAreRefusedBeforeTraining(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.rnn")
	text := strings.Repeat("a line of text\n", 30)
	train := func(args ...string) (int, string) {
		t.Helper()
		code, stdout, stderr := invoke(t, args...)
		require.NotContains(t, stdout+stderr, "epoch 1/1", "it is refused before it trains")
		return code, stderr
	}
	table := write(t, "a.tsv", "text\tlabel\na\tx\n\xc1\xc1\xbe\xc6\ty\n")
	code, stderr := train("classify", table, "-o", model, "--epochs", "1")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "line 3: the text: it is not UTF-8")
	bad := write(t, "a.txt", text+"\xc1\xc1\xbe\xc6\n")
	code, stderr = train("lm", bad, "-o", model, "--epochs", "1")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "line 31: it is not UTF-8")

	code, _, stderr = invoke(t, "lm", write(t, "b.txt", text), "-o", model, "--epochs", "1", "--hidden", "4", "--batch", "2", "--window", "8")
	require.Zero(t, code, stderr)
	code, _, stderr = invoke(t, "eval", model, bad)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "line 31: it is not UTF-8")
}
