package keras

import (
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// ReadObjects reads a model whose weights are attributes of the objects of its layers,
// as a SavedModel has them. config is the JSON of the model, with its keras_version.
//
// A weight's name is its path: layers/NAME for each layer of a model, then
// forward_layer, backward_layer or layer in a wrapper, and the attribute; a cell has
// the path of its layer. "layers/bidirectional/forward_layer/kernel" is an example.
func ReadObjects(config []byte, weights []statedict.Tensor, options Options) (*network.Network, error) {
	o, err := parse("the model's config", config)
	if err != nil {
		return nil, err
	}
	if c, ok := o["config"].(object); ok && c["build_input_shape"] == nil {
		c["build_input_shape"] = o["build_input_shape"] // of a Sequential model
	}
	v, _ := o["keras_version"].(string)
	version := major(v)
	if version == 0 {
		version = 2 // of which all are, since Keras 3 keeps no layers in a SavedModel
	}
	return modelOf(o, version, options, func(m *model) error { return fillObjects(m, weights) })
}

// fillObjects fills in weights by their paths.
func fillObjects(m *model, weights []statedict.Tensor) error {
	m.nameGroups(true)
	left := map[string]*statedict.Tensor{}
	for i := range weights {
		left[weights[i].Name] = &weights[i]
	}
	for _, s := range m.slots(groupLayers) {
		name := s.attribute("")
		w := left[name]
		if w == nil { // as a Normalization has its mean
			if adapted := s.attribute("adapt_"); left[adapted] != nil {
				name, w = adapted, left[adapted]
			}
		}
		if w == nil && !s.optional {
			return network.Refuse(network.ErrShape, s.layer.title(), "the file lacks its weight %q, which should be at %s", s.name, network.Quote(name))
		}
		if w == nil {
			continue
		}
		delete(left, name)
		if err := s.set(&array{name: w.Name, shape: w.Shape, kind: w.DType, data: w.Data}); err != nil {
			return err
		}
	}
	if len(left) > 0 {
		return network.Refuse(network.ErrShape, sortedKeys(left)[0], "the model has no layer with this weight")
	}
	return nil
}

// attribute returns the path of a weight, as in ReadObjects, from its name with a
// prefix.
func (s *slot) attribute(prefix string) string {
	of := s.path[:strings.LastIndex(s.path, "vars/")]
	return strings.TrimSuffix(of, "cell/") + prefix + s.name
}
