package main

import (
	"fmt"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A graphValue is the value of an input or a node of a graph.
type graphValue struct {
	format.Value
	what       string // the input's name, or the node's kind
	reads      []int  // values
	work       format.Work
	parameters int
	bytes      sizes
}

// graphValues returns the values of a model's graph, in their order.
func graphValues(d *format.Model) []graphValue {
	values, _ := d.Graph.Values() // of a valid graph
	list := make([]graphValue, len(values))
	inputs, work := len(d.Graph.Inputs), d.Graph.Work()
	for i, v := range values {
		list[i].Value = v
		if i < inputs {
			list[i].what = "input " + cli.Printable(d.Graph.Inputs[i].Name)
			continue
		}
		n := &d.Graph.Nodes[i-inputs]
		list[i].what = nodeName(n)
		list[i].reads, list[i].work = n.Inputs, work[i-inputs]
		alone := &format.Model{Graph: &format.Graph{Nodes: []format.Node{*n}}}
		list[i].parameters, list[i].bytes = alone.Parameters(), sizesOf(alone)
	}
	return list
}

// nodeName describes what a node computes: "conv of 3, stride 2", "tanh".
func nodeName(n *format.Node) string {
	switch op := n.Op.(type) {
	case *format.Layer:
		return strings.Join(append([]string{layerName(op)}, features(op)...), ", ")
	case *format.Map:
		return strings.ToLower(describeActivations([]format.Activation{op.Function}))
	case *format.Binary:
		return op.Function.String()
	case *format.Norm:
		return op.Kind.String() + " norm"
	case *format.SequencePool:
		return op.Pool.String() + " of the steps"
	case *format.Conv:
		return fmt.Sprintf("conv of %d, stride %d, dilation %d", op.Kernel, op.Stride, op.Dilation)
	case *format.Depthwise:
		return fmt.Sprintf("depthwise conv of %d, stride %d, dilation %d", op.Kernel, op.Stride, op.Dilation)
	case *format.Window:
		return fmt.Sprintf("window of %d before, %d after", op.Before, op.After)
	case *format.Pad:
		return fmt.Sprintf("pad, %v, %d before, %d after", op.Mode, op.Before, op.After)
	case *format.RFFT:
		return fmt.Sprintf("rfft of %d, stride %d, %s%s", op.Kernel, op.Stride, message.Count(op.Size, "point"), windowName(op.Window))
	case *format.IRFFT:
		return fmt.Sprintf("irfft of %s%s", message.Count(op.Size, "point"), windowName(op.Window))
	case *format.Slice:
		return fmt.Sprintf("slice of %v from %d, step %d", op.Axis, op.Start, op.Step)
	}
	return n.Kind()
}

// windowName names the window of a Fourier transform: ", hann".
func windowName(w format.WindowFunction) string {
	switch {
	case w.Kind == format.WindowNone:
		return ""
	case w.Symmetric:
		return ", symmetric " + w.Kind.String()
	}
	return ", " + w.Kind.String()
}

// shape returns the frames and channels of the value.
func (v *graphValue) shape() string {
	if v.EachStep() {
		return v.String()
	}
	return v.String() + " per sequence"
}

// drawGraph lists the values of a graph: kind, inputs, frames and channels, weights,
// multiply-adds and state of each.
func drawGraph(b *strings.Builder, d *format.Model) {
	rows := table{{"", "value", "reads", "frames×channels", "parameters", "weights", "state", "multiply-adds"}}
	for i, v := range graphValues(d) {
		row := []string{fmt.Sprint(i), v.what, strings.Trim(fmt.Sprint(v.reads), "[]"), v.shape(), "", v.bytes.String()}
		for _, n := range []int{v.work.State, v.work.MultiplyAdds} {
			row = append(row, someOf(n))
		}
		row[4] = someOf(v.parameters)
		rows = append(rows, row)
	}
	for _, out := range d.Graph.Outputs {
		what := "output " + cli.Printable(out.Name)
		if d.Output != format.OutputLinear {
			what += ", " + d.Output.String()
		}
		rows = append(rows, []string{"", what, fmt.Sprint(out.Value)})
	}
	total := workOf(d)
	rows = append(rows, []string{"", "total", "", "", fmt.Sprint(d.Parameters()), sizesOf(d).String(), someOf(total.State), someOf(total.MultiplyAdds + total.sequence)})
	rows.write(b)
}

// someOf returns a number, or "" for 0.
func someOf(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// graphJSON describes a graph; null: the model is a stack of layers.
func graphJSON(d *format.Model) any {
	if d.Graph == nil {
		return nil
	}
	values, outputs := cli.Array{}, cli.Array{}
	for _, v := range graphValues(d) {
		reads := cli.Array{}
		for _, from := range v.reads {
			reads = append(reads, fmt.Sprint(from))
		}
		values = append(values, cli.Object{
			"name", v.what, "reads", reads, "frames", v.Frames, "channels", v.Channels, "tokens", v.Tokens,
			"each_step", v.EachStep(), "parameters", v.parameters, "bytes_by_dtype", v.bytes.json(),
			"state", v.work.State, "multiply_adds", v.work.MultiplyAdds,
		})
	}
	for _, out := range d.Graph.Outputs {
		outputs = append(outputs, cli.Object{"name", out.Name, "value", out.Value})
	}
	return cli.Object{"values", values, "outputs", outputs}
}
