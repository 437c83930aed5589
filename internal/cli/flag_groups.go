package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A FlagGroup is a section of flags in the help of commands.
type FlagGroup struct {
	Title string

	// Flags are names of flags, the most important first. A command need not have all of
	// them. The name "bench/time" means --time of the command bench only, if --time has
	// another meaning there.
	Flags []string
}

// helpWidth is the longest line of a flag's description, in characters.
const helpWidth = 100

// GroupFlags makes the help of root and its commands list flags in these groups, in their
// order. A flag in no group comes last, among the other flags.
func GroupFlags(root *cobra.Command, groups []FlagGroup) {
	root.SetUsageFunc(func(c *cobra.Command) error {
		writeUsage(c.OutOrStdout(), c, groups)
		return nil
	})
}

// writeUsage writes the usage of a command: its form, examples, commands and flags.
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
	for _, section := range Sections(c, groups) {
		fmt.Fprintf(w, "\n%s:\n%s\n", section.Title, strings.TrimRight(section.Flags.FlagUsagesWrapped(helpWidth), "\n"))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nUse '%s COMMAND --help' for the flags and examples of a command.\n", c.CommandPath())
	}
}

// A Section is what the help of a command shows of a group.
type Section struct {
	Title string
	Flags *pflag.FlagSet // in the group's order, hidden ones among them
}

// Sections returns the sections of a command's flags in the order of groups, and after
// them the other flags. Each has a flag to show.
func Sections(c *cobra.Command, groups []FlagGroup) []Section {
	var sections []Section
	add := func(title string, flags *pflag.FlagSet) {
		if flags.HasAvailableFlags() {
			sections = append(sections, Section{title, flags})
		}
	}
	for i, group := range groups {
		set := newSet()
		for _, name := range group.Flags {
			name = strings.TrimPrefix(name, c.Name()+"/")
			if f := c.Flags().Lookup(name); f != nil && groupOf(c, name, groups) == i {
				set.AddFlag(f)
			}
		}
		add(group.Title, set)
	}
	others := newSet()
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if groupOf(c, f.Name, groups) == noGroup {
			others.AddFlag(f)
		}
	})
	add("Other flags", others)
	return sections
}

// newSet returns a set of flags that keeps their order.
func newSet() *pflag.FlagSet {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.SortFlags = false
	return set
}

const noGroup = -1

// groupOf returns the index of a flag's group. A name with the command takes precedence.
func groupOf(c *cobra.Command, flag string, groups []FlagGroup) int {
	for _, name := range []string{c.Name() + "/" + flag, flag} {
		for i, group := range groups {
			if slices.Contains(group.Flags, name) {
				return i
			}
		}
	}
	return noGroup
}

// Ungrouped returns, for tests, the flags of root and its commands that are in no group,
// and the names in groups that are not flags. --help and --version need no group.
func Ungrouped(root *cobra.Command, groups []FlagGroup) (flags, names []string) {
	used := map[string]bool{}
	visit := func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && f.Name != "version" && groupOf(c, f.Name, groups) == noGroup {
				flags = append(flags, c.Name()+" --"+f.Name)
			}
			used[f.Name], used[c.Name()+"/"+f.Name] = true, true
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
