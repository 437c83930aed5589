// Package keras reads models that Keras or TensorFlow.js wrote: what the layers are
// and which reads which from the JSON of the model, and their weights.
//
//	.h5, .hdf5      a whole model; or weights alone, beside the JSON of model.to_json()
//	.keras          a ZIP archive of Keras 3: config.json, metadata.json, model.weights.h5
//	.weights.h5     weights alone of Keras 3, beside the JSON
//	model.json      TensorFlow.js' layers models, beside the shards of their weights
//
// A step of the network is one of the sequence wherever it can be: then it takes
// sequences of any length, and streams. Convolutions read the steps around through
// a window; strides take several steps at once, as frames. Layers that need the
// whole sequence, such as Flatten or a convolution without padding, can be had if the
// shape of the inputs fixes its length: then a step of the network is a whole
// sequence, whose steps are its frames.
//
// Keras' mask names steps that are padding. What a recurrent layer computes is the
// same if these steps are not there, and a note says to leave them out. A model whose
// outputs depend on masked steps in another way is refused.
//
// Whatever is not known is refused by its name: layers, their options, and weights
// that no layer has.
package keras
