package savedmodel

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/format/tensorflow"
)

// maxPorts bounds how many inputs or outputs a signature has.
const maxPorts = 256

// A signature is a way to call a model.
type signature struct {
	name            string
	inputs, outputs []tensorflow.Port
}

// The names of signatures that are never chosen.
const (
	serving    = "serving_default"
	initialize = "__saved_model_init_op"
)

// signature returns the signature that serves, or else the only one.
func (s *saved) signature() (*signature, error) {
	var list []*signature
	for _, b := range s.entries {
		var g signature
		err := protobuf.ReadFields("SignatureDefEntry", b, 0, func(f protobuf.Field) error {
			switch f.Number {
			case 1:
				return f.Text(&g.name)
			case 2:
				return g.read(f)
			}
			return f.Unknown()
		})
		if err != nil {
			return nil, err
		}
		if g.name == serving {
			return &g, nil
		}
		if g.name != initialize && len(g.outputs) > 0 {
			list = append(list, &g)
		}
	}
	switch len(list) {
	case 0:
		return nil, unsupported("", "it has no signature, which describes its inputs and outputs: save it with one, tf.saved_model.save(model, DIR, signatures=model.call.get_concrete_function(tf.TensorSpec(…)))")
	case 1:
		return list[0], nil
	}
	var names []string
	for _, g := range list[:min(len(list), 8)] {
		names = append(names, network.Quote(g.name))
	}
	return nil, network.Refuse(network.ErrAmbiguous, "", "it has the signatures %s, and none with the name %s: save it with one", strings.Join(names, ", "), serving)
}

// read reads a SignatureDef.
func (g *signature) read(f protobuf.Field) error {
	return f.Message("SignatureDef", protobuf.Numbers(1, 2, 4), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return readPort(f, &g.inputs)
		case 2:
			return readPort(f, &g.outputs)
		case 3, 4: // what it is for, defaults
			return nil
		}
		return f.Unknown()
	})
}

// readPort reads an entry of a map of TensorInfos, which are sorted by their names.
func readPort(f protobuf.Field, list *[]tensorflow.Port) error {
	var p tensorflow.Port
	err := f.Message("TensorInfoEntry", 0, func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			return f.Text(&p.Name)
		case 2:
			return f.Message("TensorInfo", 0, func(f protobuf.Field) error {
				switch f.Number {
				case 1:
					return f.Text(&p.Tensor)
				case 2, 3: // its type and shape, which the graph has
					return nil
				}
				return unsupported(p.Name, "it is not a plain tensor")
			})
		}
		return f.Unknown()
	})
	if err == nil && len(*list) == maxPorts {
		err = unsupported("", "a signature of more than %d inputs or outputs", maxPorts)
	}
	i, _ := slices.BinarySearchFunc(*list, p, func(a, b tensorflow.Port) int { return strings.Compare(a.Name, b.Name) })
	*list = slices.Insert(*list, i, p)
	return err
}
