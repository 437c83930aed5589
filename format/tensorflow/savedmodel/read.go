package savedmodel

import (
	"io/fs"

	"github.com/rnnrun/rnnrun/format/keras"
	"github.com/rnnrun/rnnrun/format/network"
)

// Options are what a SavedModel may not tell.
type Options struct {
	Steps int // of inputs of Keras that are of any length; 0: it stays open
}

// Read reads the SavedModel in a folder. The errors are [*network.ImportError]s, or
// those of the folder.
func Read(folder fs.FS, options Options) (*network.Network, error) {
	data, err := fs.ReadFile(folder, File)
	if err != nil {
		return nil, err
	}
	s, err := open(data)
	if err != nil {
		return nil, err
	}
	n, ok, err := readKeras(s, folder, keras.Options{Steps: options.Steps})
	if ok || err != nil {
		return n, err
	}
	return nil, unsupported("", "it has no layers of Keras")
}
