package statedict

import (
	"reflect"
	"slices"
	"strings"
)

// known refuses a node with a key that its op does not have, rather than ignore
// the key.
func (g *grapher) known(n *Node, op nodeOp, function bool) error {
	known := strings.Fields("name op inputs " + op.keys)
	if !function {
		known = append(known, "activation")
	}
	if function || n.Activation != "" || n.RecurrentActivation != "" {
		known = append(known, "alpha", "beta")
	}
	v := reflect.ValueOf(*n)
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if !v.Field(i).IsZero() && !slices.Contains(known, key) {
			return g.refuse("the op %[2]s does not have %[1]q; it has %[3]q", key, n.Op, known)
		}
	}
	return nil
}

// own reports whether the node's op applies its activation itself: in a layer.
func (n *Node) own() bool {
	return n.Op == "rnn" || n.Op == "lstm" || n.Op == "gru" || n.Op == "linear"
}
