package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// tagged are sentences in which a word's tag depends on the words around it.
func tagged(sentences int) string {
	var b strings.Builder
	b.WriteString("word\tpos\n")
	for i := range sentences {
		s := []string{"they DET\tcan VERB\tfish NOUN", "the DET\tcan NOUN\tfish VERB\ttoo ADV"}[i%2]
		for pair := range strings.SplitSeq(s, "\t") {
			b.WriteString(strings.Replace(pair, " ", "\t", 1) + "\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTrainATaggerAndMeasureIt(t *testing.T) {
	data := write(t, "sentences.tsv", tagged(200))
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, stdout, stderr := invoke(t, "tag", data, "-o", model, "--labels", "DET=determiner",
		"--hidden", "8", "--embedding", "8", "--epochs", "8", "--batch", "8", "--lr", "0.03")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "accuracy 100.00 %")

	code, stdout, stderr = invoke(t, "eval", model, data, "--json")
	require.Zero(t, code, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, "tag", report["task"])
	require.Equal(t, 1.0, report["accuracy"])
	require.Equal(t, 700.0, report["targets"])
	code, stdout, stderr = invoke(t, "eval", model, data)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "(700 of 700)")
	require.Contains(t, stdout, "determiner")

	m, err := rnn.Open(model)
	require.NoError(t, err)
	require.NoError(t, m.Verify())
	tokens, err := m.Encode(nil, "the can fish too")
	require.NoError(t, err)
	require.Len(t, tokens, 4)
}

func TestTagRefusals(t *testing.T) {
	out := filepath.Join(t.TempDir(), "model.rnn")
	for _, c := range []struct {
		name, file, text, tokens string
		code                     int
		want                     string
	}{
		{"two tokens", "a.tsv", "token\ttag\nNew York\tX\nb\tY\n", "word", 1, `a.tsv: line 2: "New York" is 2 tokens of the kind words, but has only one tag`},
		{"one tag", "a.tsv", "token\ttag\na\tX\n", "word", 1, "learning needs at least two"},
		{"no column", "a.tsv", "x\ty\n", "word", 1, "a.tsv: line 1: the token: no column is named token"},
		{"not as many", "a.jsonl", `{"tokens":["a"],"tags":["X","Y"]}`, "word", 1, "a.jsonl: line 1: it has 1 token and 2 tags"},
		{"no tokens", "a.tsv", "token\ttag\na\tX\n", "syllable", 2, "--tokens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := invoke(t, "tag", write(t, c.file, c.text), "-o", out, "--tokens", c.tokens, "--min-count", "1")
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.want)
			require.NoFileExists(t, out)
		})
	}
}

// Groups are held back whole, and none is on both sides.
func TestTagHoldsBackGroups(t *testing.T) {
	var b strings.Builder
	b.WriteString("token,tag,doc\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%c,%c,d%d\n", 'a'+rune(i%4), 'X'+rune(i%2), i/10)
	}
	data, model := write(t, "a.csv", b.String()), filepath.Join(t.TempDir(), "m.rnn")
	code, _, stderr := invoke(t, "tag", data, "-o", model, "--group", "doc", "--valid-fraction", "0.3", "--hidden", "2", "--epochs", "1", "--min-count", "1")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, `"doc" (group)`)
	require.Contains(t, stderr, "1 of 6 groups are held back")
	code, _, stderr = invoke(t, "eval", model, data, "--group", "doc")
	require.Zero(t, code, stderr)
	code, _, stderr = invoke(t, "tag", data, "-o", model, "--group", "doc", "--valid", data)
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "--group: nothing is held back")
}
