// Package rv64g implements the kernels for 64-bit RISC-V without vectors, which has
// fused multiply-adds of float32. Each function gives the bits of the one of the same
// name in package generic.
//
// The products keep many sums at once, each of them a chain. The assembly reads and
// writes what its arguments say and checks nothing: callers check bounds first.
package rv64g
