package pickle

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// Read returns the tensors of the state_dict in the file, in their order in it.
// key names the state_dict in a checkpoint, which is a dictionary of several
// things; if it is empty, the whole file is the state_dict, or holds nothing
// else. Data is nil for tensors whose elements are not floating-point numbers.
// The error is a [*network.ImportError].
func Read(data []byte, key string) ([]statedict.Tensor, error) {
	read := readLegacy
	if bytes.HasPrefix(data, []byte("PK")) {
		read = readArchive
	}
	value, storages, err := read(data)
	if err != nil {
		return nil, err
	}
	d, err := stateDict(value, key)
	if err != nil {
		return nil, err
	}
	return storages.tensors(d, len(data))
}

// MatchLegacy reports whether data starts as torch.save's older files do. Newer
// ones are ZIP archives, which [MatchMember] recognizes by a member.
func MatchLegacy(data []byte) bool { return bytes.HasPrefix(data, []byte(legacyMagic)) }

// MatchMember reports whether a ZIP archive with a member of that name is
// torch.save's.
func MatchMember(name string) bool { return name == "data.pkl" || strings.HasSuffix(name, "/data.pkl") }

func damaged(name, format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, name, format, args...)
}

func unsupported(name, format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, name, format, args...)
}

// stateDict finds the state_dict in the saved value.
func stateDict(value any, key string) (*dict, error) {
	d, ok := value.(*dict)
	if o, isObject := value.(*opaque); isObject {
		return nil, unsupported(string(o.class), "the file holds a Python object of this name; only state_dicts are read, and nothing is executed. If it is a whole module that you trust, save its state_dict alone, in Python where its classes can be imported:\n"+
			"    torch.save(torch.load(\"FILE\", weights_only=False).state_dict(), \"state.pt\")")
	}
	if !ok {
		return nil, unsupported("", "the file holds %s, want a state_dict: save model.state_dict()", describe(value))
	}
	if key != "" {
		i := slices.Index(d.keys, any(key))
		if i < 0 {
			return nil, network.Refuse(network.ErrArchitecture, key, "the checkpoint has no such key, but %s; if these are the tensors, it is a state_dict itself, and needs no key", d.list())
		}
		if d, ok = d.values[i].(*dict); !ok {
			return nil, network.Refuse(network.ErrArchitecture, key, "it is %s, want a state_dict", describe(value.(*dict).values[i]))
		}
		return d, nil
	}
	if len(d.values) == 1 {
		if inner, ok := d.values[0].(*dict); ok {
			return inner, nil
		}
	}
	for i, v := range d.values {
		if _, ok := v.(*tensor); ok {
			continue
		}
		for k, v := range d.values {
			if inner, ok := v.(*dict); ok && inner.hasTensor() {
				return nil, network.Refuse(network.ErrAmbiguous, "", `the file is a checkpoint of %s. Say in the architecture which one is the network, for instance

    {"state_dict": %q}`, d.list(), cut(label(d.keys[k])))
			}
		}
		return nil, unsupported(label(d.keys[i]), "it is %s, but a state_dict has tensors only: save model.state_dict() alone", describe(v))
	}
	return d, nil
}
