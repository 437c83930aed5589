package format_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
)

// A file describes itself: its task, its inputs and outputs, and the nodes of its graph with the values that they give.
func ExampleGraph_Values() {
	described := &format.Model{InputSize: 4, Graph: &format.Graph{
		Inputs: []format.Input{{Name: "x", Frames: 1, Channels: 4}},
		Nodes: []format.Node{
			{Op: &format.Window{Before: 2}, Inputs: []int{0}},
			{Op: &format.FramePool{Mean: true, Kernel: 3, Stride: 3}, Inputs: []int{1}},
		},
		Outputs: []format.Port{{Name: "mean of three steps", Value: 2}},
	}}
	data, err := described.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	m, err := format.Read(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Task, m.InputSize, "→", m.OutputSize())
	g := m.Graph
	values, err := g.Values()
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, in := range g.Inputs {
		fmt.Printf("value %d: input %q, %v\n", i, in.Name, values[i])
	}
	for i, node := range g.Nodes {
		v := len(g.Inputs) + i
		fmt.Printf("value %d: %s of %v, %v\n", v, node.Kind(), node.Inputs, values[v])
	}
	for _, out := range g.Outputs {
		fmt.Printf("output %q: value %d\n", out.Name, out.Value)
	}
	// Output:
	// regress 4 → 4
	// value 0: input "x", 1×4
	// value 1: window of [0], 3×4
	// value 2: frame pool of [1], 1×4
	// output "mean of three steps": value 2
}
