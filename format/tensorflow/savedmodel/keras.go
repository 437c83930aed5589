package savedmodel

import (
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/format/tensorflow/bundle"
	"github.com/rnnrun/rnnrun/internal/message"
)

// objectGraph is the name of the text in a checkpoint that says which objects the
// variables are attributes of.
const objectGraph = "_CHECKPOINTABLE_OBJECT_GRAPH"

// maxNesting bounds how deep models and wrappers nest.
const maxNesting = 16

// parts are the attributes of a layer that have weights of their own, and their
// names in the paths of weights.
var parts = map[string]string{"cell": "", "forward_layer": "forward_layer/", "backward_layer": "backward_layer/", "layer": "layer/"}

// A layered is a Keras model with its objects, those of its checkpoint, and its
// variables.
type layered struct {
	objects   objects
	metadata  map[int][]byte
	kept      objects
	variables *bundle.Bundle
	weights   []statedict.Tensor
	values    map[string][]float32 // by names in the checkpoint
	left      int                  // bytes of objects that are read, also repeatedly
}

// description is what Keras tells of an object in its metadata.
type description struct {
	Class  string          `json:"class_name"`
	Name   string          `json:"name"`
	Config json.RawMessage `json:"config"`
}

// readKeras reads the model by its layers. ok is false if the file does not have
// them: it is not of Keras, or a class of its own.
func readKeras(s *saved, folder fs.FS, options keras.Options) (n *network.Network, ok bool, err error) {
	if s.objects == nil {
		return nil, false, nil
	}
	l := &layered{values: map[string][]float32{}, left: 1<<20 + 16*len(s.objects)}
	if l.objects, err = objectsOf(s.objects); err != nil || len(l.objects) == 0 {
		return nil, false, err
	}
	beside, err := readFile(folder, fileMetadata)
	if err != nil {
		return nil, false, err
	}
	if l.metadata, err = metadataOf(beside); err != nil {
		return nil, false, err
	}
	l.left += 16 * len(beside)
	root, d, err := l.describe(0)
	if err != nil || !strings.HasPrefix(root.class, "_tf_keras_") || !slices.Contains([]string{"Sequential", "Functional", "Model"}, d.Class) || len(d.Config) == 0 {
		return nil, false, err
	}
	if err := l.open(folder); err != nil {
		return nil, true, err
	}
	if err := l.walk("", 0, 0, 0); err != nil {
		return nil, true, err
	}
	n, err = keras.ReadObjects(root.metadata, l.weights, options)
	return n, true, err
}

// open opens the variables, and reads which objects they belong to.
func (l *layered) open(folder fs.FS) error {
	var err error
	if l.variables, err = bundle.Open(folder, pathVariables); err != nil {
		return missing(err)
	}
	t, err := l.variables.Tensor(objectGraph)
	if err != nil {
		return err
	}
	if len(t.Texts) != 1 {
		return damaged(objectGraph, "it is %s, want one", message.Count(len(t.Texts), "text"))
	}
	l.kept, err = objectsOf(t.Texts[0])
	if err == nil && len(l.kept) == 0 {
		err = damaged(objectGraph, "it has no objects")
	}
	return err
}

// missing adds to the error of a missing file what a SavedModel consists of.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return damaged("", "%v: a SavedModel is a folder of saved_model.pb and the folder variables; copy all of it", err)
	}
	return err
}

// describe reads what an object is.
func (l *layered) describe(i int) (user, description, error) {
	var d description
	u, err := l.objects.user(i)
	if err != nil {
		return u, d, err
	}
	if u.metadata == nil {
		u.metadata = l.metadata[i]
	}
	if l.left -= len(l.objects[i]) + len(u.metadata); l.left < 0 {
		return u, d, unsupported(File, "its objects are attributes of too many others")
	}
	if strings.HasPrefix(u.class, "_tf_keras_") && len(u.metadata) > 0 {
		if err := json.Unmarshal(u.metadata, &d); err != nil {
			return u, d, damaged(File, "the metadata of object %d: %v", i, err)
		}
	}
	return u, d, nil
}

// walk collects the weights of an object and of the layers in it. i is its number,
// and kept that in the checkpoint.
func (l *layered) walk(prefix string, i, kept, depth int) error {
	if depth > maxNesting {
		return unsupported(prefix, "layers nest more than %d deep", maxNesting)
	}
	list, err := l.objects.edges(i)
	if err != nil {
		return err
	}
	places, err := l.kept.attributes(kept)
	if err != nil {
		return err
	}
	for _, e := range list {
		part, isPart := parts[e.name]
		isLayer := layerNumber(e.name)
		u, d, err := l.describe(e.to)
		if err != nil {
			return err
		}
		at, ok := places[e.name]
		switch {
		case !ok && u.variable:
			err = damaged(prefix+e.name, "the checkpoint lacks it")
		case !ok: // an object without variables
		case u.variable:
			err = l.variable(prefix+e.name, at)
		case isPart:
			err = l.walk(prefix+part, e.to, at, depth+1)
		case isLayer:
			err = l.walk(prefix+"layers/"+d.Name+"/", e.to, at, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// layerNumber reports whether an attribute is a layer of a model: layer-7.
func layerNumber(name string) bool {
	n, ok := strings.CutPrefix(name, "layer-")
	return ok && strings.Trim(n, "0123456789") == ""
}

// variable reads a weight.
func (l *layered) variable(name string, at int) error {
	key, err := l.kept.key(at)
	if err != nil {
		return err
	}
	t, err := l.variables.Tensor(key)
	if err != nil {
		return err
	}
	data, ok := l.values[key]
	if !ok {
		data = t.Floats()
		l.values[key] = data
	}
	l.weights = append(l.weights, statedict.Tensor{Name: name, DType: t.DType.String(), Shape: t.Shape, Data: data})
	return nil
}
