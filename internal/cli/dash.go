package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

// RefuseDash refuses "-", which usually means the standard input or output, as an argument
// and as the value of one of these flags. A command need not have all of the flags.
func RefuseDash(c *cobra.Command, args []string, flags ...string) error {
	const advice = "does not mean the standard input or output here: give the name of a file (./- for a file called -)"
	for _, arg := range args {
		if arg == "-" {
			return Usagef("- %s", advice)
		}
	}
	for _, name := range flags {
		f := c.Flags().Lookup(name)
		if f == nil {
			continue
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(interface{ GetSlice() []string }); ok {
			values = list.GetSlice()
		}
		if slices.Contains(values, "-") {
			return Usagef("--%s - %s", name, advice)
		}
	}
	return nil
}
