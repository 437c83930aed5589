package statedict

import (
	"reflect"
	"slices"
	"strings"
)

// known refuses a node of which something is said that its op does not have, and
// would be left out.
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
			return g.refuse("%q means nothing for the op %s, of which %q can be said", key, n.Op, known)
		}
	}
	return nil
}

// own reports whether the node's op applies its activation itself: in a layer.
func (n *Node) own() bool {
	return n.Op == "rnn" || n.Op == "lstm" || n.Op == "gru" || n.Op == "linear"
}
