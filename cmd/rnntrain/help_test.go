package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/clitest"
)

// Every command has examples, and these and the commands of the welcome have flags that
// exist and as many arguments as the command takes.
func TestExamplesAreValid(t *testing.T) {
	require.NoError(t, clitest.CheckExamples(func() *cobra.Command { return newRoot(nil) }, welcome))
}

// Every flag has a section in the help, and the sections name no other flags.
func TestEveryFlagHasAGroup(t *testing.T) {
	flags, names := cli.Ungrouped(newRoot(nil), flagGroups())
	require.Empty(t, flags, "flags without a section")
	require.Empty(t, names, "names that are no flag's")
	require.LessOrEqual(t, len(flagGroups()[0].Flags), 10, "main flags")
}
