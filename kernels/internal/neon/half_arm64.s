//go:build !purego

#include "textflag.h"
#include "neon.h"

// func widen(dst *float32, src *uint16, n int)
TEXT ·widen(SB), NOSPLIT, $0-24
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD n+16(FP), R2

loop:
	FMOVQ.P 16(R1), F0
	FCVTL(v0, v1)
	FCVTL2(v0, v2)
	VST1.P  [V1.S4, V2.S4], 32(R0)
	SUBS    $8, R2
	BNE     loop
	RET
