// Package neon implements the kernels for arm64 with Advanced SIMD as every
// such CPU has it: no arithmetic in half precision, and dot products only in the
// functions that are named for them. Each function gives the bits of the one of
// the same name in package generic.
//
// Go's assembler lacks the vector instructions on floats; neon.h spells them
// out. The steps are written once, for weights that are read as float.h or
// half.h says. The assembly reads and writes what its arguments say and checks
// nothing: callers check bounds first.
package neon
