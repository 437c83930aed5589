// Package statedict makes a network from named tensors, such as a PyTorch
// state_dict.
//
// A tensor's name tells its module, and its part in the module:
//
//	lstm.weight_ih_l0          of layer 0 of an nn.RNN, nn.LSTM or nn.GRU "lstm"
//	lstm.weight_hh_l1_reverse  of the reverse direction of its layer 1
//	lstm.weight_hr_l0          the projection of an nn.LSTM with proj_size
//	cell.weight_ih             of an nn.RNNCell, nn.LSTMCell or nn.GRUCell "cell"
//	fc.weight, fc.bias         of an nn.Linear "fc", or without a bias of an nn.Embedding
//
// The shapes tell the cell: weight_ih has 4 rows for each unit of an LSTM, 3
// for a GRU, and 1 for an RNN.
//
// The package never guesses anything that neither names nor shapes tell. A
// state_dict does not hold the nonlinearity of an RNN, the order of modules,
// functions between them, or which steps feed a linear layer. An [Architecture]
// gives these; without it, [Network] returns an error that wraps
// [network.ErrAmbiguous] and shows what to write. A tensor that the network would
// not use is an error too.
package statedict
