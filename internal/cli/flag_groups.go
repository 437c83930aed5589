package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A FlagGroup is a section of flags in the help of commands.
type FlagGroup struct {
	Title string

	// Flags are names of flags, the most important first. Commands may lack some. The
	// name "bench time" is that of the command bench alone, if --time means something
	// else there.
	Flags []string
}

// helpWidth is the longest line of a flag's description, in characters.
const helpWidth = 100

// GroupFlags has the help of root and its commands list flags in these groups, in their
// order. A flag that is in no group comes last, among the other flags.
func GroupFlags(root *cobra.Command, groups []FlagGroup) {
	root.SetUsageFunc(func(c *cobra.Command) error {
		writeUsage(c.OutOrStdout(), c, groups)
		return nil
	})
}

// writeUsage writes how a command is used: its form, examples, commands and flags.
func writeUsage(w io.Writer, c *cobra.Command, groups []FlagGroup) {
	use := c.UseLine()
	if c.HasAvailableSubCommands() {
		use = c.CommandPath() + " COMMAND [flags]"
	}
	fmt.Fprintf(w, "Usage:\n  %s\n", use)
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		for _, child := range c.Commands() {
			if child.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-*s %s\n", child.NamePadding(), child.Name(), child.Short)
			}
		}
	}
	for _, group := range flagsOf(c, groups) {
		if flags := section(c, group); flags.HasAvailableFlags() {
			fmt.Fprintf(w, "\n%s:\n%s\n", group.Title, strings.TrimRight(flags.FlagUsagesWrapped(helpWidth), "\n"))
		}
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nUse '%s COMMAND --help' for the flags and examples of a command.\n", c.CommandPath())
	}
}

// flagsOf returns the groups with the flags of one command, and a last group of those
// that are in none.
func flagsOf(c *cobra.Command, groups []FlagGroup) []FlagGroup {
	grouped := map[string]bool{}
	for _, group := range groups {
		for _, name := range group.Flags {
			if command, flag, qualified := strings.Cut(name, " "); qualified && command == c.Name() {
				grouped[flag] = true
			}
		}
	}
	var own []FlagGroup
	for _, group := range groups {
		flags := FlagGroup{Title: group.Title}
		for _, name := range group.Flags {
			command, flag, qualified := strings.Cut(name, " ")
			switch {
			case qualified && command == c.Name():
				flags.Flags = append(flags.Flags, flag)
			case !qualified && !grouped[name]:
				grouped[name] = true
				flags.Flags = append(flags.Flags, name)
			}
		}
		own = append(own, flags)
	}
	other := FlagGroup{Title: "Other flags"}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !grouped[f.Name] {
			other.Flags = append(other.Flags, f.Name)
		}
	})
	return append(own, other)
}

// section returns the flags of a group that a command has.
func section(c *cobra.Command, group FlagGroup) *pflag.FlagSet {
	set := pflag.NewFlagSet(group.Title, pflag.ContinueOnError)
	set.SortFlags = false
	for _, name := range group.Flags {
		if f := c.Flags().Lookup(name); f != nil {
			set.AddFlag(f)
		}
	}
	return set
}

// Ungrouped returns the flags of root and its commands that are in no group, and the
// names in groups that are no flag's, for tests. --help and --version need no group.
func Ungrouped(root *cobra.Command, groups []FlagGroup) (flags, names []string) {
	used := map[string]bool{}
	visit := func(c *cobra.Command) {
		lists := flagsOf(c, groups)
		for _, name := range lists[len(lists)-1].Flags {
			if name != "help" && name != "version" {
				flags = append(flags, c.Name()+" --"+name)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			used[f.Name], used[c.Name()+" "+f.Name] = true, true
		})
	}
	visit(root)
	for _, c := range root.Commands() {
		visit(c)
	}
	for _, group := range groups {
		for _, name := range group.Flags {
			if !used[name] {
				names = append(names, name)
			}
		}
	}
	return flags, names
}
