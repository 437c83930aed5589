// Package export writes a [format.Model] as an ONNX model of opset 17, whose tensors
// package proto writes.
//
// # Inputs and outputs
//
// Inputs and outputs have the model's names; for a stack of layers they are
// "input" and "output". N sequences of T steps of the same length are numbers
// [N][T][C], or [N][T][F][C] if a step has several frames; tokens are int64
// [N][T] or [N][T][F]; outputs of the whole sequence are [N][C] or [N][F][C]. N
// and T are dynamic. An argmax is int64.
//
// With [Options.Stream] there are inputs NAME_h, NAME_c and NAME_frames for
// states, in which NAME is the node's name, and outputs with the suffix _next for
// the states after the last step. Before the first step a state is zeros, or the
// JSON list in the property "initial NAME_h".
//
// # Numbers
//
// float32 weights are written unchanged, binary16 weights as float16 before a
// Cast, and int8 and int4 weights are expanded to float32. A model with int8
// weights also quantizes the inputs of its products, which the ONNX model does
// not do, so the outputs differ.
//
// Properties of the file hold the task, labels, vocabulary, sample rate and
// provenance.
//
// ONNX's LSTM has no projection of its state: the export multiplies its weights
// with those of the state. It refuses an LSTM with both a projection and a
// learned initial state, and an encoder–decoder, which is two networks.
package export
