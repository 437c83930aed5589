package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

// RefuseDash refuses "-" for a file, which commands have for their standard input or
// output: as one of the arguments, and as the value of one of these flags, of which
// a command may lack some.
func RefuseDash(c *cobra.Command, args []string, flags ...string) error {
	const advice = "is no file name here: neither the standard input nor the standard output can take its place; a file of that name is ./-"
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
