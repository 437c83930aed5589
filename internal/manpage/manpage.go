// Package manpage writes the manual pages of a command and its subcommands with the
// man(7) macros. The commands link it only with the build tag man.
package manpage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// Write writes a page in section 1 for root and for each of its subcommands to a folder,
// which it creates. The options are in the groups of the help. date is the date on the
// pages.
func Write(root *cobra.Command, groups []cli.FlagGroup, folder string, date time.Time) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return write(root, groups, folder, date)
}

func write(c *cobra.Command, groups []cli.FlagGroup, folder string, date time.Time) error {
	if err := os.WriteFile(filepath.Join(folder, name(c)+".1"), []byte(Page(c, groups, date)), 0o644); err != nil {
		return err
	}
	for _, child := range documented(c) {
		if err := write(child, groups, folder, date); err != nil {
			return err
		}
	}
	return nil
}

// Page returns the manual page of a command, with a heading for each group of options.
func Page(c *cobra.Command, groups []cli.FlagGroup, date time.Time) string {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	var b strings.Builder
	fmt.Fprintf(&b, ".TH \"%s\" 1 \"%s\" \"%s\" \"User Commands\"\n", escape(strings.ToUpper(name(c))), date.UTC().Format(time.DateOnly), escape(c.Root().Name()))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", escape(name(c)), escape(lowerFirst(c.Short)))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", escape(c.UseLine()))
	b.WriteString(".SH DESCRIPTION\n")
	b.WriteString(text(description(c)))
	b.WriteString(".SH OPTIONS\n")
	for _, section := range cli.Sections(c, groups) {
		fmt.Fprintf(&b, ".SS %s\n", escape(section.Title))
		writeOptions(&b, section.Flags)
	}
	if c.Example != "" {
		b.WriteString(".SH EXAMPLES\n" + verbatim(strings.Split(strings.Trim(c.Example, "\n"), "\n")))
	}
	writeSeeAlso(&b, c)
	return b.String()
}

// name returns the name of a command's page: the words of the command, joined by hyphens.
func name(c *cobra.Command) string {
	return strings.ReplaceAll(c.CommandPath(), " ", "-")
}

// documented returns the subcommands with a page: all except help, and completion, whose
// scripts are installed beside the pages.
func documented(c *cobra.Command) []*cobra.Command {
	var children []*cobra.Command
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() && !child.IsAdditionalHelpTopicCommand() && child.Name() != "completion" {
			children = append(children, child)
		}
	}
	return children
}

func description(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short
}

func writeOptions(b *strings.Builder, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		b.WriteString(".TP\n")
		if f.Shorthand != "" {
			fmt.Fprintf(b, "\\fB\\-%s\\fR, ", escape(f.Shorthand))
		}
		fmt.Fprintf(b, "\\fB\\-\\-%s\\fR", escape(f.Name))
		if kind != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", escape(kind))
		}
		b.WriteByte('\n')
		if shown(f) {
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		b.WriteString(filled(strings.Split(usage, "\n")))
	})
}

// shown reports whether the default of a flag is worth showing.
func shown(f *pflag.Flag) bool {
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
		return false
	}
	return true
}

func writeSeeAlso(b *strings.Builder, c *cobra.Command) {
	var pages []string
	if c.HasParent() {
		pages = append(pages, name(c.Parent()))
	}
	for _, child := range documented(c) {
		pages = append(pages, name(child))
	}
	if len(pages) == 0 {
		return
	}
	b.WriteString(".SH SEE ALSO\n")
	for i, page := range pages {
		comma := ","
		if i == len(pages)-1 {
			comma = ""
		}
		fmt.Fprintf(b, ".BR %s (1)%s\n", escape(page), comma)
	}
}

// text returns paragraphs, which are filled to the width of the terminal. Indented lines
// are not filled.
func text(s string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		lines := strings.Split(strings.Trim(paragraph, "\n"), "\n")
		for len(lines) > 0 {
			n := 1
			for n < len(lines) && indented(lines[n]) == indented(lines[0]) {
				n++
			}
			if indented(lines[0]) {
				b.WriteString(verbatim(lines[:n]))
			} else {
				b.WriteString(filled(lines[:n]))
			}
			lines = lines[n:]
		}
	}
	return b.String()
}

func indented(line string) bool { return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") }

// filled returns a paragraph that is filled to the width of the page.
func filled(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(safe(line) + "\n")
	}
	return b.String()
}

// verbatim returns lines that are not filled.
func verbatim(lines []string) string {
	return ".nf\n" + strings.ReplaceAll(filled(lines), "\t", "    ") + ".fi\n"
}

// safe returns a line of text that troff does not read as a request.
func safe(line string) string {
	line = escape(strings.TrimRight(line, " "))
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}

// escape escapes a text so that troff prints the same characters. Unescaped, a hyphen
// would not be a minus that can be copied, and a quotation mark would be curved.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).Replace(s)
}

func lowerFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}
