package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnrun/rnnrun/internal/message"
)

// explain returns an error in how a command was called, with what to do about it: the
// errors of cobra and pflag tell only what they counted and could not parse.
func explain(c *cobra.Command, err error) error {
	var value *pflag.InvalidValueError
	var number *strconv.NumError
	if errors.As(err, &value) && errors.As(err, &number) {
		return fmt.Errorf("%s %s is %s", shortest(value.GetFlag()), message.Quote(value.GetValue()), fault(value.GetFlag(), number))
	}
	if c.HasSubCommands() {
		return err
	}
	given := c.Flags().Args()
	if wrong := c.ValidateArgs(given); wrong != nil && wrong.Error() == err.Error() {
		return explainArguments(c, given)
	}
	if wrong := c.ValidateRequiredFlags(); wrong != nil && wrong.Error() == err.Error() {
		return fmt.Errorf("%w: give %s", err, missingFlags(c))
	}
	return err
}

// fault says why a flag's value is not the number, or the truth value, that it must be.
func fault(f *pflag.Flag, err *strconv.NumError) string {
	kind := f.Value.Type()
	switch {
	case errors.Is(err, strconv.ErrRange):
		return "too large or too small"
	case kind == "bool":
		return "neither true nor false"
	case strings.HasPrefix(kind, "float"):
		return "not a number"
	case strings.HasPrefix(kind, "uint"):
		return "not a whole number from 0"
	}
	return "not a whole number"
}

// explainArguments shows the arguments that a command takes, and the flags that take files
// instead if it takes none.
func explainArguments(c *cobra.Command, given []string) error {
	if c.ValidateArgs(nil) != nil { // it needs arguments
		return fmt.Errorf("wrong number of arguments, %d; the usage is: %s", len(given), c.UseLine())
	}
	var flags []string
	for _, name := range []string{"model", "input"} {
		if f := c.Flags().Lookup(name); f != nil && f.Shorthand != "" {
			flags = append(flags, shortest(f)+" "+strings.ToUpper(name))
		}
	}
	text := fmt.Sprintf("%s takes no argument, but was given %s", c.CommandPath(), message.Quote(given[0]))
	if flags != nil {
		text += "; files follow flags: " + strings.Join(flags, " ")
	}
	return errors.New(text)
}

// shortest returns a flag as it is written: -o, or --dtype if it has no letter.
func shortest(f *pflag.Flag) string {
	if f.Shorthand != "" {
		return "-" + f.Shorthand
	}
	return "--" + f.Name
}

// missingFlags lists the required flags that were not given, and what they are for.
func missingFlags(c *cobra.Command) string {
	var missing []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if _, required := f.Annotations[cobra.BashCompOneRequiredFlag]; !required || f.Changed {
			return
		}
		name := shortest(f)
		if use := strings.TrimSuffix(f.Usage, " (required)"); use != "" {
			name += ", " + use
		}
		missing = append(missing, name)
	})
	return strings.Join(missing, "; ")
}
