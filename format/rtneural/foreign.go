package rtneural

import "fmt"

// foreign refuses the JSON of other programs, and says what to do about it.
func foreign(o *object) error {
	_, config := o.values["config"]
	switch {
	case o.values["weight_map"] != nil:
		return unsupported("weight_map", "it is the index of a model in several files: join them into one, in Python:\n"+
			"    from safetensors.torch import load_file, save_file; save_file({k: v for f in FILES for k, v in load_file(f).items()}, \"model.safetensors\")")
	case o.values["modelTopology"] != nil || o.values["weightsManifest"] != nil:
		return unsupported("", "it is a graph model of TensorFlow.js, want layers models: convert the Keras model or the SavedModel that it was made from")
	case o.values["class_name"] != nil && config:
		return unsupported("class_name", "it is not an array of numbers: the file is the JSON of a Keras model, %.40q, which has no weights: convert the file of its weights, .h5, with --arch and this file", fmt.Sprint(o.values["class_name"]))
	}
	return nil
}
