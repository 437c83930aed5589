package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Builtin is the prefix of the name of a model inside the binary.
const Builtin = "builtin:"

const modelHelp = `A MODEL is the path of a .rnn file, or builtin:NAME for one inside the binary.
The file is read once, at the start, and may be a pipe.
`

// LongHelp returns the long help of a command: these parts, and a description of MODEL. It
// joins them at run time, so that the binary has each part once.
func LongHelp(parts ...string) string {
	return strings.Join(parts, "") + modelHelp
}

// A Network is a model of either kind: an [*rnn.Model] or an
// [*rnn.EncoderDecoder].
type Network interface {
	Description() *format.Model
	Kernels() string
	Golden(tokens []int32, xs []float32) (format.Golden, error)
	Verify() error
	SessionBytes() int
	SequenceBytes(steps int) int
	Close() error
}

// OpenModel opens the model with that path or builtin:NAME. The error wraps
// [rnn.ErrTranslates] if it is a translation model.
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

// OpenNetwork opens the model with that path or builtin:NAME, of either kind.
func OpenNetwork(name string, opts ...rnn.Option) (Network, error) {
	description, _, err := ReadModel(name)
	if err != nil {
		return nil, err
	}
	m, err := NewNetwork(description, opts...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// ReadModel returns the description of the model with that path or builtin:NAME, and the
// size of its file in bytes.
func ReadModel(name string) (description *format.Model, size int64, err error) {
	description, err = ReadModelFile(name, func(data []byte) { size = int64(len(data)) })
	return description, size, err
}

// ReadModelFile returns the description of the model with that path or builtin:NAME, after
// calling look with the bytes of its file. It reads the file once, so it may be a pipe.
func ReadModelFile(name string, look func(data []byte)) (*format.Model, error) {
	if builtin, ok := strings.CutPrefix(name, Builtin); ok {
		data, err := models.File(builtin)
		if err != nil {
			return nil, err
		}
		description, err := format.Read(format.Align(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		look(data)
		return description, nil
	}
	file, err := format.Open(name)
	if err != nil {
		return nil, err
	}
	look(file.Data)
	return file.Detach(), nil
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

// ModelFlag adds the flag --model to a command, with shell completion.
func ModelFlag(c *cobra.Command, name *string, builtin string) {
	usage := "a .rnn file, or builtin:NAME"
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
