// Package vfpv4 implements the kernels for 32-bit ARM with VFPv4 and Advanced
// SIMD: a Cortex-A7 or A15, and later cores in 32-bit mode. Each function gives the
// bits of the one of the same name in package generic.
//
// Advanced SIMD treats denormal floats as zeros on these cores, so it may only
// move, select, compare and convert them, and compute with integers. Floats are
// multiplied and added by VFP, one at a time, in many chains: the registers S0 to
// S31 are Q0 to Q7 of Advanced SIMD, and Q8 to Q15 hold constants, which VFP does
// not reach.
//
// Go's assembler has few of the instructions; vfpv4.h spells them out. The assembly
// reads and writes what its arguments say and checks nothing: callers check bounds
// first.
package vfpv4
