//go:build !purego

#include "textflag.h"

#define DST X5
#define SRC X6
#define N X7

// WIDEN widens number i. Its exponent and significand, where those of a float32 are,
// are 2**-112 times its value, in F1. Where all bits of the exponent are set, those in
// X10, the float32 has all of its own set, those in X9.
#define WIDEN(i) \
	MOVH  (2*(i))(SRC), X12; \
	SLL   $13, X12; \
	AND   X11, X12; \
	FMVWX X12, F0; \
	AND   X10, X12, X13; \
	FMULS F1, F0, F0; \
	BNE   X13, X10, 3(PC); \
	OR    X9, X12; \
	FMVWX X12, F0; \
	MOVF  F0, (4*(i))(DST)

// func widen(dst *float32, src *uint16, n int)
TEXT ·widen(SB), NOSPLIT, $0-24
	MOV   dst+0(FP), DST
	MOV   src+8(FP), SRC
	MOV   n+16(FP), N
	MOV   $0x77800000, X8
	FMVWX X8, F1
	MOV   $0x7f800000, X9
	MOV   $0x0f800000, X10
	MOV   $0x8fffe000, X11

loop:
	WIDEN(0)
	WIDEN(1)
	WIDEN(2)
	WIDEN(3)
	WIDEN(4)
	WIDEN(5)
	WIDEN(6)
	WIDEN(7)
	ADD  $16, SRC
	ADD  $32, DST
	ADD  $-8, N
	BNEZ N, loop
	RET
