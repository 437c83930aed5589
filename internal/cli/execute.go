// Package cli has what the commands rnnrun and rnntrain share: exit codes, model names,
// and JSON output.
package cli

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The exit codes.
const (
	OK     = 0
	Failed = 1
	Misuse = 2 // a wrong flag, a missing argument
)

// Usagef returns a usage error, such as a flag's value out of range.
func Usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Execute runs a command line and returns its exit code. It writes errors to stderr after
// the command's name, without control characters. A broken pipe ends the command quietly,
// because the reader of the output has seen enough.
func Execute(root *cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SilenceErrors = true
	root.SilenceUsage = true
	running := false
	noteRunning(root, &running)

	command, err := root.ExecuteC()
	var usage usageError
	switch {
	case err == nil:
		return OK
	case errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return Failed
	case !running, errors.As(err, &usage):
		fmt.Fprintf(stderr, "%s: %s%s\nTry '%s --help'.\n", root.Name(), errorText(explain(command, err), args), suggestFlag(command, err), command.CommandPath())
		return Misuse
	}
	fmt.Fprintf(stderr, "%s: %s\n", root.Name(), errorText(err, args))
	return Failed
}

// suggestFlag suggests the flag that an unknown one probably means.
func suggestFlag(c *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	return message.Suggestion("--"+unknown.GetSpecifiedName(), names)
}

// noteRunning makes every command set *running before it does its work. An error before
// that is a usage error.
func noteRunning(c *cobra.Command, running *bool) {
	if work := c.RunE; work != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			*running = true
			return work(c, args)
		}
	}
	for _, child := range c.Commands() {
		noteRunning(child, running)
	}
}
