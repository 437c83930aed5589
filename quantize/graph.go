package quantize

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A NodePlan says in which number format a node of a graph keeps its weights.
type NodePlan struct {
	DType format.DType // not used if the node is not Convertible

	// Factors bring the channels that the node reads closer to one range, since
	// quantized inputs share a scale: see [Calibration]. A node before this one
	// multiplies by them. nil: every factor is 1. Only Int8 uses them.
	Factors []float32
}

func uniformGraph(g *format.Graph, dtype format.DType) Plan {
	return Plan{Nodes: slices.Repeat([]NodePlan{{DType: dtype}}, len(g.Nodes))}
}

// graphParts returns the nodes of a graph that a plan can keep in a format of their
// own.
func graphParts(g *format.Graph) (parts []Part) {
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if !n.Convertible() {
			continue
		}
		_, table := n.Op.(*format.Embedding)
		parts = append(parts, Part{
			Name: fmt.Sprintf("value %d", len(g.Inputs)+i), Kind: n.Kind(), table: table, node: i,
			set: func(p *Plan, d format.DType) { p.Nodes[i].DType = d },
		})
	}
	return parts
}

// graph returns m, which is a graph, as planned.
func (p Plan) graph(m *format.Model) (*format.Model, error) {
	if len(p.Nodes) != len(m.Graph.Nodes) {
		return nil, fmt.Errorf("quantize: a plan for %s, but a model of %d", message.Count(len(p.Nodes), "node"), len(m.Graph.Nodes))
	}
	b := balancer{old: m.Graph, graph: &format.Graph{Inputs: m.Graph.Inputs}}
	for i := range m.Graph.Inputs {
		b.at = append(b.at, i)
	}
	for i, n := range p.Nodes {
		if err := b.node(i, n); err != nil {
			return nil, err
		}
	}
	for _, out := range m.Graph.Outputs {
		b.graph.Outputs = append(b.graph.Outputs, format.Port{Name: out.Name, Value: b.at[out.Value]})
	}
	balanced := *m
	balanced.Graph, balanced.Goldens = b.graph, nil
	return balanced.ConvertNodes(b.dtypes)
}

// A balancer builds a graph with multiplications by factors before nodes.
type balancer struct {
	old, graph *format.Graph
	at         []int // the new value of each old one
	dtypes     []format.DType
}

// node adds node i of the old graph.
func (b *balancer) node(i int, plan NodePlan) error {
	n := b.old.Nodes[i]
	var reads []int
	for _, v := range n.Inputs {
		reads = append(reads, b.at[v])
	}
	if plan.DType == format.DTypeInt8 && plan.Factors != nil {
		op, err := divided(n.Op, plan.Factors)
		if err != nil {
			return err
		}
		factors := b.add(&format.Constant{Frames: 1, Channels: len(plan.Factors), Data: plan.Factors}, format.DTypeF32)
		reads[0] = b.add(&format.Binary{Function: format.BinaryMul}, format.DTypeF32, reads[0], factors)
		n.Op = op
	}
	b.at = append(b.at, b.add(n.Op, plan.DType, reads...))
	return nil
}

// add adds a node, and returns the value that it gives.
func (b *balancer) add(op format.Op, dtype format.DType, reads ...int) int {
	b.graph.Nodes = append(b.graph.Nodes, format.Node{Op: op, Inputs: reads})
	b.dtypes = append(b.dtypes, dtype)
	return len(b.graph.Inputs) + len(b.graph.Nodes) - 1
}

// divided returns an op with the weights of its inputs in F32, divided by factors.
func divided(op format.Op, factors []float32) (format.Op, error) {
	switch op := op.(type) {
	case *format.Conv:
		c := *op
		c.Weight, c.InputScale = divide(c.Weight, c.Weight.Depth, factors), 0
		return &c, nil
	case *format.Layer:
		l := *op
		l.Directions = slices.Clone(l.Directions)
		for d := range l.Directions {
			w := &l.Directions[d]
			w.Gates, w.Candidate, w.InputScale = divide(w.Gates, l.InputSize, factors), divide(w.Candidate, l.InputSize, factors), 0
		}
		return &l, nil
	}
	return nil, errors.New("quantize: factors for the inputs of a node that does not quantize them")
}
