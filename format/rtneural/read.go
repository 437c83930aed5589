package rtneural

import (
	"bytes"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// Match reports whether data may be JSON.
func Match(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{"))
}

// Read reads a model. If the file is only a state_dict, which does not tell its whole network,
// Read returns the tensors instead. The error is a [*network.ImportError], or a
// [*network.Error] if the layers do not fit together.
func Read(data []byte) (n *network.Network, state []statedict.Tensor, err error) {
	return ReadReported(data, nil)
}

// ReadReported reads a model as [Read] does, and reports what becomes of its layers.
// The report may be nil.
func ReadReported(data []byte, r *network.Report) (n *network.Network, state []statedict.Tensor, err error) {
	v, err := parse(data)
	if err != nil {
		return nil, nil, err
	}
	o, ok := v.(*object)
	if !ok {
		return nil, nil, unsupported("JSON", "it is not an object")
	}
	switch {
	case o.values["layers"] != nil:
		n, err = readKeras(o, len(data), r)
	case o.values["model_data"] != nil:
		n, err = readSimpleRNN(o, r)
	case isNAM(o):
		n, err = readNAM(o, r)
	default:
		if err = foreign(o); err == nil {
			state, err = stateDict(o)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return n, state, nil
}

// stateDict returns the tensors of an object of arrays by name.
func stateDict(o *object) ([]statedict.Tensor, error) {
	var tensors []statedict.Tensor
	for _, name := range o.keys {
		t, ok := o.values[name].(*tensor)
		if !ok {
			return nil, unsupported(name, "it is not an array of numbers in equal rows, as a tensor of a state_dict is; "+
				`an object is known with "layers" (RTNeural, AIDA-X), with "model_data" and "state_dict" (guitar amplifiers), with "architecture", "config" and "weights" (Neural Amp Modeler), or with tensors only; any other JSON by an --arch file with "tensors" (docs/arch.md)`)
		}
		tensors = append(tensors, statedict.Tensor{Name: name, DType: "number", Shape: t.shape, Data: t.data})
	}
	return tensors, nil
}
