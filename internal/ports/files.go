// Package ports connects the inputs and outputs of models with files.
package ports

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// Files are the files that a flag names: one file with all inputs or outputs of a model
// side by side, an .npz with all of them, or one file for each.
type Files struct {
	All  string   // the single file; "": there are several
	Each []string // of each input or output; "": none
}

// Paths returns the files.
func (f *Files) Paths() (list []string) {
	for _, path := range append([]string{f.All}, f.Each...) {
		if path != "" {
			list = append(list, path)
		}
	}
	return list
}

// Archive reports whether all inputs or outputs are arrays of an .npz file.
func (f *Files) Archive() bool { return isArchive(f.All) }

func isArchive(path string) bool { return strings.EqualFold(filepath.Ext(path), ".npz") }

// Several reports whether the inputs or outputs are separate.
func (f *Files) Several() bool { return f.All == "" || f.Archive() }

// ConnectInputs is [Connect] for the inputs of a model, each of which needs a file.
func ConnectInputs(flag string, args []string, inputs []format.Input) (Files, error) {
	var names []string
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	f, err := Connect(flag, "input", args, names)
	if err != nil {
		return f, err
	}
	for i, path := range f.Each {
		if path == "" {
			return f, cli.Usagef("%s: the model also reads the input %s: give %s %s=FILE", flag, message.Quote(names[i]), flag, cli.Printable(names[i]))
		}
	}
	return f, nil
}

// Connect finds the file for each name from the arguments of a flag, NAME=FILE or one
// FILE. what describes in errors what has the names: "input" or "output". Errors are
// usage errors.
func Connect(flag, what string, args, names []string) (f Files, err error) {
	f.Each = make([]string, len(names))
	for _, arg := range args {
		i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(arg, name+"=") })
		switch {
		case i < 0 && len(args) == 1:
			return Files{All: arg}, nil
		case i < 0:
			return f, cli.Usagef("%s %s: the model has no %s with this name; give NAME=FILE, with one of %s", flag, message.Quote(arg), what, message.List(names))
		case f.Each[i] != "":
			return f, cli.Usagef("%s: the %s %s has two files", flag, what, message.Quote(names[i]))
		}
		path := arg[len(names[i])+1:]
		switch {
		case path == "":
			return f, cli.Usagef("%s %s: give NAME=FILE", flag, message.Quote(arg))
		case isArchive(path):
			return f, cli.Usagef("%s %s: an .npz file has all arrays: give %s FILE.npz alone", flag, message.Quote(arg), flag)
		case path == "-" && slices.Contains(f.Each, "-"):
			return f, cli.Usagef("%s: - can stand for only one %s", flag, what)
		}
		f.Each[i] = path
	}
	return f, nil
}
