package format

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The limits of a graph.
const (
	MaxNodes = 4096
	MaxPorts = 64
	// MaxPoints is how many points all Fourier transforms have together, and
	// MaxNumbers the number of numbers that all values of a step have together.
	MaxPoints  = 1 << 20
	MaxNumbers = 1 << 24
)

// A Graph is a network that is more than a stack of layers: nodes in an order in
// which each reads inputs and earlier nodes only, so that there are no cycles. A
// stack that [Model] describes by Layers is never a Graph.
//
// A value is what an input or a node gives: first the inputs, then the nodes, are
// numbered from 0.
type Graph struct {
	Inputs  []Input // 1 to MaxPorts, each read by a node
	Nodes   []Node  // 1 to MaxNodes, each read by another or an output
	Outputs []Port
}

// An Input is what a model is given at each step.
type Input struct {
	Name     string // unique among the inputs
	Frames   int
	Channels int // 1 for tokens
	Tokens   int // the tokens are below it; 0: the input is numbers
}

// A Port names a value that the model gives.
type Port struct {
	Name  string // unique among the outputs
	Value int
}

// A Node is an op and the values that it reads.
type Node struct {
	Op     Op
	Inputs []int
}

// A Value is what an input or a node gives: at each step [Frames][Channels]
// numbers or tokens. All its sizes are constant.
type Value struct {
	Frames, Channels int
	Tokens           int  // the tokens are below it; 0: it is numbers
	Bounded          bool // the numbers are within ±1, and so 1/127 is the step of int8 products: see [Layer.Bounded]
	// Phase is 0 for a value of each step, and 1 for one of the whole sequence, which a [SequencePool] gives. A
	// [Repeat] brings that back to each step, in phase 2, and so on. A [Constant] is in phase -1: it combines with all.
	Phase int
}

// Size returns how many numbers or tokens the value has.
func (v Value) Size() int { return v.Frames * v.Channels }

// EachStep reports whether the value is one of each step.
func (v Value) EachStep() bool { return v.Phase <= 0 || v.Phase%2 == 0 }

// String returns the value's shape: "2×48" for 2 frames of 48 channels.
func (v Value) String() string {
	if v.Tokens > 0 {
		return message.Count(v.Frames, "token")
	}
	return fmt.Sprintf("%d×%d", v.Frames, v.Channels)
}

// Values returns what each input and each node gives, in their order. The error
// wraps [ErrInvalid].
func (g *Graph) Values() ([]Value, error) {
	values := make([]Value, 0, len(g.Inputs)+len(g.Nodes))
	total := 0
	add := func(v Value) error {
		if err := v.fits(total); err != nil {
			return err
		}
		total += v.Size()
		values = append(values, v)
		return nil
	}
	for i, in := range g.Inputs {
		if err := add(Value{Frames: in.Frames, Channels: in.Channels, Tokens: in.Tokens}); err != nil {
			return nil, fail(ErrInvalid, tagGraph, int64(graphHeader+i*graphInput), "input %d has %v", i, err)
		}
	}
	var in []Value // what a node reads, in the same memory for all
	for i := range g.Nodes {
		var err error
		if in, err = g.Nodes[i].reads(in[:0], values); err == nil {
			var v Value
			if v, err = g.Nodes[i].gives(in); err == nil {
				err = add(v)
			}
		}
		if err != nil {
			return nil, unfit(ErrInvalid, 0, "%v", err).of(tagGraph, g.offset(i), g.who(i)+"has ")
		}
	}
	return values, nil
}

// Next returns the value that the last node gives, from all the values before it, so that a graph can be built node by
// node. The error says what the node cannot read.
func (g *Graph) Next(values []Value) (v Value, err error) {
	n := &g.Nodes[len(g.Nodes)-1]
	in, err := n.reads(nil, values)
	if err == nil {
		v, err = n.gives(in)
	}
	if err != nil {
		return v, err
	}
	total := 0
	for _, before := range values {
		total += before.Size()
	}
	return v, v.fits(total)
}

// fits returns an error if the value is too large, alone or together with that many other numbers.
func (v Value) fits(total int) error {
	if !inRange(v.Frames) || !inRange(v.Channels) || int64(v.Frames)*int64(v.Channels) > MaxNumbers {
		return refuse("%v numbers, want at most %d", v, MaxNumbers)
	}
	if total+v.Size() > MaxNumbers {
		return refuse("%v numbers on top of the others of a step, want at most %d together", v, MaxNumbers)
	}
	return nil
}

// reads appends the values that the node reads, out of all values before it.
func (n *Node) reads(in, values []Value) ([]Value, error) {
	constants := 0
	for _, k := range n.Inputs {
		if k < 0 || k >= len(values) {
			return in, refuse("value %d as an input, but only values 0 to %d are before it", k, len(values)-1)
		}
		in = append(in, values[k])
		if values[k].Phase < 0 {
			constants++
		}
	}
	if constants > 0 && constants == len(in) {
		return in, refuse("only constants to read: it is one itself")
	}
	return in, nil
}

// gives returns the value that the node computes from those that it reads.
func (n *Node) gives(in []Value) (Value, error) {
	bounded := len(in) > 0
	for _, v := range in {
		bounded = bounded && v.Bounded
	}
	v, err := n.Op.gives(in)
	b, ok := n.Op.(bounder)
	v.Bounded = ok && b.bounded(bounded)
	return v, err
}

// outputs returns the values of the outputs.
func (g *Graph) outputs() (list []Value) {
	values, err := g.Values()
	if err != nil {
		return nil
	}
	for _, out := range g.Outputs {
		list = append(list, values[out.Value])
	}
	return list
}

// ReadsBackward reports whether a node reads steps that follow, so that the graph
// cannot be stepped.
func (g *Graph) ReadsBackward() bool {
	for i := range g.Nodes {
		if op, ok := g.Nodes[i].Op.(looker); ok && op.looksAhead() {
			return true
		}
	}
	return false
}

// refuse says what an op cannot read.
func refuse(format string, args ...any) error { return fmt.Errorf(format, args...) }

// one returns the only value that an op reads, which is numbers.
func one(in []Value) (Value, error) {
	if err := wants(in, 1); err != nil {
		return Value{}, err
	}
	return in[0], nil
}

// wants refuses values if their count is wrong, or if they are not numbers.
func wants(in []Value, want int) error {
	if len(in) != want {
		return refuse("%s, but it reads %d", message.Count(len(in), "value"), want)
	}
	for _, v := range in {
		if v.Tokens > 0 {
			return refuse("tokens, but it reads numbers")
		}
	}
	return nil
}

// together returns the phase of the value of an op that combines values.
func together(in []Value) (int, error) {
	phase := -1
	for _, v := range in {
		if v.Phase >= 0 && phase >= 0 && v.EachStep() != (phase%2 == 0) {
			return 0, refuse("a value of each step and one of the sequence: repeat the latter")
		}
		phase = max(phase, v.Phase)
	}
	return phase, nil
}
