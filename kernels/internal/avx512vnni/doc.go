// Package avx512vnni implements the product and the steps of int8 weights for
// amd64 with AVX-512 F, BW, DQ, VL and VNNI. It gives the bits of the functions
// of package generic.
//
// The assembly is written by kernels/avo. It reads and writes what its
// arguments say and checks nothing: callers check bounds first.
package avx512vnni
