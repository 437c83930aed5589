package format

import "slices"

// The names of the input and the output of a graph that is a stack.
const (
	stackInput  = "input"
	stackOutput = "output"
)

// AsStack returns the model with Layers instead of its Graph, if the graph is a stack of layers in the form that
// [Model.AsGraph] gives it. Such a model is not valid as a graph. It shares all weights with m. ok is false if m has no
// graph, or one that is more than a stack.
//
// A program that builds models of any shape can build a graph, and then take its stack if there is one.
func (m *Model) AsStack() (stack *Model, ok bool) {
	g := m.Graph
	if g == nil || len(g.Inputs) != 1 || len(g.Outputs) != 1 || g.Inputs[0].Frames != 1 {
		return nil, false
	}
	s := *m
	s.Graph, s.InputSize = nil, g.Inputs[0].Channels
	u := unstacking{graph: g, model: &s}
	if !u.embedding() {
		return nil, false
	}
	u.layers()
	if u.pool() {
		u.layers()
	}
	u.skip()
	if u.next != len(g.Nodes) || u.top != g.Outputs[0].Value || !u.finish() {
		return nil, false
	}
	return &s, true
}

// unstacking is a walk over the nodes of a graph that may be a stack.
type unstacking struct {
	graph *Graph
	model *Model
	next  int // node
	top   int // the value that the stack gives so far
}

// node returns the op of node i from the next one on, if it reads these values; nil:
// it does not.
func (u *unstacking) node(i int, reads ...int) Op {
	if u.next+i >= len(u.graph.Nodes) {
		return nil
	}
	n := &u.graph.Nodes[u.next+i]
	if !slices.Equal(n.Inputs, reads) {
		return nil
	}
	return n.Op
}

// value returns the value that node i from the next one on gives.
func (u *unstacking) value(i int) int { return len(u.graph.Inputs) + u.next + i }

// take takes n nodes, the last of which gives what the next reads.
func (u *unstacking) take(n int) {
	u.top = u.value(n - 1)
	u.next += n
}

// embedding takes the embedding of tokens. It reports whether the input is numbers
// or has one.
func (u *unstacking) embedding() bool {
	tokens := u.graph.Inputs[0].Tokens
	if tokens == 0 {
		return true
	}
	e, ok := u.node(0, u.top).(*Embedding)
	if !ok || e.Tokens != tokens {
		return false
	}
	u.model.Embedding, u.model.InputSize = e, e.Size
	u.take(1)
	return true
}

// layers takes all layers that follow.
func (u *unstacking) layers() {
	for {
		l, ok := u.node(0, u.top).(*Layer)
		if !ok {
			return
		}
		u.model.Layers = append(u.model.Layers, *l)
		u.take(1)
	}
}

// pool takes the pool of a recurrent layer, if it follows.
func (u *unstacking) pool() bool {
	last := len(u.model.Layers) - 1
	if last < 0 || !u.model.Layers[last].Cell.Recurrent() {
		return false
	}
	for _, p := range stackPools {
		nodes := u.model.Layers[last].poolNodes(p, u.top, u.value(0))
		if len(nodes) > 0 && u.matches(nodes) {
			u.model.Pool = p
			u.take(len(nodes))
			return true
		}
	}
	return false
}

// matches reports whether the next nodes are these.
func (u *unstacking) matches(nodes []Node) bool {
	for i, n := range nodes {
		if op := u.node(i, n.Inputs...); op == nil || !samePool(op, n.Op) {
			return false
		}
	}
	return true
}

// stackPools are the pools of stacks.
var stackPools = [...]Pool{PoolLast, PoolLastOutput, PoolMax, PoolMean}

// poolNodes returns the nodes that pool the outputs of a recurrent layer, which are
// a value. next is the value that the first of the nodes gives. There are none if the
// layer cannot have the pool.
//
// The final states of both directions are the last step's of the forward one, and
// the first step's of the reverse one.
func (l *Layer) poolNodes(p Pool, value, next int) []Node {
	one := func(p Pool) []Node { return []Node{{&SequencePool{p}, []int{value}}} }
	switch {
	case p == PoolNone, p == PoolLastOutput && !l.Backward():
		return nil
	case p == PoolLastOutput:
		return one(PoolLast)
	case p == PoolLast && l.Reverse:
		return one(PoolFirst)
	case p == PoolLast && l.Backward():
		n := l.StateSize()
		return []Node{
			{&Slice{AxisChannels, 0, n, 1}, []int{value}},
			{&SequencePool{PoolLast}, []int{next}},
			{&Slice{AxisChannels, n, n, 1}, []int{value}},
			{&SequencePool{PoolFirst}, []int{next + 2}},
			{&Concat{AxisChannels}, []int{next + 1, next + 3}},
		}
	}
	return one(p)
}

// samePool reports whether an op is one of poolNodes.
func samePool(a, b Op) bool {
	switch b := b.(type) {
	case *Slice:
		a, ok := a.(*Slice)
		return ok && *a == *b
	case *SequencePool:
		a, ok := a.(*SequencePool)
		return ok && *a == *b
	case *Concat:
		a, ok := a.(*Concat)
		return ok && *a == *b
	}
	return false
}

// skips reports whether the model may add its inputs to its outputs in a graph: in a
// stack that comes last, also after the output function and the normalization.
func (m *Model) skips() bool { return m.Output == OutputLinear && m.Normalization == nil }

// skip takes the sum of the outputs and the first inputs, if it follows.
func (u *unstacking) skip() {
	m := u.model
	if len(m.Layers) == 0 || m.Embedding != nil || m.Pool != PoolNone || !m.skips() {
		return
	}
	outputs, inputs, sum := m.features(), 0, 0
	if outputs < m.InputSize {
		s, ok := u.node(0, 0).(*Slice)
		if !ok || *s != (Slice{AxisChannels, 0, outputs, 1}) {
			return
		}
		inputs, sum = u.value(0), 1
	}
	b, ok := u.node(sum, u.top, inputs).(*Binary)
	if !ok {
		b, ok = u.node(sum, inputs, u.top).(*Binary)
	}
	if ok && b.Function == BinaryAdd && outputs <= m.InputSize {
		m.Skip = true
		u.take(sum + 1)
	}
}

// finish gives the model its head: the last layer, if that is a dense one without
// an activation above other layers. It reports whether the layers are those of a
// stack.
func (u *unstacking) finish() bool {
	m := u.model
	if last := len(m.Layers) - 1; last > 0 && m.Layers[last].headed() {
		l := &m.Layers[last]
		w := &l.Directions[0]
		m.Head = &Dense{InputSize: l.InputSize, OutputSize: l.HiddenSize, Weight: w.Gates, Bias: w.Bias}
		m.Layers = m.Layers[:last:last]
	}
	for i := range m.Layers {
		for d := range m.Layers[i].Directions {
			if m.Layers[i].Directions[d].InputScale != 0 && !m.calibrates(i) {
				return false
			}
		}
	}
	return len(m.Layers) >= 1 && len(m.Layers) <= MaxLayers
}

// headed reports whether the layer can be a head.
func (l *Layer) headed() bool {
	if l.Cell.Recurrent() || len(l.Directions) != 1 {
		return false
	}
	w := &l.Directions[0]
	return len(w.Activations) == 0 && w.InputScale == 0
}

// AsGraph returns a valid model that is a stack of layers as a graph, with an input named "input" and an output
// named "output". It shares all weights with m. The graph computes the same, but Validate refuses it, since it is a
// stack; [Model.AsStack] turns it back into one.
//
// ok is false if m is a graph, or if no graph can express it: it translates, or adds its
// inputs to outputs that are normalized or have a function.
func (m *Model) AsGraph() (graph *Model, ok bool) {
	if m.Graph != nil || m.Task == TaskTranslate || m.Skip && !m.skips() {
		return nil, false
	}
	c := *m
	c.Embedding, c.Layers, c.Pool, c.Head, c.Skip = nil, nil, PoolNone, nil, false
	s := stacking{graph: &Graph{Inputs: []Input{{Name: stackInput, Frames: 1, Channels: m.InputSize}}}}
	if e := m.Embedding; e != nil {
		s.graph.Inputs[0].Channels, s.graph.Inputs[0].Tokens = 1, e.Tokens
		c.InputSize = 0
		s.add(e, 0)
	}
	last := m.LastRecurrent()
	for i := range m.Layers {
		l := m.Layers[i]
		s.add(&l, s.top)
		if i == last {
			for _, n := range l.poolNodes(m.Pool, s.top, s.top+1) {
				s.add(n.Op, n.Inputs...)
			}
		}
	}
	if h := m.Head; h != nil {
		s.add(&Layer{Cell: CellDense, InputSize: h.InputSize, HiddenSize: h.OutputSize, Directions: []Weights{{Gates: h.Weight, Bias: h.Bias}}}, s.top)
	}
	if m.Skip {
		f, x := s.top, 0
		if n := m.LogitCount(); n < m.InputSize {
			s.add(&Slice{AxisChannels, 0, n, 1}, 0)
			x = s.top
		}
		s.add(&Binary{BinaryAdd}, f, x)
	}
	s.graph.Outputs = []Port{{stackOutput, s.top}}
	c.Graph = s.graph
	return &c, true
}

// stacking makes a graph of a stack.
type stacking struct {
	graph *Graph
	top   int // the value that it gives so far
}

// add adds a node, which gives what the next reads.
func (s *stacking) add(op Op, reads ...int) {
	s.graph.Nodes = append(s.graph.Nodes, Node{op, reads})
	s.top = len(s.graph.Nodes)
}
