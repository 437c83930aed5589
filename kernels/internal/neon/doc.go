// Package neon implements the kernels for arm64 with the Advanced SIMD of every
// such CPU: no arithmetic in half precision, and dot products only in the
// functions that are named for them. Each function gives the same bits as the
// function of that name in package generic.
//
// Go's assembler lacks the vector instructions on floats; neon.h spells them
// out. The steps are written once; float.h or half.h reads the weights. The
// assembly reads and writes what its arguments say and checks nothing: callers
// check bounds first.
package neon
