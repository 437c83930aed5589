package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Builtin starts the name of a model inside the binary.
const Builtin = "builtin:"

// ModelHelp says what may stand for a model, for the commands' help.
const ModelHelp = "A MODEL is the path of a .rnn file, or builtin:NAME for one inside the binary."

// OpenModel opens the model of that path or builtin:NAME.
func OpenModel(name string, opts ...rnn.Option) (*rnn.Model, error) {
	builtin, ok := strings.CutPrefix(name, Builtin)
	if !ok {
		return rnn.Open(name, opts...)
	}
	data, err := models.File(builtin)
	if err != nil {
		return nil, err
	}
	m, err := rnn.Load(data, opts...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// ModelSize returns the number of bytes of the model's file.
func ModelSize(name string) (int64, error) {
	if builtin, ok := strings.CutPrefix(name, Builtin); ok {
		data, err := models.File(builtin)
		return int64(len(data)), err
	}
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// ModelFlag adds the flag --model to a command, with shell completion.
func ModelFlag(c *cobra.Command, name *string, builtin string) {
	usage := "path of a .rnn file, or builtin:NAME"
	c.Flags().StringVarP(name, "model", "m", builtin, usage)
	if err := c.RegisterFlagCompletionFunc("model", CompleteModel); err != nil {
		panic(err) // the flag exists
	}
}

// CompleteModel completes a model's name: builtin:NAME, or a file.
func CompleteModel(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, name := range models.Names() {
		if strings.HasPrefix(Builtin+name, word) {
			names = append(names, Builtin+name)
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}
