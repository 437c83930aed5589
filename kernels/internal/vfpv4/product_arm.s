//go:build !purego

#include "textflag.h"
#include "vfpv4.h"

// The products of a group of rows with a vector: 16 rows or 8, each of them a
// chain. S0 to S15 are their sums, S16 to S23 pairs of weights, and S24 to S27 the
// vector's numbers. A pair is loaded again as soon as it is multiplied, since cores
// that issue in order would wait for one that is loaded just before its use.

#define DST R0
#define START R1
#define W R2
#define LDW R3
#define ROWS R4
#define X R5
#define INCX R6
#define DEPTH R7

// The cursors of a group.
#define WK R8
#define XK R9
#define K R12

// WK and XK as arguments of VLDR.
#define wk 8
#define xk 9

// TIMES adds x times the pair w, in D8 to D11, to the sums a and a+1.
#define TIMES(x, w, a) \
	VFMA(x, (2*(w)), (a)) \
	VFMA(x, (2*(w)+1), (a+1))

// PAIR then loads w with the pair at an offset from WK.
#define PAIR(x, w, a, offset) \
	TIMES(x, w, a) \
	VLDRD(offset, wk, w)

// FIRST loads the first pairs of a column. COLUMN16 takes one of 16 rows and loads
// the first pairs of the next, LAST16 takes the last one. COLUMN8 and LAST8 take one
// of 8 rows.
#define FIRST \
	VLDRD(0, wk, d8) \
	VLDRD(8, wk, d9) \
	VLDRD(16, wk, d10) \
	VLDRD(24, wk, d11)

#define HALF(x) \
	PAIR(x, d8, s0, 32) \
	PAIR(x, d9, s2, 40) \
	PAIR(x, d10, s4, 48) \
	PAIR(x, d11, s6, 56)

#define COLUMN16(x) \
	HALF(x) \
	ADD LDW, WK; \
	PAIR(x, d8, s8, 0) \
	PAIR(x, d9, s10, 8) \
	PAIR(x, d10, s12, 16) \
	PAIR(x, d11, s14, 24)

#define LAST16(x) \
	HALF(x) \
	ADD LDW, WK; \
	TIMES(x, d8, s8) \
	TIMES(x, d9, s10) \
	TIMES(x, d10, s12) \
	TIMES(x, d11, s14)

#define COLUMN8(x) \
	ADD LDW, WK; \
	PAIR(x, d8, s0, 0) \
	PAIR(x, d9, s2, 8) \
	PAIR(x, d10, s4, 16) \
	PAIR(x, d11, s6, 24)

#define LAST8(x) \
	ADD LDW, WK; \
	TIMES(x, d8, s0) \
	TIMES(x, d9, s2) \
	TIMES(x, d10, s4) \
	TIMES(x, d11, s6)

// GROUP takes all columns of a group of rows: four at a time, if the numbers of the
// vector stand side by side, and the rest one at a time. The last four arguments are
// labels.
#define GROUP(rows, COLUMN, LAST, by4, rest, by1, end) \
	VLDM(1, s0, rows) \
	MOVW  W, WK; \
	MOVW  X, XK; \
	SUB.S $4, DEPTH, K; \
	BLT   rest; \
	CMP   $4, INCX; \
	BNE   rest; \
by4: \
	VLDM(9, s24, 4) \
	FIRST \
	COLUMN(s24) \
	COLUMN(s25) \
	COLUMN(s26) \
	LAST(s27) \
	SUB.S $4, K; \
	BGE   by4; \
rest: \
	ADD.S $4, K; \
	BEQ   end; \
by1: \
	VLDR(0, xk, s24) \
	FIRST \
	LAST(s24) \
	ADD   INCX, XK; \
	SUB.S $1, K; \
	BNE   by1; \
end: \
	VSTM(s0, rows, 0)

// func chains(dst, start, w *float32, ldw, rows int, x *float32, incx, depth int)
TEXT ·chains(SB), NOSPLIT, $0-32
	MOVW  dst+0(FP), DST
	MOVW  start+4(FP), START
	MOVW  w+8(FP), W
	MOVW  ldw+12(FP), LDW
	MOVW  rows+16(FP), ROWS
	MOVW  x+20(FP), X
	MOVW  incx+24(FP), INCX
	MOVW  depth+28(FP), DEPTH
	SLL   $2, LDW
	SLL   $2, INCX
	SUB.S $16, ROWS
	BLT   eight

sixteen:
	GROUP(16, COLUMN16, LAST16, s16by4, s16rest, s16by1, s16end)
	ADD   $64, W
	SUB.S $16, ROWS
	BGE   sixteen

eight:
	ADD.S $16, ROWS
	BEQ   done
	GROUP(8, COLUMN8, LAST8, s8by4, s8rest, s8by1, s8end)

done:
	RET
