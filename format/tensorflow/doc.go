// Package tensorflow reads graphs of TensorFlow into a [network.Network]: frozen ones,
// files of one GraphDef whose weights are constants, and those of SavedModels with their
// variables.
//
// The package evaluates the graph from its output: it computes sizes and other
// constants, and turns the operations on the input into a graph of ONNX
// operators, which package onnx reads and accepts or refuses. Unknown operators
// are refused by name.
//
// # Loops
//
// A loop of TensorFlow 1 has nodes through which its variables enter and leave:
//
//	start ─ Enter ─ Merge ─ Switch ─ Exit ─ last
//	                  │        └─ body ─ NextIteration ─┐
//	                  └─────────────────────────────────┘
//
// A loop reads and writes TensorArrays: TensorArrayScatter fills one with the
// parts of a tensor, TensorArrayRead takes the part of a step. Such a loop
// becomes the operator Scan of ONNX if it counts the steps from the first to the
// last one, or from the last to the first. Its states start from constants. If
// the steps are multiplied before the loop, as Keras 2.0 does, that is written in
// its body.
//
// Package onnx knows the cells in the body: TensorFlow's BasicRNNCell, BasicLSTMCell,
// LSTMCell with peepholes and projections, GRUCell, several of them one above the other,
// and Keras's SimpleRNN, LSTM and GRU of each implementation. Loops that are unrolled, by
// static_rnn or by Keras, are read as well.
//
// # Functions
//
// Calls of functions in a graph of TensorFlow 2 are inlined. A While loop becomes
// a loop as above; variables that its body passes on unchanged stay outside of
// it. A TensorList is an array as a value. A variable that a function changes is
// refused, since it is a state that a network could not keep.
//
// # Shapes
//
// A Placeholder tells its shape, whose first axis is open for the batch: here it has one
// sequence. Another open axis is that of the steps. A graph with time-major inputs has them
// the other way round, which the package tries next. [Options] give a shape that the file
// does not tell. If the second axis has a length, and the graph is not supported with it,
// the package treats it as open: a number of that length in a shape then is the number of
// steps.
//
// The package evaluates a graph for two different numbers of steps, and requires the
// same result for both.
//
// # What is left out
//
// The package leaves out branches that are not taken, such as that of the learning
// phase, which it takes as false; dropouts that keep everything; checks, and nodes
// that only have to run. Inputs with the lengths of sequences are taken as those of
// whole sequences. The features of sound are computed outside of the network, which
// starts at the output of the node Mfcc.
package tensorflow
