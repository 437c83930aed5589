package modeltest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/format"
)

// RandomGraph returns a random valid model that is a graph. It may combine any ops, and
// has one to three inputs of numbers and tokens, one or several frames, and one or
// several outputs, per step and per sequence. The weights of each node have one of the
// number formats, or any if none are given. About half of the graphs can be stepped.
//
// The numbers stay moderate, and no op amplifies a small error much: a logarithm or a
// quotient reads numbers from 1/2 to 4, and discontinuous functions read only inputs.
func RandomGraph(r *rand.Rand, formats ...format.DType) *format.Model {
	return randomGraph(r, graphOps[:], formats)
}

// randomGraph is [RandomGraph] with these ops.
func randomGraph(r *rand.Rand, ops []func(*graphWriter) bool, formats []format.DType) *format.Model {
	if len(formats) == 0 {
		formats = []format.DType{format.DTypeF32, format.DTypeF16, format.DTypeInt8, format.DTypeInt4}
	}
	for {
		w := &graphWriter{r: r, ops: ops, graph: new(format.Graph), streams: r.IntN(4) == 0, normalized: r.IntN(4) == 0}
		m := w.model()
		if _, stack := m.AsStack(); stack {
			continue
		}
		if err := m.Validate(); err != nil {
			panic(fmt.Sprintf("a random graph: %v", err))
		}
		return inFormats(r, m, formats)
	}
}

// A graphWriter makes a random graph.
type graphWriter struct {
	r       *rand.Rand
	ops     []func(*graphWriter) bool
	graph   *format.Graph
	streams bool // no op reads later steps

	normalized bool // a single input of numbers is normalized
	values     []format.Value
	traits     []traits // traits of the values
}

// traits are the properties of a value that a writer needs.
type traits struct {
	bound float64 // the numbers are approximately within ±bound
	exact bool    // they are unchanged numbers of an input
	read  bool
}

// model writes the model.
func (w *graphWriter) model() *format.Model {
	w.inputs()
	for n := 2 + w.r.IntN(14); n > 0; {
		op := w.ops[w.r.IntN(len(w.ops))]
		if w.r.IntN(6) == 0 {
			op = (*graphWriter).repeat // only few values fit the others
		}
		if op(w) {
			n--
		}
	}
	w.readInputs()
	m := &format.Model{Graph: w.graph, Provenance: []format.Property{{Key: "made by", Value: "modeltest"}}}
	for i, in := range w.graph.Inputs {
		if in.Tokens == 0 {
			m.InputSize += w.values[i].Size()
		}
	}
	w.outputs(m)
	if n := w.numberInputs(); w.normalized && len(n) == 1 {
		channels := w.graph.Inputs[n[0]].Channels
		m.Normalization = &format.Normalization{Mean: uniform(w.r, channels, 1), Scale: uniform(w.r, channels, 2)}
	}
	return m
}

// inputs writes one to three inputs.
func (w *graphWriter) inputs() {
	for i := range 1 + w.r.IntN(3) {
		in := format.Input{Name: fmt.Sprintf("in%d", i), Frames: 1, Channels: 1}
		if w.r.IntN(2) == 0 {
			in.Frames = 1 + w.r.IntN(6)
		}
		if w.r.IntN(4) == 0 {
			in.Tokens = 2 + w.r.IntN(9)
		} else {
			in.Channels = 1 + w.r.IntN(10)
		}
		w.graph.Inputs = append(w.graph.Inputs, in)
		w.traits = append(w.traits, traits{bound: 2, exact: in.Tokens == 0 && !w.normalized})
	}
	w.shape()
}

func (w *graphWriter) numberInputs() (list []int) {
	for i, in := range w.graph.Inputs {
		if in.Tokens == 0 {
			list = append(list, i)
		}
	}
	return list
}

// shape updates the values of the graph.
func (w *graphWriter) shape() {
	values, err := w.graph.Values()
	if err != nil {
		panic(fmt.Sprintf("a random graph: %v", err))
	}
	w.values = values
}

// add adds a node, and returns the value that it gives.
func (w *graphWriter) add(op format.Op, t traits, reads ...int) int {
	w.graph.Nodes = append(w.graph.Nodes, format.Node{Op: op, Inputs: reads})
	for _, v := range reads {
		w.traits[v].read = true
	}
	w.traits = append(w.traits, t)
	w.shape()
	return len(w.values) - 1
}

// within returns the traits of a computed value.
func within(bound float64) traits { return traits{bound: bound} }

// moved returns the traits of a value whose numbers are copied from other values.
func (w *graphWriter) moved(reads ...int) traits {
	t := traits{exact: true}
	for _, v := range reads {
		t.bound = max(t.bound, w.traits[v].bound)
		t.exact = t.exact && w.traits[v].exact
	}
	return t
}

// pick returns a value of numbers for which may is true, mostly one that nothing reads
// yet; -1: none.
func (w *graphWriter) pick(may func(v format.Value) bool) int {
	var list, unread, sequence []int
	for i, v := range w.values {
		if v.Tokens > 0 || v.Phase < 0 || !may(v) {
			continue
		}
		list = append(list, i)
		if !v.EachStep() {
			sequence = append(sequence, i)
		}
		if !w.traits[i].read {
			unread = append(unread, i)
		}
	}
	if len(unread) > 0 && w.r.IntN(5) > 0 {
		list = unread
	}
	if len(sequence) > 0 && w.r.IntN(4) == 0 {
		list = sequence // there are few of them
	}
	switch {
	case len(list) == 0:
		return -1
	case w.r.IntN(2) == 0:
		return list[len(list)-1] // mostly the value of the previous node
	}
	return list[w.r.IntN(len(list))]
}

// any returns a value with at most that many numbers; -1: none.
func (w *graphWriter) any(most int) int {
	return w.pick(func(v format.Value) bool { return v.Size() <= most })
}

// with returns a value that can be combined with value i: per step or per sequence, like
// it.
func (w *graphWriter) with(i int, may func(v format.Value) bool) int {
	each := w.values[i].EachStep()
	return w.pick(func(v format.Value) bool { return v.EachStep() == each && may(v) })
}

// tame returns the value, or a new value with its numbers clipped to ±bound.
func (w *graphWriter) tame(i int, bound float64) int {
	if w.traits[i].bound <= bound {
		return i
	}
	return w.clip(i, -bound, bound)
}

func (w *graphWriter) clip(i int, from, to float64) int {
	f := format.Activation{Kind: format.ActivationClip, Alpha: float32(from), Beta: float32(to)}
	return w.add(&format.Map{Function: f}, within(max(-from, to)), i)
}

// readInputs adds a node that reads each input.
func (w *graphWriter) readInputs() {
	for i, in := range w.graph.Inputs {
		switch {
		case w.traits[i].read:
		case in.Tokens > 0:
			w.embed(i)
		default:
			w.layer(i)
		}
	}
}

// outputs turns the values that nothing reads into outputs, and sometimes one more.
func (w *graphWriter) outputs(m *format.Model) {
	var list []int
	for i := range w.graph.Nodes {
		v := len(w.graph.Inputs) + i
		if !w.traits[v].read || w.r.IntN(12) == 0 && w.values[v].Phase >= 0 {
			list = append(list, v)
		}
	}
	w.r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	for i, v := range list {
		w.graph.Outputs = append(w.graph.Outputs, format.Port{Name: fmt.Sprintf("out%d", i), Value: v})
	}
	each := w.values[list[0]].EachStep()
	switch w.r.IntN(3) {
	case 0:
		if each {
			m.Task = format.TaskTag
		} else {
			m.Task = format.TaskClassify
		}
	}
	if len(list) == 1 {
		m.Output = format.Output(w.r.IntN(4)) // argmax jumps
	}
}

// inFormats returns the model with the weights of each node in one of the formats, and
// with input scales for some int8 weights.
func inFormats(r *rand.Rand, m *format.Model, formats []format.DType) *format.Model {
	var converted []*format.Model
	for _, d := range formats {
		c, err := m.Convert(d)
		if err != nil {
			panic(fmt.Sprintf("a random graph in %v: %v", d, err))
		}
		converted = append(converted, c)
	}
	values, err := m.Graph.Values()
	if err != nil {
		panic(err)
	}
	mixed := *m
	g := *m.Graph
	g.Nodes = slices.Clone(g.Nodes)
	for i := range g.Nodes {
		k := r.IntN(len(formats))
		n := &g.Nodes[i]
		n.Op = converted[k].Graph.Nodes[i].Op
		if formats[k] != format.DTypeInt8 || r.IntN(2) == 0 {
			continue
		}
		switch op := n.Op.(type) {
		case *format.Conv:
			if !values[n.Inputs[0]].Bounded {
				op.InputScale = 1.0 / 32
			}
		case *format.Layer:
			for d := range op.Directions {
				if !values[n.Inputs[0]].Bounded {
					op.Directions[d].InputScale = 1.0 / 32
				}
			}
		}
	}
	mixed.Graph = &g
	if err := mixed.Validate(); err != nil {
		panic(fmt.Sprintf("a random graph of mixed formats: %v", err))
	}
	return &mixed
}
