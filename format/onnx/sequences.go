package onnx

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
)

// A model answers one sequence at a time, so a graph is read for a batch of one. If the
// file leaves the length of the batch open, no sequence may depend on another. To find
// out, the reader follows the graph once more with a batch of two, and tracks on which
// sequences each element depends. It accepts nodes that it cannot follow.

// labels are the sequences on which the elements of a value depend: from 1, as floats;
// 0: none.
type labels struct{ of *array }

// A follower evaluates nodes on labels.
type follower struct {
	*tracer
	values map[string]value // *array of constants, *labels; none: it could not be followed
}

const followed = 2 // sequences

// checkSequences refuses a graph in which sequences of a batch depend on others.
func (t *tracer) checkSequences() error {
	if len(t.batches) == 0 {
		return nil
	}
	s, err := newSchedule(&t.model.graph, func(string) bool { return false })
	if err != nil {
		return err
	}
	im := &importer{model: t.model, budget: t.budget, values: map[string]value{}, symbols: map[string]int{}, operators: operators()}
	f := &follower{tracer: t, values: im.values}
	im.otherwise = func(n *node) error { return f.follow(im, n) }
	for name, x := range s.initializers {
		im.values[name] = x.array()
	}
	for i := range t.owners {
		o := &t.owners[i]
		if o.input == nil {
			continue
		}
		shape := slices.Clone(o.shape)
		axis, ok := t.batches[o.input]
		if ok {
			shape[axis] = followed
		}
		if err := t.spendFor(o.input.name, length(shape)); err != nil {
			return err
		}
		l := newLabels(shape)
		for i := range l.floats {
			if ok {
				l.floats[i] = float32(i/length(shape[axis+1:])%followed + 1)
			}
		}
		im.values[o.input.name] = &labels{l}
	}
	for _, n := range s.nodes {
		if err := f.follow(im, n); err != nil {
			return err
		}
	}
	for _, name := range t.model.graph.outputs {
		l, ok := f.values[name].(*labels)
		if !ok {
			continue
		}
		if one, two := slices.Contains(l.of.floats, 1), slices.Contains(l.of.floats, 2); one != two {
			return tensorError(name, network.ErrUnsupported, "this output belongs to only some sequences of a batch")
		}
	}
	return nil
}

func newLabels(shape []int) *array {
	a := &array{dtype: typeFloat, stored: slices.Clone(shape), floats: make([]float32, length(shape))}
	for _, n := range shape {
		a.shape = append(a.shape, number(int64(n)))
	}
	return a
}

// follow evaluates a node. If it is not known how, the outputs have no values.
func (f *follower) follow(im *importer, n *node) error {
	c := &call{importer: im, node: n}
	constants := true
	for _, name := range n.inputs {
		v := f.values[name]
		if name != "" && v == nil {
			return nil
		}
		if _, ok := v.(*labels); ok {
			constants = false
		}
		c.in = append(c.in, v)
	}
	var out []value
	var err error
	if constants {
		out, err = f.constants(c)
	} else {
		out, err = f.depends(c)
	}
	if err == errMixes {
		return c.unsupported("it mixes the sequences of a batch, whose length the file leaves open: export the model for a batch of 1")
	}
	if _, ok := err.(*branchError); ok {
		return c.unsupported("its condition (%s) depends on the length of the batch, which the file leaves open: export the model for a batch of 1", quote(n.inputs[0]))
	}
	if err != nil {
		return nil
	}
	for i, name := range n.outputs {
		if i < len(out) && out[i] != nil && name != "" {
			f.values[name] = out[i]
		}
	}
	return nil
}

var errMixes = conflict("mixed")

type branchError struct{ error }

// constants evaluates a node of constants, which may depend on the length of the batch.
func (f *follower) constants(c *call) ([]value, error) {
	op, ok := c.operators[c.node.operator]
	if !ok || len(c.in) < op.least || len(c.in) > op.most {
		return nil, errOrder
	}
	if c.node.operator == "If" {
		a, ok := c.in[0].(*array)
		if !ok || a.isFloat() || a.length() != 1 {
			return nil, errOrder
		}
		if yes, ok := f.branches[c.node]; ok && yes != !a.ints[0].is(0) {
			return nil, &branchError{}
		}
	}
	for i := range op.least {
		if c.in[i] == nil {
			return nil, errOrder
		}
	}
	return op.run(c)
}
