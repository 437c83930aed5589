// Package onnx reads models in the Open Neural Network Exchange format, opsets
// 7 to 21, into a [network.Network].
//
// [Read] understands everything in the file, or refuses and names what it does
// not. It works in three stages:
//
//  1. The protocol buffer is read strictly: a field that onnx.proto does not
//     have is an error, and so is data outside the file.
//  2. Every node is evaluated in the order of the graph. A value is a constant
//     or a stream. A constant depends on initializers and shapes only; its
//     integers may be expressions of dimensions that the file leaves open, such
//     as the batch. A stream depends on the graph's input: it knows which layers
//     it went through, and which of its axes is time, batch, direction and
//     feature, however a graph transposes and reshapes it.
//  3. The stream that the graph puts out is the network. Every node, initializer
//     and input must have had its part in it.
//
// The operators RNN, GRU and LSTM are those of the specification, with all
// attributes and inputs: https://onnx.ai/onnx/operators/onnx__LSTM.html. Their
// gates, i o f c of an LSTM and z r h of a GRU, come into PyTorch's order.
//
// An initial state that is an input of the graph stands for a network that goes
// on from any state: the network starts from zeros, as a session does. Final
// states may be outputs of the graph beside the network's. An input for the
// lengths of sequences stands for sequences of different lengths.
package onnx
