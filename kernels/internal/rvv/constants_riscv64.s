//go:build !purego

#include "textflag.h"

// The numbers of kernels/internal/generic/activation.go, by their bits.

DATA ·tanhTable+0(SB)/4, $0xc1120000  // -tanhMax
DATA ·tanhTable+4(SB)/4, $0x41120000  // tanhMax
DATA ·tanhTable+8(SB)/4, $0x3cf4660a  // P1
DATA ·tanhTable+12(SB)/4, $0x38f25dea // P2
DATA ·tanhTable+16(SB)/4, $0x3e67c429 // Q1
DATA ·tanhTable+20(SB)/4, $0x3b1ef8c5 // Q2
DATA ·tanhTable+24(SB)/4, $0x3628bdca // Q3
DATA ·tanhTable+28(SB)/4, $0x40000000 // 2
DATA ·tanhTable+32(SB)/4, $0          // sigmoid's alone
GLOBL ·tanhTable(SB), RODATA|NOPTR, $36

DATA ·sigmoidTable+0(SB)/4, $0xc1920000  // -2 tanhMax
DATA ·sigmoidTable+4(SB)/4, $0x41920000  // 2 tanhMax
DATA ·sigmoidTable+8(SB)/4, $0x3bf4660a  // P1 / 2²
DATA ·sigmoidTable+12(SB)/4, $0x36f25dea // P2 / 2⁴
DATA ·sigmoidTable+16(SB)/4, $0x3de7c429 // Q1 / 2
DATA ·sigmoidTable+20(SB)/4, $0x399ef8c5 // Q2 / 2³
DATA ·sigmoidTable+24(SB)/4, $0x33a8bdca // Q3 / 2⁵
DATA ·sigmoidTable+28(SB)/4, $0x40800000 // 4
DATA ·sigmoidTable+32(SB)/4, $0x3f000000 // ½
GLOBL ·sigmoidTable(SB), RODATA|NOPTR, $36

DATA ·expTable+0(SB)/4, $0xc2d00000  // expMin
DATA ·expTable+4(SB)/4, $0x42b20000  // expMax
DATA ·expTable+8(SB)/4, $0x3fb8aa3b  // log2e
DATA ·expTable+12(SB)/4, $0x4b4000fe // shift
DATA ·expTable+16(SB)/4, $0xbf317200 // -ln2hi
DATA ·expTable+20(SB)/4, $0xb5bfbe8e // -ln2lo
DATA ·expTable+24(SB)/4, $0x3ab511fd // E6
DATA ·expTable+28(SB)/4, $0x3c091d01 // E5
DATA ·expTable+32(SB)/4, $0x3d2aac79 // E4
DATA ·expTable+36(SB)/4, $0x3e2aaa49 // E3
DATA ·expTable+40(SB)/4, $0x3efffffe // E2
DATA ·expTable+44(SB)/4, $0x3f800000 // 1
GLOBL ·expTable(SB), RODATA|NOPTR, $48
