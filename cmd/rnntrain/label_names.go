package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// labelNames are the names that --labels gives to labels: LABEL=NAME each.
type labelNames []string

func (n *labelNames) add(c *cobra.Command) {
	c.Flags().StringSliceVar((*[]string)(n), "labels", nil,
		`names to show for the labels: LABEL=NAME,…; may be repeated. Put a pair with a comma or a quote in double quotes, as in CSV: '"b,c=B or C"'`)
}

// of returns the names of labels: for each label, its name from --labels, or else the
// label.
func (n labelNames) of(labels []string) ([]string, error) {
	names := slices.Clone(labels)
	for _, pair := range n {
		i, name := splitPair(pair, labels)
		if name == "" {
			return nil, cli.Usagef("--labels: %s is not LABEL=NAME with a label of the data (%s)", message.Quote(pair), message.List(labels))
		}
		names[i] = name
	}
	return names, nil
}

// splitPair splits LABEL=NAME after the longest matching label, since a label may contain
// "=". It returns the index of the label. The name is "" if there is no such label or no
// name.
func splitPair(pair string, labels []string) (number int, name string) {
	longest := -1
	for i, label := range labels {
		rest, found := strings.CutPrefix(pair, label+"=")
		if found && rest != "" && len(label) > longest {
			longest, number, name = len(label), i, rest
		}
	}
	return number, name
}
