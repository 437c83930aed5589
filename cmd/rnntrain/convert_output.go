package main

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// implyOutput adds the output function to a classifier or a tagger whose outputs are
// logits: the softmax, or the sigmoid if there is only one output. In training, the loss
// applied this function. A note reports it.
func implyOutput(n *network.Network) {
	classes := n.Task == format.TaskClassify || n.Task == format.TaskTag
	if !classes || n.Output != format.OutputLinear || n.Skip || hasFunction(n) {
		return
	}
	n.Output = format.OutputSoftmax
	if n.OutputSize() == 1 {
		n.Output = format.OutputSigmoid
	}
	n.Notes = append(n.Notes, "the outputs of "+n.Task.String()+" are assumed to be logits, since the file has no function after its last layer: the model applies "+
		n.Output.String()+" to them; for a state_dict, --output-function linear keeps the logits")
}

// hasFunction reports whether the network's last layer has an activation function, or
// there is no layer whose outputs could be logits.
func hasFunction(n *network.Network) bool {
	if g := n.Graph; g != nil {
		if len(g.Outputs) != 1 {
			return true
		}
		i := g.Outputs[0].Value - len(g.Inputs)
		for ; i >= 0; i = g.Nodes[i].Inputs[0] - len(g.Inputs) {
			if kind := g.Nodes[i].Kind(); kind != "reshape" && kind != "slice" && kind != "concat" && kind != "transpose" {
				break
			}
		}
		if i < 0 {
			return true
		}
		l, layer := g.Nodes[i].Op.(*format.Layer)
		return g.Nodes[i].Kind() == "map" || layer && !l.Cell.Recurrent() && len(l.Directions[0].Activations) > 0
	}
	if len(n.Layers) == 0 {
		return true
	}
	last := &n.Layers[len(n.Layers)-1]
	return last.Dense() && last.Activation.Kind != format.ActivationNone
}
