package tensorflow

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A translator evaluates nodes of TensorFlow: it computes constants, and writes
// ONNX nodes for other tensors.
type translator struct {
	*writer
	source    *source
	options   Options
	named     map[string]*node
	readers   map[string][]*node // the nodes that read each
	frames    map[string]*frame  // by their names
	loops     map[string]*frame  // by the names of their nodes Exit
	operators map[string]operator
	trial     trial
	inputs    map[string]*tensor // placeholders by their names
	features  *node              // the last of the nodes that compute features; nil: there are none
	lengths   []string           // placeholders of the lengths of sequences
	phases    []string           // placeholders that are taken as false
	integers  int                // of constants so far
	recurs    bool               // there is a loop over the open axis
	anyBatch  bool               // the first axis of an input is open
	anyPair   bool               // so is the second
	someSteps int                // the length of the second axis of an input, if the file has one
	made      int                // bytes of constants beyond four times those in the file

	keys    map[string]string // names in the checkpoint of variables, by those of their nodes
	changed map[string]bool   // variables that the graph changes each time that it runs
}

// A scope has the values of nodes, and within a loop those around it.
type scope struct {
	outer  *scope
	values map[string][]value
	loop   *loop // nil: it is the whole graph
}

// lookUp returns the value of a node; nil: it is not evaluated yet.
func (s *scope) lookUp(name string) []value {
	for ; s != nil; s = s.outer {
		if v := s.values[name]; v != nil {
			return v
		}
	}
	return nil
}

// A reference is an input of a node.
type reference struct {
	node    string
	output  int
	control bool // only the node has to run before
}

func parseReference(text string) reference {
	if name, ok := strings.CutPrefix(text, "^"); ok {
		return reference{node: name, control: true}
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		if n, err := strconv.Atoi(text[i+1:]); err == nil && n >= 0 {
			return reference{node: text[:i], output: n}
		}
	}
	return reference{node: text}
}

// data returns the inputs of a node that are values.
func (n *node) data() []reference {
	var list []reference
	for _, text := range n.inputs {
		if r := parseReference(text); !r.control {
			list = append(list, r)
		}
	}
	return list
}

// An operator evaluates a node.
type operator func(c *call) ([]value, error)

// A call is a node that is evaluated.
type call struct {
	*translator
	node  *node
	scope *scope
	in    []value
}

func (c *call) unsupported(format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, c.node.name, short(c.node.op)+": "+format, args...)
}

func (c *call) damaged(format string, args ...any) error {
	return damaged(c.node.name, short(c.node.op)+": "+format, args...)
}

// dependencies returns the nodes that have to be evaluated before one.
func (t *translator) dependencies(n *node) []string {
	if f := t.loops[n.name]; f != nil {
		return f.reads()
	}
	var list []string
	for _, text := range n.inputs {
		r := parseReference(text)
		if !r.control || t.isPivot(r.node) {
			list = append(list, r.node)
		}
	}
	return list
}

// isPivot reports whether a node has a value only if a branch is taken, so that nodes
// which run after it know.
func (t *translator) isPivot(name string) bool {
	n := t.named[name]
	if n == nil || n.op != "Identity" || len(n.inputs) == 0 {
		return false
	}
	n = t.named[parseReference(n.inputs[0]).node]
	return n != nil && (n.op == "Switch" || n.op == "RefSwitch")
}

// evaluate evaluates nodes and what they depend on.
func (t *translator) evaluate(s *scope, targets ...string) error {
	type step struct {
		n    *node
		left []string
	}
	open := map[string]bool{}
	var stack []step
	enter := func(name, by string) error {
		if s.lookUp(name) != nil {
			return nil
		}
		n := t.named[name]
		switch {
		case n == nil:
			return damaged(by, "it reads the node %s, which the file does not have", network.Quote(name))
		case open[name]:
			return damaged(name, "%s: it depends on itself, outside of a loop", short(n.op))
		}
		open[name] = true
		stack = append(stack, step{n, t.dependencies(n)})
		return nil
	}
	for _, name := range targets {
		if err := enter(name, name); err != nil {
			return err
		}
		for len(stack) > 0 {
			at := &stack[len(stack)-1]
			if len(at.left) > 0 {
				next := at.left[0]
				at.left = at.left[1:]
				if err := enter(next, at.n.name); err != nil {
					return err
				}
				continue
			}
			n := at.n
			stack = stack[:len(stack)-1]
			if s.lookUp(n.name) == nil { // a loop gives all its outputs at once
				if err := t.run(s, n); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// get returns the value of a node's input.
func (s *scope) get(by string, r reference) (value, error) {
	list := s.lookUp(r.node)
	if len(list) == 1 && isDead(list[0]) {
		return list[0], nil
	}
	if r.output >= len(list) || list[r.output] == nil {
		return nil, damaged(by, "it reads the output %d of %s, which has none", r.output, network.Quote(r.node))
	}
	return list[r.output], nil
}

// run evaluates a node whose inputs are evaluated.
func (t *translator) run(s *scope, n *node) error {
	if f := t.loops[n.name]; f != nil {
		return t.loop(s, f)
	}
	c := &call{translator: t, node: n, scope: s}
	op := t.operators[n.op]
	for _, text := range n.inputs {
		r := parseReference(text)
		if r.control {
			if t.isPivot(r.node) && isDead(s.lookUp(r.node)[0]) {
				s.values[n.name] = []value{dead{}}
				return nil
			}
			continue
		}
		v, err := s.get(n.name, r)
		if err != nil {
			return err
		}
		c.in = append(c.in, v)
	}
	if n.op != "Merge" && n.op != "RefMerge" && slices.ContainsFunc(c.in, isDead) {
		s.values[n.name] = []value{dead{}}
		return nil
	}
	if op == nil {
		return c.unsupported("the operator is not known; export the network with tf2onnx, or cut the graph before it (--output)")
	}
	t.writer.at = n.name
	out, err := op(c)
	if err != nil {
		return c.at(err)
	}
	for _, v := range out {
		if x, ok := v.(*tensor); ok {
			t.integers += len(x.ints)
		}
	}
	if t.integers > allIntegers {
		return c.unsupported("constants of more than %d integers are computed up to it", allIntegers)
	}
	s.values[n.name] = out
	return nil
}

func isDead(v value) bool { _, ok := v.(dead); return ok }

// at adds the node to an error.
func (c *call) at(err error) error {
	var e *network.ImportError
	if errors.As(err, &e) && e.Name == "" {
		return network.Refuse(e.Err, c.node.name, "%s: %s", short(c.node.op), e.Reason)
	}
	return err
}

// tensor returns an input that is a tensor.
func (c *call) tensor(i int) (*tensor, error) {
	if i >= len(c.in) {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	t, ok := c.in[i].(*tensor)
	if !ok {
		return nil, c.unsupported("its input %d is %s, want a tensor", i, describe(c.in[i]))
	}
	return t, nil
}

// tensors returns all inputs, which are n tensors.
func (c *call) tensors(n int) ([]*tensor, error) {
	if len(c.in) != n {
		return nil, c.damaged("it has %s, want %d", message.Count(len(c.in), "input"), n)
	}
	list := make([]*tensor, n)
	for i := range list {
		var err error
		if list[i], err = c.tensor(i); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// numbers returns an input that is a constant of integers.
func (c *call) numbers(i int, what string) ([]number, error) {
	t, err := c.tensor(i)
	if err != nil {
		return nil, err
	}
	if !t.constant || t.dtype.isFloat() || t.limits != nil {
		return nil, c.unsupported("%s (input %d) is %s, want a constant of integers", what, i, describe(t))
	}
	return t.ints, nil
}

// fixed returns an input that is a constant of integers that do not depend on the steps.
func (c *call) fixed(i int, what string) ([]int64, error) {
	list, err := c.numbers(i, what)
	if err != nil {
		return nil, err
	}
	out := make([]int64, len(list))
	for i, v := range list {
		if v.open || v.step != 0 || v.length {
			return nil, c.unsupported("%s depends on the number of steps", what)
		}
		out[i] = v.n
	}
	return out, nil
}

// axis returns an axis, which may count from the end.
func (c *call) axis(k int64, rank int) (int, error) {
	if k < 0 {
		k += int64(rank)
	}
	if k < 0 || k >= int64(rank) {
		return 0, c.damaged("the axis %d of a tensor of %s", k, message.Count(rank, "axis"))
	}
	return int(k), nil
}

// flag returns an option that is true or false.
func (c *call) flag(name string) (bool, error) {
	a, err := c.node.attribute(name, attributeFlag)
	return a != nil && a.flag, err
}

// integer returns an option that is an integer.
func (c *call) integer(name string, usual int64) (int64, error) {
	a, err := c.node.attribute(name, attributeInteger)
	if a == nil || err != nil {
		return usual, err
	}
	return a.integer, nil
}

// float returns an option that is a float.
func (c *call) float(name string, usual float32) (float32, error) {
	a, err := c.node.attribute(name, attributeFloat)
	if a == nil || err != nil {
		return usual, err
	}
	return a.float, nil
}

// text returns an option that is a text.
func (c *call) text(name, usual string) (string, error) {
	a, err := c.node.attribute(name, attributeText)
	if a == nil || err != nil {
		return usual, err
	}
	return a.text, nil
}

// kind returns an option that is a type.
func (c *call) kind(name string, usual dtype) (dtype, error) {
	a, err := c.node.attribute(name, attributeType)
	if a == nil || err != nil {
		return usual, err
	}
	return a.dtype, nil
}

// one returns the only output of a node.
func one(t *tensor, err error) ([]value, error) {
	if err != nil {
		return nil, err
	}
	return []value{t}, nil
}

// outputs returns the outputs of a node.
func outputs(list []*tensor, err error) ([]value, error) {
	if err != nil {
		return nil, err
	}
	var out []value
	for _, t := range list {
		out = append(out, t)
	}
	return out, nil
}
