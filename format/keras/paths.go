package keras

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/network"
)

// The groups in which versions of Keras 3 store the weights of layers.
const (
	groupLayers = "layers/"
	groupOlder  = "_layer_checkpoint_dependencies/"
)

// maxGroups bounds how deep groups nest, and maxObjects the number of groups and
// weights, counting one that lies in several groups several times.
const (
	maxGroups  = 32
	maxObjects = 1 << 15
	maxPath    = 1 << 10 // bytes
)

// datasets returns the paths of all datasets in a group.
func datasets(root *hdf5.Object) ([]string, error) {
	w := walk{}
	err := w.group(root, "", 0)
	return w.paths, err
}

// A walk visits the objects of nested groups.
type walk struct {
	paths   []string // of datasets
	objects int
}

func (w *walk) group(o *hdf5.Object, prefix string, depth int) error {
	names, err := o.Names()
	if err != nil {
		return err
	}
	if w.objects += 1 + len(names); depth > maxGroups || w.objects > maxObjects || len(prefix) > maxPath {
		return network.Refuse(network.ErrUnsupported, prefix, "groups are too many, nest too deep, or have too long names")
	}
	for _, name := range names {
		child, err := o.Open(name)
		if err != nil {
			return err
		}
		if child.IsDataset() {
			w.paths = append(w.paths, prefix+name)
		} else if err := w.group(child, prefix+name+"/", depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fillPaths fills in the weights of Keras 3, whose paths tell what they are.
func fillPaths(root *hdf5.Object, m *model) error {
	paths, err := datasets(root)
	if err != nil {
		return err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool {
		return !strings.HasPrefix(p, groupLayers) && !strings.HasPrefix(p, groupOlder) || strings.Contains(p, "/seed_generator/")
	})
	if len(paths) == 0 {
		return network.Refuse(network.ErrUnsupported, "", "the file has no weights of layers as Keras writes them")
	}
	older := strings.HasPrefix(paths[0], groupOlder)
	var missing error
	for _, byName := range []bool{false, true} {
		m.nameGroups(byName)
		list := m.slots(groupLayers)
		left := map[string]bool{}
		for _, p := range paths {
			left[p] = true
		}
		missing = nil
		for i := range list {
			s := &list[i]
			if older {
				s.path = strings.ReplaceAll(s.path, groupLayers, groupOlder)
			}
			if !left[s.path] && !s.optional && missing == nil {
				missing = network.Refuse(network.ErrShape, s.layer.title(), "the file lacks its weight %q, which should be at %s", s.name, network.Quote(s.path))
			}
			delete(left, s.path)
		}
		if missing == nil && len(left) > 0 && m.refused() == nil {
			missing = network.Refuse(network.ErrShape, sortedKeys(left)[0], "the model has no layer with this weight")
		}
		if missing == nil {
			return readPaths(root, list, paths)
		}
	}
	return missing
}

// readPaths reads the weights of slots that are there.
func readPaths(root *hdf5.Object, list []slot, paths []string) error {
	there := map[string]bool{}
	for _, p := range paths {
		there[p] = true
	}
	for i := range list {
		s := &list[i]
		if !there[s.path] {
			continue
		}
		a, err := read(root, s.path)
		if err != nil {
			return err
		}
		if err := s.set(a); err != nil {
			return err
		}
	}
	return nil
}
