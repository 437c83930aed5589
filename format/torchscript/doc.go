// Package torchscript reads archives of torch.jit.save, both scripts and traces,
// into a [network.Network].
//
// The package reads the code in the archive as data: it parses strictly the
// subset of Python that TorchScript writes, and follows forward with tensors of
// known shapes and unknown values. It evaluates only arithmetic on sizes,
// conditions on them, and loops of constant length. The operations on forward's
// input become a graph of ONNX operators, which package onnx reads and accepts or
// refuses. Unknown operators are refused by name.
//
// # Shapes
//
// TorchScript does not store the shape of forward's input. [Options] give it;
// otherwise the package tries one sequence of an open number of steps, with as
// many features as a module of the network has inputs, before or after the steps.
// A module that keeps its state in buffers, as exported controllers do, reads one
// step at a time.
//
// # States
//
// A buffer that forward changes is a state of the session. So are an LSTM's states
// among the inputs and outputs of forward.
package torchscript
