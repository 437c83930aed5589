// Package avx512 implements the kernels for amd64 with AVX-512: F, BW, DQ and
// VL, besides AVX2 and FMA. Each gives the bits of the function of the same
// name in package generic.
//
// The assembly is written by kernels/avo. It reads and writes what its
// arguments say and checks nothing: callers check bounds first.
package avx512
