// Package clitest has tests that the commands share.
package clitest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// CheckExamples returns an error for every indented line in the examples of root's commands,
// and of text, that calls root in a way that the command line does not allow: a flag
// that does not exist, or a wrong number of arguments. Each of root's commands must
// have an example of its own. newRoot makes the command anew, since parsing sets flags.
func CheckExamples(newRoot func() *cobra.Command, text string) error {
	root := newRoot()
	name := root.Name()
	errs := []error{checkLines(newRoot, name, root.Example+"\n"+text)}
	for _, c := range root.Commands() {
		if !strings.Contains(c.Example, name+" "+c.Name()) {
			errs = append(errs, fmt.Errorf("%s has no example of its own", c.CommandPath()))
		}
		errs = append(errs, checkLines(newRoot, name, c.Example))
	}
	if !root.HasSubCommands() && !strings.Contains(root.Example, name+" ") {
		errs = append(errs, fmt.Errorf("%s has no example", name))
	}
	return errors.Join(errs...)
}

func checkLines(newRoot func() *cobra.Command, name, text string) error {
	var errs []error
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "  ") {
			continue // prose
		}
		for _, words := range shellCommands(strings.TrimSpace(line)) {
			if words[0] != name {
				continue
			}
			if err := checkLine(newRoot(), words[1:]); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", strings.TrimSpace(line), err))
			}
		}
	}
	return errors.Join(errs...)
}

func checkLine(root *cobra.Command, args []string) error {
	c, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if err := c.ValidateRequiredFlags(); err != nil {
		return err
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err
	}
	if c.PreRunE != nil {
		return c.PreRunE(c, c.Flags().Args())
	}
	return nil
}

// shellCommands returns the words of the commands of a line of shell, which pipes,
// semicolons and redirections part.
func shellCommands(line string) [][]string {
	var commands [][]string
	var words []string
	var word strings.Builder
	inWord := false
	endWord := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	var quote rune
	skip := false // after a redirection
	endCommand := func() {
		endWord()
		if len(words) > 0 {
			commands = append(commands, words)
		}
		words, skip = nil, false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '|' || r == ';':
			endCommand()
		case r == '>' || r == '<':
			endWord()
			skip = true
		case r == ' ':
			endWord()
		case !skip:
			inWord = true
			word.WriteRune(r)
		}
	}
	endCommand()
	return commands
}
