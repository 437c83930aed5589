// Package export writes a [format.Model] as an ONNX model of opset 17, whose tensors
// package proto writes.
//
// # Inputs and outputs
//
// Inputs and outputs have the names of the model's; those of a stack are "input" and
// "output". N sequences of T steps of the same length are numbers [N][T][C], or [N][T][F][C] if
// a step has several frames; tokens [N][T] or [N][T][F] of int64; outputs of the whole
// sequence [N][C] or [N][F][C]. N and T are open. An argmax is of int64.
//
// With [Options.Stream] there are inputs NAME_h, NAME_c and NAME_frames for states, NAME
// being the node's, and outputs of the same names with _next behind them for the states after the last
// step. Before the first step a state is zeros, or what the property "initial NAME_h" says,
// a JSON list.
//
// # Numbers
//
// Weights are those that the model computes with: float32; of binary16 they stand in the
// file as such, before a Cast; int8 and int4 are multiplied out. A model of int8
// weights quantizes what it multiplies them with, which the ONNX model does not,
// so that the outputs differ.
//
// Properties of the file say the task, labels, vocabulary, sample rate and provenance.
//
// ONNX's LSTM has no projection of its state: its weights are multiplied with those of
// the state, and one of such a learned initial state is refused. So is a translator,
// which is two networks.
package export
