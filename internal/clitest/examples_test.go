package clitest_test

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/clitest"
)

func TestCheckExamples(t *testing.T) {
	for _, c := range []struct{ name, example, text, err string }{
		{"valid", "  prog bake --oven hot bread", "", ""},
		{"a pipe", "  flour | prog bake 'a b' --oven=hot | prog bake x >out y z", "", ""},
		{"another program's flags", "  flour --none\n  prog bake x", "", ""},
		{"no example", "  prog", "", "prog bake has no example of its own"},
		{"a flag that does not exist", "  prog bake x --stove", "", "prog bake x --stove: unknown flag: --stove"},
		{"too many arguments", "  flour | prog bake x y", "", "accepts 1 arg(s), received 2"},
		{"a flag in the text", "  prog bake x", "  prog bake x --stove", "unknown flag: --stove"},
		{"an unknown command", "  prog bake x", "  prog brake", "unknown command"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := clitest.CheckExamples(func() *cobra.Command {
				root := &cobra.Command{Use: "prog"}
				bake := &cobra.Command{Use: "bake", Example: c.example, Args: cobra.ExactArgs(1), Run: func(*cobra.Command, []string) {}}
				bake.Flags().String("oven", "", "")
				root.AddCommand(bake)
				return root
			}, c.text)
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.err)
			}
		})
	}
}
