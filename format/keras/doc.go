// Package keras reads models that Keras or TensorFlow.js wrote: the layers and
// their connections from the JSON of the model, and their weights.
//
//	.h5, .hdf5      a whole model; or weights alone, beside the JSON of model.to_json()
//	.keras          a ZIP archive of Keras 3: config.json, metadata.json, model.weights.h5
//	.weights.h5     weights alone of Keras 3, beside the JSON
//	model.json      TensorFlow.js' layers models, beside the shards of their weights
//
// If possible, a step of the network is one step of the sequence; the network
// then accepts sequences of any length, and streams. Convolutions read
// neighbouring steps through a window; strides take several steps at once, as
// frames. Layers that need the whole sequence, such as Flatten or a convolution
// without padding, are supported if the shape of the inputs fixes its length: a
// step of the network is then a whole sequence, whose steps are its frames.
//
// Keras' mask marks steps as padding. A recurrent layer computes the same without
// these steps, and a note says to leave them out. A model whose outputs depend on
// masked steps in another way is refused.
//
// The package refuses unknown layers, unknown options, and weights that no layer
// uses, and names them.
package keras
