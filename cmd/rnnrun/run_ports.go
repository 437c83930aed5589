package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Files are what -i or -o names: one file for all inputs or outputs of the model side
// by side, or an .npz of them, or a file for each.
type files struct {
	all   string   // the one; "": there are several
	ports []string // of each input or output; "": none
}

// paths returns the files.
func (f *files) paths() (list []string) {
	for _, path := range append([]string{f.all}, f.ports...) {
		if path != "" {
			list = append(list, path)
		}
	}
	return list
}

// archive reports whether all inputs or outputs are arrays of an .npz file.
func (f *files) archive() bool { return isArchive(f.all) }

func isArchive(path string) bool { return strings.EqualFold(filepath.Ext(path), ".npz") }

// several reports whether the inputs or outputs are apart.
func (f *files) several() bool { return f.all == "" || f.archive() }

// connect finds out which file is for which input and output of the model.
func (v *conversion) connect(m *rnn.Model) (err error) {
	var inputs, outputs []string
	for _, in := range m.Inputs() {
		inputs = append(inputs, in.Name)
	}
	for _, out := range m.Outputs() {
		outputs = append(outputs, out.Name)
	}
	if v.input, err = connect("-i", "input", v.inputFlags, inputs); err != nil {
		return err
	}
	for i, path := range v.input.ports {
		if path == "" {
			return cli.Usagef("-i: the model also reads the input %s: give -i %s=FILE", message.Quote(inputs[i]), cli.Printable(inputs[i]))
		}
	}
	v.output, err = connect("-o", "output", v.outputFlags, outputs)
	return err
}

// connect finds out which arguments of a flag, NAME=FILE or one FILE, are for which
// names.
func connect(flag, what string, args, names []string) (f files, err error) {
	f.ports = make([]string, len(names))
	for _, arg := range args {
		i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(arg, name+"=") })
		switch {
		case i < 0 && len(args) == 1:
			return files{all: arg}, nil
		case i < 0:
			return f, cli.Usagef("%s %s: the model has no %s of this name; give NAME=FILE, with one of %s", flag, message.Quote(arg), what, message.List(names))
		case f.ports[i] != "":
			return f, cli.Usagef("%s: the %s %s has two files", flag, what, message.Quote(names[i]))
		}
		path := arg[len(names[i])+1:]
		switch {
		case path == "":
			return f, cli.Usagef("%s %s: give NAME=FILE", flag, message.Quote(arg))
		case isArchive(path):
			return f, cli.Usagef("%s %s: an .npz file is for all: %s FILE.npz", flag, message.Quote(arg), flag)
		case path == "-" && slices.Contains(f.ports, "-"):
			return f, cli.Usagef("%s: - is for one %s", flag, what)
		}
		f.ports[i] = path
	}
	return f, nil
}
