//go:build !purego

#include "textflag.h"
#include "rvv.h"

// The products of a tile of rows with many vectors: seven, three or one of them at a
// time. Their sums are in groups of at most four registers, V0 to V27, and V28 holds
// the weights, which are loaded once for all of them.

#define ACC X5
#define LDACC X6
#define W X7
#define LDW X8
#define ROWS X9
#define START X10
#define LDX X11
#define INCX X12
#define LDSTART X13

// Of the rows that have room in a group: how many, the vectors left, and where the next
// ones are, what their sums start with, and their sums.
#define HELD X14
#define LEFT X15
#define XC X16
#define FROM X17
#define OUT X18

// Of a pass over the depth: the cursors of weights and vectors.
#define WK X19
#define K X20
#define C0 X21
#define C1 X22
#define C2 X23
#define C3 X24
#define C4 X25
#define C5 X28
#define C6 X29

// SUM loads what a vector's sums start with, and KEEP stores them.
#define SUM(v) \
	VLE32V (FROM), v; \
	ADD    LDSTART, FROM

#define KEEP(v) \
	VSE32V v, (OUT); \
	ADD    LDACC, OUT

#define SUMS1 SUM(V0)
#define SUMS3 SUMS1; SUM(V4); SUM(V8)
#define SUMS7 SUMS3; SUM(V12); SUM(V16); SUM(V20); SUM(V24)

#define KEEP1 KEEP(V0)
#define KEEP3 KEEP1; KEEP(V4); KEEP(V8)
#define KEEP7 KEEP3; KEEP(V12); KEEP(V16); KEEP(V20); KEEP(V24)

#define CURSORS1 MOV XC, C0
#define CURSORS3 CURSORS1; ADD LDX, C0, C1; ADD LDX, C1, C2
#define CURSORS7 CURSORS3; ADD LDX, C2, C3; ADD LDX, C3, C4; ADD LDX, C4, C5; ADD LDX, C5, C6

// NUMBER loads a vector's number, and TIMES adds the weights times it to a sum.
#define NUMBER(c, x) \
	MOVF (c), x; \
	ADD  INCX, c

#define TIMES(x, v) VFMACCVF V28, x, v

#define NUMBERS1 NUMBER(C0, F0)
#define NUMBERS3 NUMBERS1; NUMBER(C1, F1); NUMBER(C2, F2)
#define NUMBERS7 NUMBERS3; NUMBER(C3, F3); NUMBER(C4, F4); NUMBER(C5, F5); NUMBER(C6, F6)

#define TIMES1 TIMES(F0, V0)
#define TIMES3 TIMES1; TIMES(F1, V4); TIMES(F2, V8)
#define TIMES7 TIMES3; TIMES(F3, V12); TIMES(F4, V16); TIMES(F5, V20); TIMES(F6, V24)

// PASS takes n vectors through the depth.
#define PASS(n, SUMS, CURSORS, NUMBERS, TIMES, KEEP, column) \
	SUMS; \
	CURSORS; \
	MOV  W, WK; \
	MOV  depth+80(FP), K; \
column: \
	VLE32V (WK), V28; \
	NUMBERS; \
	ADD  LDW, WK; \
	ADD  $-1, K; \
	TIMES; \
	BNEZ K, column; \
	KEEP; \
	MOV  $n, X30; \
	SUB  X30, LEFT; \
	MUL  LDX, X30; \
	ADD  X30, XC

// func panel(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw, rows int, x *float32, ldx, incx, depth, cols int)
TEXT ·panel(SB), NOSPLIT, $0-96
	MOV acc+0(FP), ACC
	MOV ldacc+8(FP), LDACC
	MOV start+16(FP), START
	MOV ldstart+24(FP), LDSTART
	MOV w+32(FP), W
	MOV ldw+40(FP), LDW
	MOV rows+48(FP), ROWS
	MOV ldx+64(FP), LDX
	MOV incx+72(FP), INCX
	SLL $2, LDACC
	SLL $2, LDSTART
	SLL $2, LDW
	SLL $2, LDX
	SLL $2, INCX

rows:
	// The smallest group that holds all rows, or four registers.
	VSETVLI ROWS, E32, M1, TA, MA, HELD
	BEQ     HELD, ROWS, held
	VSETVLI ROWS, E32, M2, TA, MA, HELD
	BEQ     HELD, ROWS, held
	VSETVLI ROWS, E32, M4, TA, MA, HELD

held:
	MOV  cols+88(FP), LEFT
	MOV  x+56(FP), XC
	MOV  START, FROM
	MOV  ACC, OUT

seven:
	MOV  $7, X30
	BLT  LEFT, X30, three
	PASS(7, SUMS7, CURSORS7, NUMBERS7, TIMES7, KEEP7, column7)
	JMP  seven

three:
	MOV  $3, X30
	BLT  LEFT, X30, one
	PASS(3, SUMS3, CURSORS3, NUMBERS3, TIMES3, KEEP3, column3)
	JMP  three

one:
	BEQZ LEFT, next
	PASS(1, SUMS1, CURSORS1, NUMBERS1, TIMES1, KEEP1, column1)
	JMP  one

next:
	ADVANCE(HELD, START)
	ADVANCE(HELD, ACC)
	ADVANCE(HELD, W)
	SUB  HELD, ROWS
	BNEZ ROWS, rows
	RET
