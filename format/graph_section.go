package format

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Sizes in the section GRPH, in bytes.
const (
	graphHeader = 8
	graphInput  = 16
	nodeHeader  = 4
)

// Records returns the section GRPH of a file with the graph: all of it but its
// weights.
func (g *Graph) Records() []byte { return (&Model{Graph: g}).appendGraph(nil) }

func (m *Model) appendGraph(b []byte) []byte {
	g := m.Graph
	for _, n := range []int{len(g.Inputs), len(g.Nodes), len(g.Outputs), 0} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	names := make([]string, 0, len(g.Inputs)+len(g.Outputs))
	for _, in := range g.Inputs {
		b = appendSizes(b, in.Frames, in.Channels, in.Tokens, 0)
		names = append(names, in.Name)
	}
	for _, out := range g.Outputs {
		b = appendSizes(b, out.Value)
		names = append(names, out.Name)
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		b = binary.LittleEndian.AppendUint16(b, uint16(n.Op.code()))
		b = binary.LittleEndian.AppendUint16(b, uint16(len(n.Inputs)))
		b = n.Op.appendNode(appendSizes(b, n.Inputs...))
	}
	return appendStrings(b, names)
}

func (m *Model) readGraph(s *sections) error {
	b := s.body(tagGraph)
	if len(b) == 0 {
		return nil
	}
	if len(b) < graphHeader || !allZero(b[6:graphHeader]) {
		return fail(ErrCorrupt, tagGraph, 0, "%s, want three numbers and 2 zeros at the start", message.Count(len(b), "byte"))
	}
	count := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	inputs, nodes, outputs := count(0), count(2), count(4)
	if inputs > MaxPorts || nodes > MaxNodes || outputs > MaxPorts {
		return fail(ErrInvalid, tagGraph, 0, "%s, %s and %s, want at most %d, %d and %d",
			message.Count(inputs, "input"), message.Count(nodes, "node"), message.Count(outputs, "output"), MaxPorts, MaxNodes, MaxPorts)
	}
	at := graphHeader + graphInput*inputs + 4*outputs
	if at+nodeHeader*nodes > len(b) {
		return fail(ErrCorrupt, tagGraph, 0, "%s, %s and %s, too many for %s", message.Count(inputs, "input"), message.Count(nodes, "node"), message.Count(outputs, "output"), message.Count(len(b), "byte"))
	}
	m.Graph = &Graph{Inputs: make([]Input, inputs), Nodes: make([]Node, nodes), Outputs: make([]Port, outputs)}
	if err := m.Graph.readPorts(b[graphHeader:at]); err != nil {
		return err
	}
	for i := range m.Graph.Nodes {
		n, err := m.Graph.Nodes[i].read(b[at:])
		if err != nil {
			return err.of(tagGraph, int64(at), fmt.Sprintf("node %d ", i))
		}
		at += n
	}
	return m.Graph.readNames(b[at:], int64(at))
}

// readPorts reads the records of the inputs and the outputs.
func (g *Graph) readPorts(b []byte) error {
	for i := range g.Inputs {
		r := record{b: b[i*graphInput:][:graphInput]}
		g.Inputs[i] = Input{Frames: r.size(0), Channels: r.size(4), Tokens: r.size(8)}
		if r.reserved(12, graphInput); r.err != nil {
			return r.err.of(tagGraph, int64(graphHeader+i*graphInput), fmt.Sprintf("input %d has ", i))
		}
	}
	b = b[graphInput*len(g.Inputs):]
	for i := range g.Outputs {
		g.Outputs[i].Value = valueOf(b[4*i:])
	}
	return nil
}

// valueOf returns the number of a value, or MaxSize, which no value has, if it is too large.
func valueOf(b []byte) int { return int(min(binary.LittleEndian.Uint32(b), MaxSize)) }

// read reads the node from the start of b, and returns how many bytes it takes.
func (n *Node) read(b []byte) (int, *Error) {
	if len(b) < nodeHeader {
		return 0, unfit(ErrCorrupt, 0, "starts where the section ends")
	}
	code, inputs := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
	if int(code) >= len(opKinds) {
		return 0, unfit(ErrUnsupported, 0, "is of the unknown kind %d", code)
	}
	kind := &opKinds[code]
	start := nodeHeader + 4*inputs
	if start+kind.size > len(b) {
		return 0, unfit(ErrCorrupt, 0, "goes beyond the end of the section")
	}
	if inputs > 0 {
		n.Inputs = make([]int, inputs)
	}
	for i := range n.Inputs {
		n.Inputs[i] = valueOf(b[nodeHeader+4*i:])
	}
	n.Op = kind.make()
	r := record{b: b[start:][:kind.size]}
	if n.Op.readNode(&r); r.err != nil {
		return 0, unfit(r.err.Err, int64(start)+r.err.Offset, "(%s) has %s", kind.name, r.err.Reason)
	}
	return start + kind.size, nil
}

// readNames reads the names of the inputs and the outputs, which are the rest of
// the section.
func (g *Graph) readNames(b []byte, at int64) error {
	t, err := parseStringTable(tagGraph, at, b, false)
	if err != nil {
		return err
	}
	if t.count != len(g.Inputs)+len(g.Outputs) {
		return fail(ErrCorrupt, tagGraph, at, "%s, want one for each of %s and %s", message.Count(t.count, "name"), message.Count(len(g.Inputs), "input"), message.Count(len(g.Outputs), "output"))
	}
	for i := range g.Inputs {
		g.Inputs[i].Name = t.at(i)
	}
	for i := range g.Outputs {
		g.Outputs[i].Name = t.at(len(g.Inputs) + i)
	}
	return nil
}

// arrays yields every array of weights that the nodes have room for, in the order
// of the file.
func (g *Graph) arrays(yield func(tensor) bool) {
	for i := range g.Nodes {
		if op, ok := g.Nodes[i].Op.(weighted); ok && !op.nodeArrays(i, yield) {
			return
		}
	}
}

// parameters returns the number of trainable numbers, without padding.
func (g *Graph) parameters() int {
	n := 0
	for i := range g.Nodes {
		if op, ok := g.Nodes[i].Op.(weighted); ok {
			n += op.parameters()
		}
	}
	return n
}

// convert returns the graph with the weights of each node in its number format.
func (g *Graph) convert(dtypes []DType) *Graph {
	c := *g
	c.Nodes = slices.Clone(g.Nodes)
	for i := range c.Nodes {
		if op, ok := c.Nodes[i].Op.(weighted); ok {
			c.Nodes[i].Op = op.converted(dtypes[i])
		}
	}
	return &c
}
