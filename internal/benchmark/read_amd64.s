//go:build !purego

#include "textflag.h"

// func readAVX2(bits *[8]uint32, data *float32, n int)
TEXT ·readAVX2(SB), NOSPLIT, $0-24
	MOVQ  bits+0(FP), DI
	MOVQ  data+8(FP), AX
	MOVQ  n+16(FP), R8
	SHRQ  $2, R8
	LEAQ  (AX)(R8*1), BX
	LEAQ  (AX)(R8*2), CX
	LEAQ  (BX)(R8*2), DX
	MOVQ  BX, SI
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7

loop:
	VPOR (AX), Y0, Y0
	VPOR 32(AX), Y1, Y1
	VPOR (BX), Y2, Y2
	VPOR 32(BX), Y3, Y3
	VPOR (CX), Y4, Y4
	VPOR 32(CX), Y5, Y5
	VPOR (DX), Y6, Y6
	VPOR 32(DX), Y7, Y7
	ADDQ $64, AX
	ADDQ $64, BX
	ADDQ $64, CX
	ADDQ $64, DX
	CMPQ AX, SI
	JB   loop

	VPOR    Y1, Y0, Y0
	VPOR    Y3, Y2, Y2
	VPOR    Y5, Y4, Y4
	VPOR    Y7, Y6, Y6
	VPOR    Y2, Y0, Y0
	VPOR    Y6, Y4, Y4
	VPOR    Y4, Y0, Y0
	VMOVDQU Y0, (DI)
	VZEROUPPER
	RET
