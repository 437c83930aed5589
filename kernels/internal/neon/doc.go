// Package neon implements the kernels for arm64 with Advanced SIMD as every
// such CPU has it: no half precision, no dot products. Each function gives the
// bits of the one of the same name in package generic.
//
// Go's assembler lacks the vector instructions on floats; neon.h spells them
// out. The assembly reads and writes what its arguments say and checks nothing:
// callers check bounds first.
package neon
