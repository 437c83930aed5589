// Package tensorflow reads graphs of TensorFlow into a [network.Network]: frozen ones,
// files of one GraphDef whose weights are constants, and those of SavedModels with their
// variables.
//
// The graph is evaluated from its output: sizes and other constants are computed, and
// what its nodes do with the input becomes a graph of ONNX operators, which package onnx
// reads: that decides what is a network that runs here. Operators that are not known are
// refused by name.
//
// # Loops
//
// A loop of TensorFlow 1 is drawn with nodes that let its variables in and out:
//
//	start ─ Enter ─ Merge ─ Switch ─ Exit ─ last
//	                  │        └─ body ─ NextIteration ─┐
//	                  └─────────────────────────────────┘
//
// A TensorArray is what a loop goes through, or what it writes: TensorArrayScatter fills
// it with the parts of a tensor, TensorArrayRead takes the part of a step. Such a loop
// becomes the operator Scan of ONNX if it counts the steps from the first to the last one,
// or from the last to the first. Its states start from constants. If the steps are
// multiplied before the loop, as Keras 2.0 does, that is written in its body.
//
// Package onnx knows the cells in the body: TensorFlow's BasicRNNCell, BasicLSTMCell,
// LSTMCell with peepholes and projections, GRUCell, several of them one above the other,
// and Keras's SimpleRNN, LSTM and GRU of each implementation. Loops that are unrolled, by
// static_rnn or by Keras, are read as well.
//
// # Functions
//
// The functions that a graph of TensorFlow 2 calls are put where they are called. A loop of
// functions, While, becomes one as above; what its body gives on as it is stays outside of
// it. A TensorList is an array that is a value itself. A variable that a function changes
// is refused, since it is a state: the network would begin anew.
//
// # Shapes
//
// A Placeholder tells its shape, with a first axis that is open for the batch: here it
// has one sequence. Another open axis is that of the steps. A graph of time-major inputs
// has them the other way round, which is tried next. [Options] give a shape that the file
// does not tell. If the second axis has a length, and with it the graph is none that runs
// here, it is taken for open: a number of that length in a shape is then that of the steps.
//
// What a graph computes of the number of steps is computed for two numbers of them; what
// is written has to be the same for both.
//
// # What is left out
//
// A branch that is not taken, such as that of the learning phase, for which false is
// taken; dropouts that keep everything; checks and what only has to run. Lengths of
// sequences that are inputs are those of whole sequences. The features of sound are
// computed outside of the network, which starts with the output of the node Mfcc.
package tensorflow
