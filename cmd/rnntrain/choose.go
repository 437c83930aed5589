package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// choose returns the value of the name that a flag gives.
func choose[T any](flag, name string, values map[string]T, order ...string) (T, error) {
	v, ok := values[name]
	if !ok {
		return v, cli.Usagef("--%s %q is not one of %s", flag, name, strings.Join(order, ", "))
	}
	return v, nil
}

// complete offers a flag's values to the shell's completion.
func complete(c *cobra.Command, flag string, values ...string) {
	completions := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	if err := c.RegisterFlagCompletionFunc(flag, completions); err != nil {
		panic(err) // the flag exists
	}
}
