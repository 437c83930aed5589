package keras

import (
	"slices"

	"github.com/rnnrun/rnnrun/format/hdf5"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// textsOf returns the texts of an attribute, which may be split over several:
// weight_names0, weight_names1, …
func textsOf(o *hdf5.Object, name string) ([]string, bool, error) {
	texts, found, err := o.Text(name)
	for i := 0; err == nil && !found || i > 0; i++ {
		more, has, err := o.Text(name + itoa(i))
		if err != nil || !has {
			return texts, i > 0, err
		}
		texts = append(texts, more...)
	}
	return texts, found, err
}

// weightsOf returns the function that fills in the weights of an HDF5 group of any
// version of Keras.
func weightsOf(root *hdf5.Object) func(m *model) error {
	return func(m *model) error {
		names, legacy, err := textsOf(root, "layer_names")
		if err != nil {
			return err
		}
		if legacy {
			return fillLegacy(root, m, names)
		}
		return fillPaths(root, m)
	}
}

// fillLegacy fills in the weights of Keras 1 and 2, and of 3 in the same form: a
// group for each layer, which names its weights in their order.
func fillLegacy(root *hdf5.Object, m *model, names []string) error {
	named := true
	var layers []*layer // that have weights
	for _, l := range m.layers {
		if len(l.slots("")) > 0 {
			layers = append(layers, l)
			named = named && slices.Contains(names, l.name)
		}
	}
	next := 0
	for _, name := range names {
		arrays, err := layerArrays(root, name)
		if err != nil {
			return err
		}
		if len(arrays) == 0 {
			continue
		}
		l := m.byName[name]
		if !named {
			// Keras, too, loads weights into a model whose layers have other
			// names.
			l = nil
			if next < len(layers) {
				l = layers[next]
			}
		}
		if next++; l == nil {
			return network.Refuse(network.ErrShape, name, "the file has %s of this layer, which the model does not have", message.Count(len(arrays), "weight"))
		}
		if l.err != nil {
			continue
		}
		if err := fill(l.title(), inOrder(l.slots("")), arrays); err != nil {
			return err
		}
	}
	return nil
}

// layerArrays reads the weights of a layer's group.
func layerArrays(root *hdf5.Object, name string) ([]*array, error) {
	g, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	weights, _, err := textsOf(g, "weight_names")
	if err != nil {
		return nil, err
	}
	var arrays []*array
	for _, w := range weights {
		a, err := read(g, w)
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// read reads the array of a name.
func read(g *hdf5.Object, name string) (*array, error) {
	o, err := g.Open(name)
	if err != nil {
		return nil, err
	}
	a, err := o.Array()
	if err != nil {
		return nil, err
	}
	return &array{name: cut(name), shape: a.Shape, data: a.Data, kind: a.Type}, nil
}

// allArrays reads all weights of a file by their names.
func allArrays(root *hdf5.Object) ([]*array, error) {
	names, legacy, err := textsOf(root, "layer_names")
	if err != nil {
		return nil, err
	}
	var all []*array
	if !legacy {
		paths, err := datasets(root)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			a, err := read(root, path)
			if err != nil {
				return nil, err
			}
			all = append(all, a)
		}
		return all, nil
	}
	for _, name := range names {
		arrays, err := layerArrays(root, name)
		if err != nil {
			return nil, err
		}
		all = append(all, arrays...)
	}
	return all, nil
}
