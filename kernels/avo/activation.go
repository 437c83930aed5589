package main

// activations writes Tanh, Sigmoid, Exp, ReLU, Softmax, Mul and Blend.
func activations() {}
