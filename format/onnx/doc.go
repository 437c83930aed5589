// Package onnx reads models in the Open Neural Network Exchange format, opsets
// 7 to 24, into a [network.Network].
//
// [Read] understands everything in the file, or refuses it and names what it does
// not understand: a node by its name and operator, a tensor by its name.
//
// # Supported graphs
//
// The simplest graph is a chain of layers that reads tokens or numbers. It may be
// written in many ways, as PyTorch, tf2onnx and keras2onnx do.
//
//   - RNN, GRU and LSTM with all attributes and inputs of the specification
//     (https://onnx.ai/onnx/operators/onnx__LSTM.html). Weights, biases and
//     peepholes are constant. Initial states are constants that are the same for
//     all sequences, or inputs of the graph; sequence_lens is the number of steps,
//     or an input. Two nodes for two directions of the same input are one layer.
//   - MatMul, Gemm, BatchNormalization, and Add, Sub, Mul and Div with constants
//     are dense layers, or a part of one. So is a sum of two directions.
//   - Relu, Tanh, Sigmoid, LeakyRelu, ThresholdedRelu, HardSigmoid, Elu, Softsign
//     and Softplus are activations of dense layers. After another layer they become
//     a dense layer that otherwise changes nothing. Softsign written with Abs, Selu,
//     Celu, PRelu and Clip are such functions, with a scale and a shift if needed.
//   - Gather from a table by an input is an embedding, and so is OneHot.
//   - Y_h, or the last step of Y, is the final state ([format.PoolLast]); for the
//     reverse direction it is the first step. The last step of both directions is
//     [format.PoolLastOutput]. ReduceMax, ReduceMean, GlobalMaxPool and
//     GlobalAveragePool over the steps are pools, and so are MaxPool and AveragePool
//     if their window covers all steps.
//   - Softmax, LogSoftmax, Log of a softmax and ArgMax of the features are outputs.
//   - Add of the graph's input, or of its first features, and its output is a skip
//     connection.
//   - Transpose, Reshape, Squeeze, Unsqueeze, Flatten, Concat, Split, Slice,
//     Gather, ReverseSequence, Expand, Tile, Cast, Identity and Dropout change the
//     layout of values, but not their numbers.
//   - Constant, ConstantOfShape, Shape, Size, Range, Where, Equal, Greater, Less,
//     And, Not, Min, Max, Neg, Sqrt and those above compute constants, which may
//     depend on dimensions that the file leaves open. If takes the branch that a
//     constant condition chooses.
//
// Tensors are of float, double, float16, bfloat16, uint8, int8, uint16, int16,
// int32, int64 and bool; weights become float32. Data in other files is read from
// the model's folder: see [ReadBeside].
//
// The layout of the network's output is not part of the network: the axis of the
// steps may come before or after that of the sequences.
//
// # Graphs
//
// Any other graph becomes a [format.Graph], which may have several inputs and
// outputs, and layers in any places. The reader evaluates it for one step: with a
// batch of one, and with as many frames of time as a step needs, which is one
// unless a stride or a pool takes several. All other dimensions have their
// lengths; [Options.Dimensions] gives those that the file leaves open. A first
// pass uses an odd number of frames, to tell axes of time from others. A last
// pass uses a batch of two, to check that sequences do not depend on each other.
//
// In addition to the operators above, graphs may have:
//
//   - Loop and Scan whose body is an RNN, LSTM or GRU, as an operator or gate by gate, for
//     each step of a sequence, from the first or from the last one. Loop takes the step
//     with Gather or Slice and ends when there are no more; the states start from
//     constants, or from inputs. The body may compute more from each step and from the
//     states h. The same, unrolled over a fixed number of steps: such a model reads
//     sequences of any length. Only recurrent layers read a sequence in reverse order,
//     made with Slice or ReverseSequence.
//   - Conv and ConvTranspose along one or two axes, one of which may be time, with
//     groups, strides and dilations; MaxPool, AveragePool, Pad, and Resize that repeats
//     numbers. Over time they must give one frame for each stride; a Slice may remove
//     those that a convolution gives beyond the sequence.
//   - Softmax over the steps as the weights of a sum or product over them: attention.
//   - LayerNormalization, InstanceNormalization, LpNormalization, ReduceL2.
//   - Add, Sub, Mul, Div, Max, Min, MatMul and Concat of several values that
//     depend on inputs.
//   - Pow, Exp, Reciprocal, Sin, Cos, Sign, Floor, Gelu (also written with Erf),
//     HardSwish, LogSoftmax, and PRelu with a slope for each channel.
//   - Expand and Tile of a value of the whole sequence, which repeat it at each step.
//   - An LSTM or a GRU that is written gate by gate, for one step, as the cells of
//     PyTorch, Keras and TensorFlow 1 are: also with one product of the step and the
//     state side by side, with peepholes, and with a projection. A simple cell is
//     recognized, too, if the names of its input and output tell that they are one
//     state: h_in and h_out. Other nodes are computed as they are written, and their
//     states remain inputs and outputs.
//
// If a graph computes one step, its recurrent layers start from inputs of the
// graph and return their states as outputs. The reader leaves out these inputs
// and outputs, since the model keeps its states. States may be packed into one
// tensor. The reader also leaves out the last frames that a graph keeps for the
// next call, where a Concat puts them in front of that call's frames. Without
// states, a layer reads the steps of time, even if the file gives their number.
// If the result depends on that number, a whole sequence becomes one step of the
// model, with one answer.
//
// # States and lengths
//
// If an initial state is an input of the graph, the network starts from zeros, as
// a session does. Final states may be outputs of the graph beside the network's.
// An input for sequence_lens stands for sequences of different lengths. The
// reader leaves out TopK, Gather and ScatterElements that sort sequences by
// length and restore their order. If lengths are constant but the number of steps
// is open, they are those of the exporter's example: a note says that every
// sequence is read to its end. Any input may instead be given as a [Constant]. If
// there are several outputs, [Options] choose one.
//
// # How the reader works
//
// The protocol buffer is read strictly: a field that onnx.proto does not have is
// an error. Then the reader evaluates every node in the order of the graph. A
// value is a constant or a stream. A stream depends on the graph's input: it
// records its layers, and which of its axes are time, batch, direction and
// feature, however a graph transposes and reshapes it. The output stream is the
// network. Every node, initializer and input must contribute to it.
//
// ONNX's gates, i o f c of an LSTM and z r h of a GRU, are reordered to PyTorch's
// order.
package onnx
