package tensorflow

import (
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// operators returns how nodes are evaluated, by the names of their operators.
func operators() map[string]operator {
	ops := map[string]operator{}
	for _, add := range []func(map[string]operator){inputs, branches, pointwise, comparisons, layouts, choices, sizes, reductions, products, arrays, lists, variables} {
		add(ops)
	}
	return ops
}

// same gives the first input.
func same(c *call) ([]value, error) {
	if len(c.in) == 0 {
		return nil, c.damaged("it has no input")
	}
	return c.in[:1], nil
}

// branches adds the operators that let values through.
func branches(ops map[string]operator) {
	for _, name := range []string{
		"Identity", "RefIdentity", "Snapshot", "StopGradient", "PreventGradient", "CheckNumerics", "Print", "LoopCond",
		"NextIteration", "RefNextIteration", "EnsureShape",
	} {
		ops[name] = same
	}
	for _, name := range []string{"NoOp", "Assert"} { // a name in a list of nodes to run
		ops[name] = func(c *call) ([]value, error) { return []value{dead{}}, nil }
	}
	ops["Switch"], ops["RefSwitch"] = (*call).branch, (*call).branch
	ops["Merge"], ops["RefMerge"] = (*call).join, (*call).join
	ops["IdentityN"] = func(c *call) ([]value, error) { return c.in, nil }
}

// branch lets a value through to one of two outputs.
func (c *call) branch() ([]value, error) {
	if len(c.in) != 2 {
		return nil, c.damaged("it has %s", message.Count(len(c.in), "input"))
	}
	yes, err := c.condition(1)
	if err != nil {
		return nil, err
	}
	if yes {
		return []value{dead{}, c.in[0]}, nil
	}
	return []value{c.in[0], dead{}}, nil
}

// condition returns an input that must be true or false.
func (c *call) condition(i int) (bool, error) {
	t, err := c.tensor(i)
	if err != nil {
		return false, err
	}
	if !t.constant || t.dtype != typeBool || len(t.ints) != 1 || t.limits != nil {
		return false, c.unsupported("the branch depends on what the network reads; freeze the graph with the learning phase 0, or give a Placeholder that it depends on (--input NAME=0)")
	}
	return t.ints[0].n != 0, nil
}

// join lets the value of the branch that was taken through.
func (c *call) join() ([]value, error) {
	i := slices.IndexFunc(c.in, func(v value) bool { return !isDead(v) })
	switch {
	case i < 0:
		return []value{dead{}}, nil
	case slices.ContainsFunc(c.in[i+1:], func(v value) bool { return !isDead(v) }):
		return nil, c.unsupported("it has a value of more than one branch")
	}
	return []value{c.in[i], scalar(typeInt32, number{n: int64(i)})}, nil
}
