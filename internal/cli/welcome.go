package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// Welcome makes the command without arguments show text, such as commands to try, and how
// to get help.
func Welcome(root *cobra.Command, text string) {
	root.RunE = func(c *cobra.Command, _ []string) error {
		_, err := fmt.Fprintf(c.OutOrStdout(), `%s
Help:
  %[2]s --help            all commands
  %[2]s COMMAND --help    flags and examples of a command
  https://github.com/rnnrun/rnnrun
`, text, c.Name())
		return err
	}
}
