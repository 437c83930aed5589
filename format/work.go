package format

// Work is what a node of a graph does at a step, or once for the sequence if its value is one of the sequence.
type Work struct {
	MultiplyAdds int // of its products
	State        int // numbers that it keeps for the next step
}

// A multiplier computes products.
type multiplier interface {
	// multiplyAdds returns how many multiply-adds the op computes from the values that it reads.
	multiplyAdds(in []Value) int
}

// A keeper keeps numbers from step to step.
type keeper interface {
	kept(in []Value) int
}

// Work returns what each node of a valid graph does.
func (g *Graph) Work() []Work {
	values, _ := g.Values()
	list := make([]Work, len(g.Nodes))
	var in []Value
	for i := range g.Nodes {
		n := &g.Nodes[i]
		in, _ = n.reads(in[:0], values)
		if op, ok := n.Op.(multiplier); ok {
			list[i].MultiplyAdds = op.multiplyAdds(in)
		}
		if op, ok := n.Op.(keeper); ok {
			list[i].State = op.kept(in)
		}
	}
	return list
}

// Work returns what the layer does at a step.
func (l *Layer) Work() Work {
	var w Work
	if s := l.shape(); s.gates > 0 {
		w.MultiplyAdds = l.HiddenSize * (l.Cell.Gates()*s.depth + l.ProjectionSize)
	}
	if l.Cell.Recurrent() {
		w.State = l.StateSize()
	}
	if l.Cell.HasCellState() {
		w.State += l.HiddenSize
	}
	return Work{len(l.Directions) * w.MultiplyAdds, len(l.Directions) * w.State}
}
