package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// The help lists flags by group, in the groups' order and in the order within a group.
func TestHelpListsFlagsByGroup(t *testing.T) {
	root := &cobra.Command{Use: "prog"}
	bake := &cobra.Command{Use: "bake", Short: "Bake bread", Example: "  prog bake --oven hot", RunE: func(*cobra.Command, []string) error { return nil }}
	f := bake.Flags()
	f.String("apple", "", "put in apples")
	f.String("oven", "", "how hot")
	f.Bool("zest", false, "put in zest")
	f.Bool("salt", false, "put in salt")
	f.Bool("yeast", false, "put in yeast")
	f.Bool("secret", false, "not shown")
	require.NoError(t, f.MarkHidden("secret"))
	root.AddCommand(bake)
	cli.GroupFlags(root, []cli.FlagGroup{
		{Title: "Main flags", Flags: []string{"zest", "oven", "secret"}},
		{Title: "Pantry", Flags: []string{"oil", "bake/salt"}},
		{Title: "Unused flags", Flags: []string{"none"}},
		{Title: "Filling", Flags: []string{"apple", "salt"}},
	})
	var help bytes.Buffer
	require.Zero(t, cli.Execute(root, []string{"bake", "--help"}, strings.NewReader(""), &help, &help))
	require.Equal(t, `Bake bread

Usage:
  prog bake [flags]

Examples:
  prog bake --oven hot

Main flags:
      --zest          put in zest
      --oven string   how hot

Pantry:
      --salt   put in salt

Filling:
      --apple string   put in apples

Other flags:
  -h, --help    help for bake
      --yeast   put in yeast
`, help.String())
}

func TestUngrouped(t *testing.T) {
	root := &cobra.Command{Use: "prog"}
	bake := &cobra.Command{Use: "bake"}
	bake.Flags().Bool("salt", false, "")
	bake.Flags().Bool("oil", false, "")
	root.AddCommand(bake)
	flags, names := cli.Ungrouped(root, []cli.FlagGroup{{Title: "Pantry", Flags: []string{"bake/oil", "flour", "fry/oil"}}})
	require.Equal(t, []string{"bake --salt"}, flags)
	require.Equal(t, []string{"flour", "fry/oil"}, names)
}

func TestWelcome(t *testing.T) {
	root := &cobra.Command{Use: "prog"}
	root.AddCommand(&cobra.Command{Use: "bake", RunE: func(*cobra.Command, []string) error { return nil }})
	cli.Welcome(root, "Try: prog bake\n")
	var stdout, stderr bytes.Buffer
	require.Zero(t, cli.Execute(root, nil, strings.NewReader(""), &stdout, &stderr))
	require.Contains(t, stdout.String(), "Try: prog bake\n\nHelp:\n  prog --help ")
	require.Equal(t, cli.Misuse, cli.Execute(root, []string{"bale"}, strings.NewReader(""), &stdout, &stderr))
	require.Contains(t, stderr.String(), `unknown command "bale"`)
}
