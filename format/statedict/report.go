package statedict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// Account reports what becomes of each tensor. n is the network that [Network] makes
// from them; nil: it refuses them. Modules that lack tensors are parts, too.
func Account(r *network.Report, tensors []Tensor, a *Architecture, n *network.Network) {
	if r == nil {
		return
	}
	layers := map[string]string{} // by the names of their first tensors
	if n != nil {
		for i := range n.Layers {
			layers[n.Layers[i].Name] = n.Layers[i].String()
		}
	}
	known := places(tensors, a)
	for i := range tensors {
		t := &tensors[i]
		kind := t.shape() + " " + t.DType
		name, chosen := t.Name, true
		if a.Prefix != "" {
			name, chosen = strings.CutPrefix(t.Name, a.Prefix+".")
		}
		switch {
		case !chosen:
			r.Add(t.Name, kind, network.LeftOut, "its name does not start with %s", network.Quote(a.Prefix+"."))
		case slices.ContainsFunc(a.Ignore, func(entry string) bool { return ignores(entry, name) }):
			r.Add(t.Name, kind, network.LeftOut, `it is named under "ignore"`)
		case layers[name] != "":
			r.Add(t.Name, kind, network.Taken, "%s", layers[name])
		case known[name] != "":
			r.Add(t.Name, kind, network.Taken, "%s", known[name])
		case n != nil:
			r.Add(t.Name, kind, network.Taken, "another tensor is computed from it")
		case len(a.Nodes) > 0:
			r.Add(t.Name, kind, network.Refused, `no node reads it; if no output depends on it, name it under "ignore"`)
		default:
			r.Add(t.Name, kind, network.Refused, "no module that is known has a tensor of this name")
		}
	}
	if n == nil && len(a.Nodes) == 0 {
		accountModules(r, tensors)
	}
}

// places maps the names of tensors to the node or the module that has them.
func places(tensors []Tensor, a *Architecture) map[string]string {
	known := map[string]string{}
	for _, t := range tensors {
		name := strings.TrimPrefix(t.Name, a.Prefix+".")
		for i := range a.Nodes {
			n := &a.Nodes[i]
			named := slices.Contains(slices.Concat(n.H0, n.C0, []string{n.Peephole, n.Tensor}), name)
			if rest, found := strings.CutPrefix(name, n.Module+"."); named || n.Module != "" && found && !strings.Contains(rest, ".") {
				known[name] = fmt.Sprintf("of the node %s (%s)", network.Quote(n.value()), n.Op)
			}
		}
		for made, e := range a.Tensors {
			if slices.Contains(e.From, name) {
				known[name] = "makes " + network.Quote(made)
			}
		}
		for _, m := range a.Modules {
			if slices.Contains(slices.Concat(m.H0, m.C0), name) {
				known[name] = "initial state of " + network.Quote(m.Name)
			}
		}
		if module, slot := place(name); slot != nil && len(a.Nodes) == 0 {
			known[name] = "of the module " + network.Quote(module)
		}
	}
	return known
}

// accountModules reports the modules whose tensors do not fit together.
func accountModules(r *network.Report, tensors []Tensor) {
	list, err := modules(slices.DeleteFunc(slices.Clone(tensors), func(t Tensor) bool {
		_, slot := place(t.Name)
		return slot == nil
	}))
	if err != nil || onlyInGraphs(list) != nil {
		return
	}
	for _, m := range list {
		switch {
		case m.recurrent():
			_, err = m.build()
		case !m.normalizes():
			_, err = m.linear()
		}
		if err != nil {
			r.Add(m.name, "module", network.Refused, "%v", err)
		}
		err = nil
	}
}
