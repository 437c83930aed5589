// Package vfp implements the products of float weights for 32-bit ARM with VFPv2, as
// in the ARM1176 of the first Raspberry Pi: with float64, but without a fused
// multiply-add. Each function gives the bits of the one of the same name in package
// generic.
//
// The product of two float32 is exact in float64, and the sum is rounded twice, as
// generic.FMA explains. The assembly goes on until the second rounding of a column may
// need what the first one lost, and leaves that column to package generic. VFP itself
// notes if a result was so small that float32 has fewer bits for it: then generic
// computes these sums again.
//
// vfp.h spells out the instructions. The assembly reads and writes what its arguments
// say and checks nothing: callers check bounds first.
package vfp
