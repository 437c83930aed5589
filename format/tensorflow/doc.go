// Package tensorflow reads frozen graphs of TensorFlow, files of one GraphDef whose
// weights are constants, into a [network.Network].
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
// or from the last to the first. Its states start from constants.
//
// # Shapes
//
// A Placeholder tells its shape, with a first axis that is open for the batch: here it
// has one sequence. Another open axis is that of the steps. A graph of time-major inputs
// has them the other way round, which is tried next. [Options] give a shape that the file
// does not tell.
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
