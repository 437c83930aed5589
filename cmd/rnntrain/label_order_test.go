package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

func TestLabelsKeepTheOrderOfNumbers(t *testing.T) {
	for _, c := range []struct{ want []string }{
		{[]string{"1", "2", "10"}},
		{[]string{"-1.5", "0", "1e1", "20"}},
		{[]string{"01", "1", "2"}},
		{[]string{"1", "10", "2", "a"}},
		{[]string{"1", "10", "nan"}},
	} {
		m := map[string]bool{}
		for _, l := range c.want {
			m[l] = true
		}
		require.Equal(t, c.want, sortedLabels(m))
	}
}

// Whatever the seed holds back, a label that occurs once is trained on.
func TestARareLabelIsTrainedOn(t *testing.T) {
	var b strings.Builder
	b.WriteString("text\tlabel\n")
	for i := range 20 {
		fmt.Fprintf(&b, "some words %d\t%d \nother words\t2\n", i, 10)
		fmt.Fprintf(&b, "rare words\t%d\n", 100+i)
	}
	file := write(t, "a.tsv", b.String())
	for seed := range 3 {
		model := filepath.Join(t.TempDir(), "m.rnn")
		code, _, stderr := invoke(t, "classify", file, "-o", model, "--hidden", "4", "--epochs", "1", "--valid-fraction", "0.2", "--seed", fmt.Sprint(seed))
		require.Zero(t, code, stderr)
		m, err := rnn.Open(model)
		require.NoError(t, err)
		require.Equal(t, 22, m.OutputSize())
		require.Equal(t, []string{"2", "10", "100", "101"}, []string{m.Label(0), m.Label(1), m.Label(2), m.Label(3)})
		require.NoError(t, m.Close())
	}
}

// A sequence has many tags, so that it may be held back with one that no other has.
func TestARareTagIsTrainedOn(t *testing.T) {
	var b strings.Builder
	b.WriteString("token\ttag\n")
	for i := range 20 {
		fmt.Fprintf(&b, "a\tx\nb\trare%d\n\n", i)
	}
	var columns taggedFlags
	told := 0
	for seed := range uint64(50) {
		s := &labelledSet{paths: []string{write(t, "a.tsv", b.String())}, read: columns.entries, aligned: true}
		require.NoError(t, s.divide("", 0.2, seed))
		_, err := s.learn(&format.Tokenizer{Kind: format.TokenizerWords}, &textFlags{})
		require.NoError(t, err)
		require.Len(t, s.labels, 21)
		told += len(s.moved)
	}
	require.Equal(t, 50*4, told, "of every seed, all that were held back")
}

func TestAnEmptyValidationPartIsAnnounced(t *testing.T) {
	file := write(t, "a.tsv", "text\tlabel\na b\tx\nc d\ty\n")
	out := filepath.Join(t.TempDir(), "m.rnn")
	code, _, stderr := invoke(t, "classify", file, "-o", out, "--hidden", "4", "--epochs", "1")
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "nothing to validate on: too little data for --valid-fraction 0.05")
	code, _, stderr = invoke(t, "classify", file, "-o", out, "--hidden", "4", "--epochs", "1", "--valid-fraction", "0")
	require.Zero(t, code, stderr)
	require.NotContains(t, stderr, "nothing to validate on")
}
