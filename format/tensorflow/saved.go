package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
)

// A Saved is a graph of a SavedModel.
type Saved struct {
	Graph     []byte // GraphDef
	Inputs    []Port
	Outputs   []Port
	Variables Variables
	Size      int // bytes of the variables
}

// A Port is an input or output with its name in a signature, and its reference in the
// graph: "serving_default_x:0".
type Port struct{ Name, Tensor string }

// ReadSaved reads a graph with its variables. [Options.Output] is the name of an output,
// empty for all. The error is as that of Read.
func (o Options) ReadSaved(s Saved) (*network.Network, error) {
	g, err := (&parser{most(len(s.Graph))}).graph(s.Graph)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, in := range s.Inputs {
		if !slices.ContainsFunc(g.nodes, func(n *node) bool { return n.name == in.Name }) {
			names[parseReference(in.Tensor).node] = in.Name
		}
	}
	p, err := g.lower(names)
	if err != nil {
		return nil, err
	}
	from := &source{nodes: p.nodes, variables: s.Variables, size: len(s.Graph) + s.Size}
	for _, out := range s.Outputs {
		if o.Output == "" || o.Output == out.Name {
			from.outputs = append(from.outputs, port{out.Name, p.reference(&p.whole, out.Tensor)})
		}
	}
	if len(from.outputs) == 0 {
		var list []string
		for _, out := range s.Outputs {
			list = append(list, out.Name)
		}
		return nil, network.Refuse(network.ErrUnsupported, o.Output, "it is not an output of the signature (--output), which has %s", quotes(list))
	}
	return o.network(from)
}
