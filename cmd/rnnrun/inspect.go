package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func inspectCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect [flags] MODEL",
		Short: "Show a model's architecture, sizes, vocabulary, provenance and checks",
		Long: `Show what a model is made of, from its input to its output, and where it comes
from. The checksums of the file have been compared when anything is shown.

` + cli.ModelHelp,
		Example: `  rnnrun inspect model.rnn
  rnnrun inspect --json builtin:shakespeare`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d, size, err := cli.ReadModel(args[0])
			if err != nil {
				return err
			}
			m, err := cli.NewNetwork(d)
			if err != nil {
				return err
			}
			if asJSON {
				return cli.WriteJSON(c.OutOrStdout(), describeJSON(args[0], size, d, memoryOf(m)))
			}
			return describe(c.OutOrStdout(), args[0], size, d, memoryOf(m))
		},
		ValidArgsFunction: cli.CompleteModel,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}
