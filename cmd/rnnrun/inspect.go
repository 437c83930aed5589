package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func inspectCommand() *cobra.Command {
	var asJSON, asDOT, asSVG bool
	c := &cobra.Command{
		Use:   "inspect [flags] MODEL",
		Short: "Show a model's architecture, sizes, vocabulary, provenance and checks",
		Long: cli.LongHelp(`Show a model's layers from input to output, its sizes and its provenance. The
checksums of the file are compared first.

`),
		Example: `  rnnrun inspect model.rnn
  rnnrun inspect --json builtin:shakespeare
  rnnrun inspect --svg model.rnn > model.svg
  rnnrun inspect --dot model.rnn | dot -Tpdf > model.pdf`,
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
			switch {
			case asDOT:
				_, err = io.WriteString(c.OutOrStdout(), newPicture(d).dot(cli.Printable(args[0])))
				return err
			case asSVG:
				text, err := newPicture(d).svg(cli.Printable(args[0]))
				if err == nil {
					_, err = io.WriteString(c.OutOrStdout(), text)
				}
				return err
			case asJSON:
				return cli.WriteJSON(c.OutOrStdout(), describeJSON(args[0], size, d, memoryOf(m)))
			}
			return describe(c.OutOrStdout(), args[0], size, d, memoryOf(m))
		},
		ValidArgsFunction: cli.CompleteModel,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	c.Flags().BoolVar(&asDOT, "dot", false, "write the network as a graph for Graphviz")
	c.Flags().BoolVar(&asSVG, "svg", false, "draw the network as SVG: blue boxes have a state, orange boxes have weights, dashed boxes work on whole sequences")
	c.MarkFlagsMutuallyExclusive("json", "dot", "svg")
	return c
}
