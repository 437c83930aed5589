package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// choose returns the value for the name that a flag gives.
func choose[T any](flag, name string, values map[string]T, order ...string) (T, error) {
	v, ok := values[name]
	if !ok {
		return v, cli.Usagef("--%s %s is not one of %s%s", flag, message.Quote(name), message.List(order), message.Suggestion(name, order))
	}
	return v, nil
}

// hide leaves a flag out of the help.
func hide(c *cobra.Command, flag string) {
	if err := c.Flags().MarkHidden(flag); err != nil {
		panic(err) // the flag exists
	}
}

// complete offers a flag's values to the shell's completion.
func complete(c *cobra.Command, flag string, values ...string) {
	completions := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	if err := c.RegisterFlagCompletionFunc(flag, completions); err != nil {
		panic(err) // the flag exists
	}
}
