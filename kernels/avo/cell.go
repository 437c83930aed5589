package main

// cells writes LSTM and GRU.
func cells() {}
