//go:build !purego

#include "textflag.h"

#define ZERO \
	VPXOR Y0, Y0, Y0 \
	VPXOR Y1, Y1, Y1 \
	VPXOR Y2, Y2, Y2 \
	VPXOR Y3, Y3, Y3 \
	VPXOR Y4, Y4, Y4 \
	VPXOR Y5, Y5, Y5 \
	VPXOR Y6, Y6, Y6 \
	VPXOR Y7, Y7, Y7

#define JOIN(bits) \
	VPOR    Y1, Y0, Y0 \
	VPOR    Y3, Y2, Y2 \
	VPOR    Y5, Y4, Y4 \
	VPOR    Y7, Y6, Y6 \
	VPOR    Y2, Y0, Y0 \
	VPOR    Y6, Y4, Y4 \
	VPOR    Y4, Y0, Y0 \
	VMOVDQU Y0, (bits) \
	VZEROUPPER

// func readStreams(bits *[8]uint32, data *float32, n int)
TEXT ·readStreams(SB), NOSPLIT, $0-24
	MOVQ bits+0(FP), DI
	MOVQ data+8(FP), AX
	MOVQ n+16(FP), R8
	SHRQ $2, R8
	LEAQ (AX)(R8*1), BX
	LEAQ (AX)(R8*2), CX
	LEAQ (BX)(R8*2), DX
	MOVQ BX, SI
	ZERO
	PCALIGN $32

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
	JOIN(DI)
	RET

// func readAhead(bits *[8]uint32, data *float32, n int)
TEXT ·readAhead(SB), NOSPLIT, $0-24
	MOVQ bits+0(FP), DI
	MOVQ data+8(FP), AX
	MOVQ n+16(FP), SI
	ADDQ AX, SI
	ZERO
	PCALIGN $32

loop:
	VPOR       (AX), Y0, Y0
	PREFETCHT0 1024(AX)
	VPOR       32(AX), Y1, Y1
	VPOR       64(AX), Y2, Y2
	PREFETCHT0 1088(AX)
	VPOR       96(AX), Y3, Y3
	VPOR       128(AX), Y4, Y4
	PREFETCHT0 1152(AX)
	VPOR       160(AX), Y5, Y5
	VPOR       192(AX), Y6, Y6
	PREFETCHT0 1216(AX)
	VPOR       224(AX), Y7, Y7
	ADDQ       $256, AX
	CMPQ       AX, SI
	JB         loop
	JOIN(DI)
	RET
