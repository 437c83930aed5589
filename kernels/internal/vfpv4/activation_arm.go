//go:build !purego

package vfpv4

import "github.com/rnnrun/rnnrun/kernels/internal/generic"

// Tanh is generic.Tanh.
//
//go:noescape
func Tanh(dst, src []float32)

// Sigmoid is generic.Sigmoid.
//
//go:noescape
func Sigmoid(dst, src []float32)

// Exp is generic.Exp.
//
//go:noescape
func Exp(dst, src []float32)

// ReLU is generic.ReLU.
//
//go:noescape
func ReLU(dst, src []float32)

// Softmax is generic.Softmax.
func Softmax(dst, src []float32) { generic.SoftmaxBy(Exp, dst, src) }

// MulAdd is generic.MulAdd.
//
//go:noescape
func MulAdd(dst, a, b, c []float32)

// Blend is generic.Blend.
//
//go:noescape
func Blend(h, z, hprev, n []float32)

// LSTM is generic.LSTM.
//
//go:noescape
func LSTM(h, c, cprev, acc []float32)

// GRU is generic.GRU.
//
//go:noescape
func GRU(h, hprev, acc []float32)
