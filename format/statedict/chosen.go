package statedict

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// chosen returns the tensors with the architecture's prefix, with that removed
// from their names.
func (a *Architecture) chosen(tensors []Tensor) ([]Tensor, error) {
	if a.Prefix == "" {
		return tensors, nil
	}
	var list []Tensor
	for _, t := range tensors {
		if name, found := strings.CutPrefix(t.Name, a.Prefix+"."); found {
			t.Name = name
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		var prefixes []string
		for _, t := range tensors {
			for i := range len(t.Name) {
				if t.Name[i] == '.' && !slices.Contains(prefixes, t.Name[:i]) && len(prefixes) < 1000 {
					prefixes = append(prefixes, t.Name[:i])
				}
			}
		}
		return nil, network.Refuse(network.ErrArchitecture, "prefix", "no tensor's name starts with %s%s", network.Quote(a.Prefix+"."), message.Suggestion(a.Prefix, prefixes))
	}
	return list, nil
}

// without returns the tensors that the architecture does not ignore.
func (a *Architecture) without(tensors []Tensor) ([]Tensor, error) {
	if len(a.Ignore) == 0 {
		return tensors, nil
	}
	found := make([]bool, len(a.Ignore))
	var list []Tensor
	for _, t := range tensors {
		ignored := false
		for i, name := range a.Ignore {
			if ignores(name, t.Name) {
				found[i], ignored = true, true
			}
		}
		if !ignored {
			list = append(list, t)
		}
	}
	if i := slices.Index(found, false); i >= 0 {
		return nil, noTensor(a.Ignore[i], tensors)
	}
	return list, nil
}

// noTensor gives the error of a name that no tensor has.
func noTensor(name string, tensors []Tensor) error {
	var all []string
	for _, t := range tensors {
		all = append(all, t.Name)
	}
	return network.Refuse(network.ErrArchitecture, name, "the file has no tensor of this name%s", message.Suggestion(name, all))
}

// ignores reports whether an entry of "ignore" names a tensor.
func ignores(entry, tensor string) bool {
	start, open := strings.CutSuffix(entry, "*")
	return tensor == entry || open && strings.HasPrefix(tensor, start)
}
