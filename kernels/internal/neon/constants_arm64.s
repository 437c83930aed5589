//go:build !purego

#include "textflag.h"

// The numbers of kernels/internal/generic/activation.go.

// SPLAT is a vector of four equal floats, LANES one of four floats, by their
// bits.
#define SPLAT(table, offset, a) LANES(table, offset, a, a, a, a)
#define LANES(table, offset, a, b, c, d) \
	DATA table+(offset)(SB)/8, $((b)<<32 | (a)); \
	DATA table+(offset+8)(SB)/8, $((d)<<32 | (c))

SPLAT(·tanhTable, 0, 0x3cf4660a)             // P1
SPLAT(·tanhTable, 16, 0x3b1ef8c5)            // Q2
SPLAT(·tanhTable, 32, 0x3e67c429)            // Q1
SPLAT(·tanhTable, 48, 0x40000000)            // 2
SPLAT(·tanhTable, 64, 0xc1120000)            // -tanhMax
SPLAT(·tanhTable, 80, 0x41120000)            // tanhMax
LANES(·tanhTable, 96, 0x38f25dea, 0x3628bdca, 0, 0) // P2, Q3
GLOBL ·tanhTable(SB), RODATA|NOPTR, $112

SPLAT(·sigmoidTable, 0, 0x3bf4660a)          // P1 / 2²
SPLAT(·sigmoidTable, 16, 0x399ef8c5)         // Q2 / 2³
SPLAT(·sigmoidTable, 32, 0x3de7c429)         // Q1 / 2
SPLAT(·sigmoidTable, 48, 0x40800000)         // 4
SPLAT(·sigmoidTable, 64, 0xc1920000)         // -2 tanhMax
SPLAT(·sigmoidTable, 80, 0x41920000)         // 2 tanhMax
LANES(·sigmoidTable, 96, 0x36f25dea, 0x33a8bdca, 0, 0) // P2 / 2⁴, Q3 / 2⁵
SPLAT(·sigmoidTable, 112, 0x3f000000)        // ½
GLOBL ·sigmoidTable(SB), RODATA|NOPTR, $128

SPLAT(·expTable, 0, 0x4b4000fe)              // shift
SPLAT(·expTable, 16, 0x3c091d01)             // E5
SPLAT(·expTable, 32, 0x3d2aac79)             // E4
SPLAT(·expTable, 48, 0x3e2aaa49)             // E3
SPLAT(·expTable, 64, 0x3efffffe)             // E2
SPLAT(·expTable, 80, 0x3f800000)             // 1
SPLAT(·expTable, 96, 0xc2d00000)             // expMin
SPLAT(·expTable, 112, 0x42b20000)            // expMax
LANES(·expTable, 128, 0x3fb8aa3b, 0xbf317200, 0xb5bfbe8e, 0x3ab511fd) // log2e, -ln2hi, -ln2lo, E6
GLOBL ·expTable(SB), RODATA|NOPTR, $144
