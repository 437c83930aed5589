//go:build !purego

#include "textflag.h"

// The numbers of kernels/internal/generic/activation.go, and of quantize.

// SPLAT is a vector of four equal floats, by their bits.
#define SPLAT(table, offset, a) \
	DATA table+(offset)(SB)/4, $(a); \
	DATA table+(offset+4)(SB)/4, $(a); \
	DATA table+(offset+8)(SB)/4, $(a); \
	DATA table+(offset+12)(SB)/4, $(a)

SPLAT(·tanhTable, 0, 0x3cf4660a)  // P1
SPLAT(·tanhTable, 16, 0x38f25dea) // P2
SPLAT(·tanhTable, 32, 0x3e67c429) // Q1
SPLAT(·tanhTable, 48, 0x3b1ef8c5) // Q2
SPLAT(·tanhTable, 64, 0x3628bdca) // Q3
SPLAT(·tanhTable, 80, 0xc1120000) // -tanhMax
SPLAT(·tanhTable, 96, 0x41120000) // tanhMax
GLOBL ·tanhTable(SB), RODATA|NOPTR, $112

SPLAT(·sigmoidTable, 0, 0x3bf4660a)  // P1 / 2²
SPLAT(·sigmoidTable, 16, 0x36f25dea) // P2 / 2⁴
SPLAT(·sigmoidTable, 32, 0x3de7c429) // Q1 / 2
SPLAT(·sigmoidTable, 48, 0x399ef8c5) // Q2 / 2³
SPLAT(·sigmoidTable, 64, 0x33a8bdca) // Q3 / 2⁵
SPLAT(·sigmoidTable, 80, 0xc1920000) // -2 tanhMax
SPLAT(·sigmoidTable, 96, 0x41920000) // 2 tanhMax
GLOBL ·sigmoidTable(SB), RODATA|NOPTR, $112

SPLAT(·expTable, 0, 0x4b4000fe)   // shift
SPLAT(·expTable, 16, 0x3c091d01)  // E5
SPLAT(·expTable, 32, 0x3d2aac79)  // E4
SPLAT(·expTable, 48, 0x3e2aaa49)  // E3
SPLAT(·expTable, 64, 0x3efffffe)  // E2
SPLAT(·expTable, 80, 0xc2d00000)  // expMin
SPLAT(·expTable, 96, 0x42b20000)  // expMax
DATA ·expTable+112(SB)/4, $0x3fb8aa3b // log2e
DATA ·expTable+116(SB)/4, $0xbf317200 // -ln2hi
DATA ·expTable+120(SB)/4, $0xb5bfbe8e // -ln2lo
DATA ·expTable+124(SB)/4, $0x4b4000fe // shift
DATA ·expTable+128(SB)/4, $0x3ab511fd // E6
GLOBL ·expTable(SB), RODATA|NOPTR, $132

SPLAT(·quantizeTable, 0, 0xc2fe0000)  // -127
SPLAT(·quantizeTable, 16, 0x42fe0000) // 127
SPLAT(·quantizeTable, 32, 0x4b400000) // 1.5 * 2²³
GLOBL ·quantizeTable(SB), RODATA|NOPTR, $48
