package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Builtin starts the name of a model inside the binary.
const Builtin = "builtin:"

// ModelHelp says what may stand for a model, for the commands' help.
const ModelHelp = "A MODEL is the path of a .rnn file, or builtin:NAME for one inside the binary."

// A Network is a model of either kind: an [*rnn.Model] or an
// [*rnn.EncoderDecoder].
type Network interface {
	Description() *format.Model
	Kernels() string
	Golden(tokens []int32, xs []float32) (format.Golden, error)
	Verify() error
	Close() error
}

// OpenModel opens the model of that path or builtin:NAME. The error wraps
// [rnn.ErrTranslates] if it translates.
func OpenModel(name string, opts ...rnn.Option) (*rnn.Model, error) {
	return open(name, rnn.Open, rnn.Load, opts)
}

// OpenNetwork opens the model of that path or builtin:NAME, of either kind.
func OpenNetwork(name string, opts ...rnn.Option) (Network, error) {
	m, err := OpenModel(name, opts...)
	if errors.Is(err, rnn.ErrTranslates) {
		return network(open(name, rnn.OpenEncoderDecoder, rnn.LoadEncoderDecoder, opts))
	}
	return network(m, err)
}

// NewNetwork makes a model from its description, of either kind.
func NewNetwork(description *format.Model, opts ...rnn.Option) (Network, error) {
	if description.Task == format.TaskTranslate {
		return network(rnn.NewEncoderDecoder(description, opts...))
	}
	return network(rnn.New(description, opts...))
}

func network[M Network](m M, err error) (Network, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

func open[M any](name string, openFile func(string, ...rnn.Option) (M, error), load func([]byte, ...rnn.Option) (M, error),
	opts []rnn.Option) (m M, err error) {
	builtin, ok := strings.CutPrefix(name, Builtin)
	if !ok {
		return openFile(name, opts...)
	}
	data, err := models.File(builtin)
	if err != nil {
		return m, err
	}
	if m, err = load(data, opts...); err != nil {
		return m, fmt.Errorf("%s: %w", name, err)
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
