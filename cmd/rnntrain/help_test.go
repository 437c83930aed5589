package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
}

// The help of every command begins with its main flags, and those are few.
func TestEveryCommandHasMainFlags(t *testing.T) {
	for _, c := range newRoot(nil).Commands() {
		sections := cli.Sections(c, flagGroups())
		require.Equal(t, "Main flags", sections[0].Title, c.Name())
		shown := 0
		sections[0].Flags.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				shown++
			}
		})
		require.LessOrEqual(t, shown, 10, c.Name())
	}
}
