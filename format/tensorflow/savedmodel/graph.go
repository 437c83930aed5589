package savedmodel

import (
	"errors"
	"io/fs"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/format/tensorflow/bundle"
)

// readGraph reads the graph of the signature that serves.
func readGraph(s *saved, folder fs.FS, options Options) (*network.Network, error) {
	g, err := s.signature()
	if err != nil {
		return nil, err
	}
	if s.graph == nil {
		return nil, damaged(File, "it has no graph")
	}
	from := tensorflow.Saved{Graph: s.graph, Inputs: g.inputs, Outputs: g.outputs}
	b, err := bundle.Open(folder, pathVariables)
	switch {
	case errors.Is(err, fs.ErrNotExist): // of constants only
	case err != nil:
		return nil, err
	default:
		v := &variables{b, map[string]*tensorflow.Variable{}}
		from.Variables = v
		for _, name := range b.Names() {
			from.Size += int(b.Size(name))
		}
	}
	return options.Graph.ReadSaved(from)
}

// variables are the variables of a bundle, each read once.
type variables struct {
	*bundle.Bundle
	known map[string]*tensorflow.Variable
}

// Variable returns a variable by its name in the checkpoint.
func (v *variables) Variable(name string) (*tensorflow.Variable, error) {
	if known := v.known[name]; known != nil {
		return known, nil
	}
	t, err := v.Tensor(name)
	if err != nil {
		return nil, err
	}
	v.known[name] = &tensorflow.Variable{Shape: t.Shape, Data: t.Floats()}
	return v.known[name], nil
}
