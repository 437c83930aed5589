package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/clitest"
)

func TestExamplesAreValid(t *testing.T) {
	require.NoError(t, clitest.CheckExamples(newCommand, ""))
}

func TestEveryFlagHasAGroup(t *testing.T) {
	flags, names := cli.Ungrouped(newCommand(), flagGroups())
	require.Empty(t, flags, "flags without a section")
	require.Empty(t, names, "names that are no flag's")
}
