package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/clitest"
)

// Every command has examples, and these and the commands of the welcome have flags that
// exist and as many arguments as the command takes.
func TestExamplesAreValid(t *testing.T) {
	require.NoError(t, clitest.CheckExamples(newRoot, welcome))
}

// Every flag has a section in the help, and the sections name no other flags.
func TestEveryFlagHasAGroup(t *testing.T) {
	flags, names := cli.Ungrouped(newRoot(), flagGroups())
	require.Empty(t, flags, "flags without a section")
	require.Empty(t, names, "names that are no flag's")
	require.LessOrEqual(t, len(flagGroups()[0].Flags), 10, "main flags")
}

// The commands that rnnrun shows without arguments need nothing but the program.
func TestCommandsToTryWork(t *testing.T) {
	require.Contains(t, printed(t, ""), welcome)
	commands := 0
	for line := range strings.Lines(welcome) {
		if !strings.HasPrefix(line, "  rnnrun ") {
			continue
		}
		commands++
		args := strings.Fields(line)[1:]
		if _, text, quoted := strings.Cut(line, `"`); quoted {
			text, rest, _ := strings.Cut(text, `"`)
			before, _, _ := strings.Cut(line, `"`)
			args = append(append(strings.Fields(before)[1:], text), strings.Fields(rest)...)
		}
		require.NotEmpty(t, printed(t, "", args...))
	}
	require.Equal(t, 3, commands)
}
