package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/clitest"
)

func TestExamplesAreValid(t *testing.T) {
	defer flag.Set("runner", "")
	defer flag.Set("endpoint", "")
	require.NoError(t, clitest.CheckExamples(newCommand, ""))
}

func TestEveryFlagHasAGroup(t *testing.T) {
	flags, names := cli.Ungrouped(newCommand(), flagGroups())
	for _, name := range flags { // as rnnrun-beam --async
		_, name, _ = strings.Cut(name, "--")
		require.True(t, newCommand().Flags().Lookup(name).Hidden, name)
	}
	require.Empty(t, names, "names that are no flag's")
}

func TestWrongUse(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{}, cli.Misuse, "give the files to score"},
		{[]string{"-i", "*.txt"}, cli.Misuse, "give the folder of the answers"},
		{[]string{"-i", "nothing-*.txt", "-o", "out"}, cli.Failed, "--input nothing-*.txt: no file matches"},
		{[]string{"-i", "x", "-o", "out", "--shards", "0"}, cli.Misuse, "--shards 0 is not between 1 and 99999"},
		{[]string{"-i", "x", "-o", "out", "--batch", "0"}, cli.Misuse, "--batch 0 is not between 1 and 4096"},
		{[]string{"-i", "x", "-o", "out", "--log", "all"}, cli.Misuse, "--log all: give off, error, warn, info or debug"},
		{[]string{"-i", "x", "-o", "out", "-m", "builtin:shakespeare"}, cli.Failed, "give one that classifies texts or reads numbers"},
		{[]string{"-i", "x", "-o", "out", "-m", "none.rnn"}, cli.Failed, "none.rnn"},
	} {
		var stderr bytes.Buffer
		require.Equal(t, c.code, run(c.args, nil, nil, &stderr), c.args)
		require.Contains(t, stderr.String(), c.says)
	}
}
