//go:build !purego

#include "textflag.h"
#include "vfpv4.h"

// func widen(dst *float32, src *uint16, n int)
TEXT ·widen(SB), NOSPLIT, $0-12
	MOVW dst+0(FP), R0
	MOVW src+4(FP), R1
	MOVW n+8(FP), R2

loop:
	VLD1H2(1, d16)
	VCVTH(d16, q0)
	VCVTH(d17, q1)
	VSTM(s0, 8, 0)
	SUB.S $8, R2
	BNE  loop
	RET
