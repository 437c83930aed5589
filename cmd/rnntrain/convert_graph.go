package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// graphNodes returns the number of nodes of a graph by kind: "12: 4 conv, 3 map, …".
func graphNodes(g *format.Graph) string {
	counts := map[string]int{}
	var kinds []string
	for i := range g.Nodes {
		kind := g.Nodes[i].Kind()
		if counts[kind] == 0 {
			kinds = append(kinds, kind)
		}
		counts[kind]++
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return counts[b] - counts[a] })
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", counts[kind], kind)
	}
	return fmt.Sprintf("%d: %s", len(g.Nodes), strings.Join(kinds, ", "))
}

// A graphPort is an input or an output of a graph, for a report.
type graphPort struct {
	what, name string
	format.Value
	function format.Output
}

// portsOf lists the inputs and the outputs of a graph.
func portsOf(d *format.Model) (list []graphPort) {
	values, _ := d.Graph.Values() // a valid graph gives no error
	for i, in := range d.Graph.Inputs {
		list = append(list, graphPort{what: "input", name: in.Name, Value: values[i]})
	}
	for _, out := range d.Graph.Outputs {
		list = append(list, graphPort{what: "output", name: out.Name, Value: values[out.Value], function: d.Output})
	}
	return list
}

// String describes the port: "gains, 1×22 per step".
func (p graphPort) String() string {
	text := fmt.Sprintf("%s, %v per step", cli.Printable(p.name), p.Value)
	if p.Tokens > 0 {
		text += fmt.Sprintf(", below %d", p.Tokens)
	}
	if !p.EachStep() {
		text = fmt.Sprintf("%s, %v per sequence", cli.Printable(p.name), p.Value)
	}
	if p.function != format.OutputLinear {
		text += fmt.Sprintf(", %v", p.function)
	}
	return text
}

func (p graphPort) json() cli.Object {
	return cli.Object{"name", p.name, "frames", p.Frames, "channels", p.Channels, "tokens", p.Tokens, "each_step", p.EachStep()}
}
