// Package savedmodel reads TensorFlow's SavedModels: a folder, or a ZIP archive of it.
//
//	saved_model.pb       a SavedModel: graphs with their signatures and objects
//	keras_metadata.pb    layers' configs, of Keras 2.5 to 2.15; older ones have them
//	                     in saved_model.pb
//	variables/           the weights, a bundle (see package bundle)
//	assets/, …           is not read
//
// What is read of saved_model.pb:
//
//	SavedModel
//	  MetaGraphDef …           that of the tag serve
//	    GraphDef
//	    SignatureDef …
//	    SavedObjectGraph
//	      SavedObject …        the first is the model; its attributes lead to the others
//	        SavedUserObject    its class, and the JSON that Keras has of it
//	        SavedVariable
//
// A Sequential or functional model of Keras is read by its layers, as package keras does:
// the JSON of the model tells these and which reads which, and the objects tell which
// variables are the weights of each. A variable's name in the checkpoint is found by
// going the same way through the objects of the checkpoint (a TrackableObjectGraph in the
// tensor _CHECKPOINTABLE_OBJECT_GRAPH).
//
// Another model, or one with layers that are not known, is read by its graph, as package
// tensorflow does: from the outputs of the signature serving_default, or of the only one.
// Which of the checkpoint's tensors a variable is tells the part of the graph that would
// restore it.
package savedmodel
