package rtneural

import (
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/message"
)

// readSimpleRNN reads the PyTorch network of guitar amplifiers.
func readSimpleRNN(o *object, r *network.Report) (*network.Network, error) {
	notes, err := o.takeKeys("model_data", "state_dict")
	if err != nil {
		return nil, err
	}
	data, ok1 := o.values["model_data"].(*object)
	state, ok2 := o.values["state_dict"].(*object)
	if !ok1 || !ok2 {
		return nil, damaged("JSON", `"model_data" and "state_dict" must be objects`)
	}
	if err := data.known("model_data", "model", "input_size", "output_size", "hidden_size", "num_layers", "unit_type", "skip", "bias_fl"); err != nil {
		return nil, err
	}
	if model, ok := data.values["model"]; ok && model != "SimpleRNN" {
		return nil, unsupported("model", "the model %v is not SimpleRNN, a recurrent unit and a linear layer; save its state_dict by itself, and describe the network with --arch", model)
	}
	sizes := map[string]int{}
	for _, key := range []string{"input_size", "output_size", "hidden_size", "num_layers", "skip"} {
		v, found := data.values[key]
		n, ok := integer(v)
		if !ok && (found || key != "num_layers" && key != "skip") {
			return nil, damaged(key, "it is missing, or not a whole number")
		}
		if !found && key == "num_layers" {
			n = 1
		}
		sizes[key] = n
	}
	tensors, err := stateDict(state)
	if err != nil {
		return nil, err
	}
	a := &statedict.Architecture{Pool: "none"}
	if data.values["unit_type"] == "RNN" {
		a.Nonlinearity = "tanh" // nn.RNN's default
	}
	n, err := statedict.Network(tensors, a)
	statedict.Account(r, tensors, a, n)
	if err != nil {
		return nil, err
	}
	if err := agree(n, data, sizes); err != nil {
		return nil, err
	}
	n.Notes = append(n.Notes, notes...)
	return n, skip(n, sizes["skip"])
}

// agree compares the network of the tensors with its description.
func agree(n *network.Network, data *object, sizes map[string]int) error {
	last := len(n.Layers) - 1
	for i := range n.Layers {
		l := &n.Layers[i]
		if i == last {
			if !l.Dense() {
				return network.Refuse(network.ErrShape, "state_dict", "it lacks the linear layer")
			}
			break
		}
		if l.Cell.String() != data.values["unit_type"] || len(l.Directions) != 1 {
			return network.Refuse(network.ErrShape, "unit_type", "it is %v, but the tensors are those of a %v of %s", data.values["unit_type"], l.Cell, message.Count(len(l.Directions), "direction"))
		}
		if l.HiddenSize != sizes["hidden_size"] || l.ProjectionSize != 0 {
			return network.Refuse(network.ErrShape, "hidden_size", "it is %d, but the tensors have %s", sizes["hidden_size"], message.Count(l.HiddenSize, "unit"))
		}
	}
	bias := n.Layers[last].Directions[0].BiasIH != nil
	flag, given := data.values["bias_fl"].(bool)
	switch {
	case n.Embedding != nil || n.InputSize() != sizes["input_size"]:
		return network.Refuse(network.ErrShape, "input_size", "it is %d, but the tensors have %s", sizes["input_size"], message.Count(n.InputSize(), "input"))
	case n.OutputSize() != sizes["output_size"]:
		return network.Refuse(network.ErrShape, "output_size", "it is %d, but the tensors have %s", sizes["output_size"], message.Count(n.OutputSize(), "output"))
	case last != sizes["num_layers"]:
		return network.Refuse(network.ErrShape, "num_layers", "it is %d, but the tensors have %s", sizes["num_layers"], message.Count(last, "layer"))
	case given && flag != bias:
		return network.Refuse(network.ErrShape, "bias_fl", "it is %v, but the tensors of the linear layer tell otherwise", flag)
	}
	return nil
}

// skip adds the first channels of the input to the outputs, which a network can
// do if there are enough of them.
func skip(n *network.Network, channels int) error {
	switch {
	case channels == 0:
	case channels <= n.InputSize() && channels == n.OutputSize():
		n.Skip = true
	default:
		return unsupported("skip", "%d of %d inputs are added to %d outputs", channels, n.InputSize(), n.OutputSize())
	}
	return nil
}
