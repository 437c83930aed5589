package savedmodel

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
)

// Options give what a SavedModel may not tell.
type Options struct {
	Keras keras.Options      // of a model that is read by its layers
	Graph tensorflow.Options // of a model that is read by its graph
}

// Read reads the SavedModel in a folder: a Keras model by its layers, and another model,
// or one with unknown layers, by the graph of its signature. The errors are
// [*network.ImportError]s, [*protobuf.Error]s, those of package onnx, or those of the
// folder.
func Read(folder fs.FS, options Options) (*network.Network, error) {
	data, err := fs.ReadFile(folder, File)
	if err != nil {
		return nil, err
	}
	s, err := open(data)
	if err != nil {
		return nil, err
	}
	n, ok, err := readKeras(s, folder, options.Keras)
	switch {
	case !ok && err == nil:
		return readGraph(s, folder, options)
	case !errors.Is(err, network.ErrUnsupported) || options.Keras.Steps != 0:
		return n, err
	}
	var read network.Report
	if options.Keras.Report != nil {
		read = *options.Keras.Report
	}
	n, of := readGraph(s, folder, options)
	if of != nil {
		if options.Keras.Report != nil {
			*options.Keras.Report = read
		}
		return nil, fmt.Errorf("%w\n\nReading its graph fails, too: %w", err, of)
	}
	n.Notes = append(n.Notes, fmt.Sprintf("the model is read by its graph, since reading its layers failed: %v", err))
	return n, nil
}
