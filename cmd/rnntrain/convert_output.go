package main

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// implyOutput gives a classifier or a tagger whose outputs are logits the
// function that its loss applied to them in training: the softmax, or the
// sigmoid if there is only one output. A note says so.
func implyOutput(n *network.Network) {
	classes := n.Task == format.TaskClassify || n.Task == format.TaskTag
	if !classes || n.Output != format.OutputLinear || n.Skip || len(n.Layers) == 0 {
		return
	}
	if last := &n.Layers[len(n.Layers)-1]; last.Dense() && last.Activation.Kind != format.ActivationNone {
		return // it is the function of the outputs
	}
	n.Output = format.OutputSoftmax
	if n.OutputSize() == 1 {
		n.Output = format.OutputSigmoid
	}
	n.Notes = append(n.Notes, "the outputs of "+n.Task.String()+" are taken to be logits, since the file has no function after its last layer: the model applies "+
		n.Output.String()+" to them; of a state_dict, --output-function linear leaves the logits")
}
