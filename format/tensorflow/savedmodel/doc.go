// Package savedmodel reads TensorFlow's SavedModels: a folder, or a ZIP archive of it.
//
//	saved_model.pb       a SavedModel: graphs with their signatures and objects
//	keras_metadata.pb    layers' configs, of Keras 2.5 to 2.15; older ones have them
//	                     in saved_model.pb
//	variables/           the weights, a bundle (see package bundle)
//	assets/, …           is not read
//
// The package reads these parts of saved_model.pb:
//
//	SavedModel
//	  MetaGraphDef …           that of the tag serve
//	    GraphDef
//	    SignatureDef …
//	    SavedObjectGraph
//	      SavedObject …        the first is the model; its attributes lead to the others
//	        SavedUserObject    its class, and Keras' JSON of it
//	        SavedVariable
//
// A Sequential or functional Keras model is read by its layers, as in package keras: the
// JSON of the model describes the layers and their connections, and the objects tell
// which variables are the weights of each. The same path through the objects of the
// checkpoint (a TrackableObjectGraph in the tensor _CHECKPOINTABLE_OBJECT_GRAPH) gives a
// variable's name in the checkpoint.
//
// Another model, or one with unknown layers, is read by its graph, as in package
// tensorflow: from the outputs of the signature serving_default, or of the only one. The
// part of the graph that would restore a variable tells its tensor in the checkpoint.
package savedmodel
