// Package rtneural reads the JSON models of audio software: RTNeural, AIDA-X,
// Neural Amp Modeler and others.
//
// One kind is a Keras model as RTNeural's scripts write it, with its layers
// from the bottom:
//
//	{"in_shape": [null, null, 1], "layers": [
//	  {"type": "lstm", "activation": "tanh", "shape": [null, null, 8], "weights": [kernel, recurrent kernel, bias]},
//	  {"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [kernel, bias]}]}
//
// A kernel is [inputs][gates · units], its gates in Keras's order: i f c o for
// an LSTM, z r h for a GRU. The bias of a GRU is [2][3 · units], for the product
// with the input and for that with the state, and the reset gate comes after
// that product; if it is [3 · units], the reset gate comes before.
//
// The activation of the gates is the sigmoid; a file that names another one is
// refused. Other keys that only describe the model, such as "metadata", are
// ignored with a note.
//
// The other kind is a PyTorch network of a recurrent unit and a linear layer, as
// programs that model guitar amplifiers write it:
//
//	{"model_data": {"unit_type": "LSTM", "input_size": 1, "hidden_size": 32, "num_layers": 1, "output_size": 1, "skip": 1, …},
//	 "state_dict": {"rec.weight_ih_l0": [[…]], …, "lin.weight": [[…]], "lin.bias": […]}}
//
// With skip the inputs are added to the outputs. A third kind is just a PyTorch
// state_dict, an object of arrays by name.
//
// A fourth kind is a .nam file of Neural Amp Modeler, an LSTM, a WaveNet, a ConvNet or
// an impulse response, with one list of all weights in the order of the layers:
//
//	{"version": "0.5.4", "architecture": "LSTM", "config": {"input_size": 1, "hidden_size": 16, "num_layers": 2}, "weights": […], "sample_rate": 48000}
//
// Its convolutions start as if silence came before, as in the plugin, and an LSTM
// starts with its learned initial states.
//
// Sources: the classes LSTM, WaveNet, ConvNet and Linear of neural-amp-modeler and of
// NeuralAmpModelerCore; RTNeural's python/model_utils.py and model_loader.h, and the class
// SimpleRNN of CoreAudioML's networks.py.
package rtneural
