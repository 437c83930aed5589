//go:build !purego

#include "textflag.h"

// A number's exponent and significand, where those of a float32 are, are 2**-112 times
// its value. Where all bits of the exponent are set, the float32 has all of them, too.
//
// func widen(dst *float32, src *uint16, n int)
TEXT ·widen(SB), NOSPLIT, $0-24
	MOV   dst+0(FP), X5
	MOV   src+8(FP), X6
	MOV   n+16(FP), X7
	MOV   $0x77800000, X8 // 2**112
	FMVWX X8, F1
	MOV   $0x7f800000, X9
	MOV   $0x0f800000, X10
	MOV   $0x8fffe000, X11

loop:
	MOVH  (X6), X12
	SLL   $13, X12
	AND   X11, X12
	AND   X10, X12, X13
	FMVWX X12, F0
	FMULS F1, F0, F0
	BEQ   X13, X10, infinite

store:
	MOVF F0, (X5)
	ADD  $2, X6
	ADD  $4, X5
	ADD  $-1, X7
	BNEZ X7, loop
	RET

infinite:
	OR    X9, X12
	FMVWX X12, F0
	JMP   store
