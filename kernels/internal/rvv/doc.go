// Package rvv implements the kernels for 64-bit RISC-V with the vector extension of
// version 1.0, whose registers may have any length from 128 bits up. Each function
// gives the same bits as the function of that name in package generic, whatever the
// length.
//
// A group of registers holds the sums of all rows of a tile, one each, so that the
// order of sums does not depend on the length: rvv.h takes as many registers for a
// group as are needed. Groups begin at registers that are multiples of 8, 4 or 2, and
// may be as long.
//
// The assembly reads and writes what its arguments say and checks nothing: callers
// check bounds first.
package rvv
