package statedict

import (
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
)

// CheckOwn refuses an architecture that a file contains, unless [Describe] could have
// written it: with tensors that are computed from others, or several nodes for one
// module, a few bytes could ask for any amount of memory.
func (a *Architecture) CheckOwn() error {
	refuse := func(what string) error {
		return network.Refuse(network.ErrUnsupported, what, "which a file's own architecture cannot have; --arch gives another")
	}
	switch {
	case len(a.Tensors) > 0:
		return refuse("tensors")
	case len(a.Nodes) == 0 || len(a.Modules) > 0:
		return refuse("modules")
	case len(a.Nodes) > format.MaxNodes:
		return refuse("nodes")
	}
	seen := map[string]bool{}
	for i := range a.Nodes {
		if a.Nodes[i].FrontEnd != "" {
			return refuse("front_end")
		}
		name := a.Nodes[i].Module
		if name != "" && seen[name] {
			return network.Refuse(network.ErrUnsupported, name, "two nodes have this module, which a file's own architecture cannot have; --arch gives another")
		}
		seen[name] = true
	}
	return nil
}
