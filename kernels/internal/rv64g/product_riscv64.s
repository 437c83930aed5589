//go:build !purego

#include "textflag.h"

// The products of a group of rows with a vector: 16 rows or 8, each of them a chain.
// F0 to F15 are their sums, F16 to F29 weights, which are loaded some instructions
// before their use, and F30 is the vector's number.

#define DST X5
#define START X6
#define W X7
#define LDW X8
#define ROWS X9
#define X X10
#define INCX X11
#define DEPTH X12

// The cursors of a group.
#define WK X13
#define XK X14
#define K X15

// TIMES adds the number of the vector times a weight to a sum. THEN also loads
// the weight at an offset from WK.
#define TIMES(w, sum) FMADDS F30, w, sum, sum
#define THEN(w, sum, offset, next) \
	TIMES(w, sum); \
	MOVF offset(WK), next

#define FIRST8 \
	MOVF 0(WK), F16; \
	MOVF 4(WK), F17; \
	MOVF 8(WK), F18; \
	MOVF 12(WK), F19; \
	MOVF 16(WK), F20; \
	MOVF 20(WK), F21; \
	MOVF 24(WK), F22; \
	MOVF 28(WK), F23

#define COLUMN16 \
	FIRST8; \
	THEN(F16, F0, 32, F24); \
	THEN(F17, F1, 36, F25); \
	THEN(F18, F2, 40, F26); \
	THEN(F19, F3, 44, F27); \
	THEN(F20, F4, 48, F28); \
	THEN(F21, F5, 52, F29); \
	THEN(F22, F6, 56, F16); \
	THEN(F23, F7, 60, F17); \
	TIMES(F24, F8); \
	TIMES(F25, F9); \
	TIMES(F26, F10); \
	TIMES(F27, F11); \
	TIMES(F28, F12); \
	TIMES(F29, F13); \
	TIMES(F16, F14); \
	TIMES(F17, F15)

#define COLUMN8 \
	FIRST8; \
	TIMES(F16, F0); \
	TIMES(F17, F1); \
	TIMES(F18, F2); \
	TIMES(F19, F3); \
	TIMES(F20, F4); \
	TIMES(F21, F5); \
	TIMES(F22, F6); \
	TIMES(F23, F7)

#define LOAD8(p) \
	MOVF 0(p), F0; \
	MOVF 4(p), F1; \
	MOVF 8(p), F2; \
	MOVF 12(p), F3; \
	MOVF 16(p), F4; \
	MOVF 20(p), F5; \
	MOVF 24(p), F6; \
	MOVF 28(p), F7

#define LOAD16(p) \
	LOAD8(p); \
	MOVF 32(p), F8; \
	MOVF 36(p), F9; \
	MOVF 40(p), F10; \
	MOVF 44(p), F11; \
	MOVF 48(p), F12; \
	MOVF 52(p), F13; \
	MOVF 56(p), F14; \
	MOVF 60(p), F15

#define STORE8(p) \
	MOVF F0, 0(p); \
	MOVF F1, 4(p); \
	MOVF F2, 8(p); \
	MOVF F3, 12(p); \
	MOVF F4, 16(p); \
	MOVF F5, 20(p); \
	MOVF F6, 24(p); \
	MOVF F7, 28(p)

#define STORE16(p) \
	STORE8(p); \
	MOVF F8, 32(p); \
	MOVF F9, 36(p); \
	MOVF F10, 40(p); \
	MOVF F11, 44(p); \
	MOVF F12, 48(p); \
	MOVF F13, 52(p); \
	MOVF F14, 56(p); \
	MOVF F15, 60(p)

// GROUP takes all columns of a group of rows. The last two arguments are labels.
#define GROUP(LOAD, COLUMN, STORE, column, end) \
	LOAD(START); \
	MOV  W, WK; \
	MOV  X, XK; \
	MOV  DEPTH, K; \
	BEQZ K, end; \
column: \
	MOVF (XK), F30; \
	COLUMN; \
	ADD  LDW, WK; \
	ADD  INCX, XK; \
	ADD  $-1, K; \
	BNEZ K, column; \
end: \
	STORE(DST)

// func chains(dst, start, w *float32, ldw, rows int, x *float32, incx, depth int)
TEXT ·chains(SB), NOSPLIT, $0-64
	MOV  dst+0(FP), DST
	MOV  start+8(FP), START
	MOV  w+16(FP), W
	MOV  ldw+24(FP), LDW
	MOV  rows+32(FP), ROWS
	MOV  x+40(FP), X
	MOV  incx+48(FP), INCX
	MOV  depth+56(FP), DEPTH
	SLL  $2, LDW
	SLL  $2, INCX
	ADD  $-16, ROWS
	BLTZ ROWS, eight

sixteen:
	GROUP(LOAD16, COLUMN16, STORE16, s16column, s16end)
	ADD  $64, DST
	ADD  $64, START
	ADD  $64, W
	ADD  $-16, ROWS
	BGEZ ROWS, sixteen

eight:
	ADD  $16, ROWS
	BEQZ ROWS, done
	GROUP(LOAD8, COLUMN8, STORE8, s8column, s8end)

done:
	RET
