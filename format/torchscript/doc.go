// Package torchscript reads what torch.jit.save writes, of scripts and of traces,
// into a [network.Network].
//
// The code in the archive is read as data: it is parsed strictly, as the subset of
// Python that TorchScript writes, and forward is followed with tensors of which only
// the shapes are known. Nothing is executed but arithmetic on sizes, conditions on
// them, and loops of constant length. What forward does with its input becomes a graph
// of ONNX operators, which package onnx reads: that decides what is a network that
// runs here. Operators that are not known are refused by name.
//
// # Shapes
//
// TorchScript does not tell the shape of forward's input. [Options] give it, or it is
// found by trying: one sequence of an open number of steps, with as many features as a
// module of the network has inputs, before or after the steps. A module that keeps
// its state in buffers, as exported controllers do, reads one step at a time.
//
// # States
//
// A buffer that forward changes is a state of the session. So are an LSTM's states
// among the inputs and outputs of forward.
package torchscript
