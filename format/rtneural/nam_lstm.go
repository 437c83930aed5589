package rtneural

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// readNAMLSTM reads LSTM layers with learned initial states, and a linear layer.
// A layer has weights [4 · units][inputs + units] for the gates i f g o, then its
// bias, h and c.
func readNAMLSTM(o *object, w *namWeights) (*network.Network, error) {
	if err := o.idle("config", "input_size", "hidden_size", "num_layers"); err != nil {
		return nil, err
	}
	s, err := o.sizes("input_size", "hidden_size", "num_layers")
	if err != nil {
		return nil, err
	}
	n := &network.Network{}
	inputs, units := s["input_size"], s["hidden_size"]
	for i := range s["num_layers"] {
		d, err := takeNAMCell(w, inputs, units)
		if err != nil {
			return nil, err
		}
		n.Layers = append(n.Layers, network.Layer{Cell: format.CellLSTM, InputSize: inputs, HiddenSize: units, Directions: []network.Direction{d}})
		w.report.Add(fmt.Sprintf("layer %d", i), "LSTM", network.Taken, "%v", &n.Layers[i])
		inputs = units
	}
	head, err := w.take("the linear layer", 1, units)
	if err != nil {
		return nil, err
	}
	bias, err := w.take("the bias of the linear layer", 1, 1)
	if err != nil {
		return nil, err
	}
	n.Layers = append(n.Layers, network.NewDense("", units, 1, head, bias))
	w.report.Add("head", "linear", network.Taken, "%v", &n.Layers[len(n.Layers)-1])
	return n, nil
}

func takeNAMCell(w *namWeights, inputs, units int) (d network.Direction, err error) {
	joined, err := w.take("the weights of an LSTM", 4*units, inputs+units)
	if err != nil {
		return d, err
	}
	for row := range 4 * units {
		columns := joined[row*(inputs+units):]
		d.WeightIH = append(d.WeightIH, columns[:inputs]...)
		d.WeightHH = append(d.WeightHH, columns[inputs:inputs+units]...)
	}
	if d.BiasIH, err = w.take("the bias of an LSTM", 4, units); err != nil {
		return d, err
	}
	if d.H0, err = w.take("the state h of an LSTM", 1, units); err != nil {
		return d, err
	}
	d.C0, err = w.take("the state c of an LSTM", 1, units)
	return d, err
}
