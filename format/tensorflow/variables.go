package tensorflow

import (
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A Variable is the saved value of a variable.
type Variable struct {
	Shape []int
	Data  []float32
}

// Variables are the variables of a graph, by their names in its checkpoint.
type Variables interface {
	Has(name string) bool
	Variable(name string) (*Variable, error)
}

// variables adds the operators of variables, which have their saved values.
func variables(ops map[string]operator) {
	for _, name := range []string{"Variable", "VariableV2", "VarHandleOp"} {
		ops[name] = (*call).variable
	}
	ops["ReadVariableOp"] = same
	ops["ResourceGather"] = (*call).gatherVariable
}

// variable returns the saved value of a variable.
func (c *call) variable() ([]value, error) {
	if c.source.variables == nil {
		return nil, c.unsupported("the graph is not frozen: its weights are elsewhere; convert the SavedModel's folder, or freeze it (freeze_graph, convert_variables_to_constants)")
	}
	if c.changed[c.node.name] {
		return nil, c.unsupported("the graph changes this variable each time that it runs, so it is a state; save the model without it (stateful=False), or make the state an input and an output")
	}
	key, ok := c.keys[c.node.name]
	if !ok {
		key = c.node.name
		if name, err := c.text("shared_name", ""); err != nil {
			return nil, err
		} else if name != "" {
			key = name
		}
	}
	if !c.source.variables.Has(key) {
		return nil, c.damaged("the checkpoint has no tensor for this variable, %s", network.Quote(key))
	}
	v, err := c.source.variables.Variable(key)
	if err != nil {
		return nil, err
	}
	kind, err := c.kind("dtype", typeFloat)
	if err != nil {
		return nil, err
	}
	if v.Data == nil || !kind.isFloat() {
		return nil, c.unsupported("a variable of %v", kind)
	}
	t := &tensor{dtype: kind, constant: true, floats: v.Data, reversed: -1}
	for _, n := range v.Shape {
		t.shape = append(t.shape, dimension{n: n})
	}
	return one(t, nil)
}

// gatherVariable takes rows of a variable.
func (c *call) gatherVariable() ([]value, error) {
	list, err := c.tensors(2)
	if err != nil {
		return nil, err
	}
	if batch, err := c.integer("batch_dims", 0); err != nil || batch != 0 {
		return nil, c.unsupported("batch_dims %d", batch)
	}
	return one(c.gather(list[0], list[1], 0))
}

// origin follows a reference to the node that its value comes from.
func (t *translator) origin(text string) (reference, *node) {
	for range len(t.named) + 1 {
		r := parseReference(text)
		n := t.named[r.node]
		if n == nil || n.op != "Identity" && n.op != "RefIdentity" || len(n.data()) == 0 {
			return r, n
		}
		text = n.inputs[0]
	}
	return reference{}, nil
}

// changes reports whether an operator gives its first input, a variable, another value.
func changes(op string) bool {
	return strings.HasPrefix(op, "Assign") || strings.HasPrefix(op, "ResourceScatter") || strings.HasPrefix(op, "ResourceApply") || strings.HasPrefix(op, "Scatter")
}

// findVariables finds the names of the variables in the checkpoint, and the variables
// that functions called by the graph change.
func (t *translator) findVariables(list []*node) error {
	t.keys, t.changed = map[string]string{}, map[string]bool{}
	names := map[string][]string{}
	for _, n := range list {
		in := n.data()
		if !changes(n.op) || len(in) < 2 {
			continue
		}
		_, variable := t.origin(n.inputs[0])
		from, restore := t.origin(n.inputs[1])
		if variable == nil {
			continue
		}
		if restore == nil || restore.op != "RestoreV2" {
			if n.called {
				t.changed[variable.name] = true
			}
			continue
		}
		if names[restore.name] == nil {
			var err error
			if names[restore.name], err = t.restoredNames(restore); err != nil {
				return err
			}
		}
		if from.output >= len(names[restore.name]) {
			return damaged(restore.name, "RestoreV2: it has no output %d", from.output)
		}
		key := names[restore.name][from.output]
		if old, ok := t.keys[variable.name]; ok && old != key {
			return damaged(variable.name, "it is restored from %s and from %s", network.Quote(old), network.Quote(key))
		}
		t.keys[variable.name] = key
	}
	return nil
}

// restoredNames returns the names of the tensors that a node reads from a checkpoint.
func (t *translator) restoredNames(n *node) ([]string, error) {
	in := n.data()
	if len(in) != 3 {
		return nil, damaged(n.name, "RestoreV2: it has %s", message.Count(len(in), "input"))
	}
	var lists [2][]string
	for i := range lists {
		_, c := t.origin(n.inputs[i+1])
		if c == nil || c.op != "Const" {
			return nil, damaged(n.name, "RestoreV2: its input %d is not a constant", i+1)
		}
		a, err := c.attribute("value", attributeTensor)
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, damaged(c.name, "Const: it has no value")
		}
		if lists[i], err = readTexts(a.tensor); err != nil {
			return nil, c.at(err)
		}
	}
	for i, slice := range lists[1] {
		if slice != "" && i < len(lists[0]) {
			lists[0][i] += ", a slice" // which the checkpoint does not have under this name
		}
	}
	return lists[0], nil
}

// readTexts reads a TensorProto of texts.
func readTexts(b []byte) (list []string, err error) {
	err = protobuf.ReadFields("TensorProto", b, protobuf.Numbers(8), func(f protobuf.Field) error {
		if f.Number != 8 {
			return nil
		}
		var text string
		err := f.Text(&text)
		list = append(list, text)
		return err
	})
	return list, err
}
