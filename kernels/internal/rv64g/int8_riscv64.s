//go:build !purego

#include "textflag.h"

// The product of a tile of int8 weights with a quantized vector, eight rows at a time,
// whose sums are in X12 to X19.

#define DST X5
#define START X6
#define W X7
#define ROWS X8
#define SCALE X9
#define WSTEP X10

// The cursors of eight rows, and the four numbers of the vector.
#define WK X11
#define XK X30
#define K X29
#define N0 X20
#define N1 X21
#define N2 X22
#define N3 X23

// ROW adds the products of a row's four weights to its sum.
#define ROW(r, sum) \
	MOVB (4*(r)+0)(WK), X24; \
	MOVB (4*(r)+1)(WK), X25; \
	MOVB (4*(r)+2)(WK), X28; \
	MUL  N0, X24; \
	MUL  N1, X25; \
	MUL  N2, X28; \
	ADD  X24, sum; \
	MOVB (4*(r)+3)(WK), X24; \
	ADD  X25, sum; \
	MUL  N3, X24; \
	ADD  X28, sum; \
	ADD  X24, sum

// RESULT adds a row's sum times its scale and the vector's, in F0, to where it starts.
#define RESULT(r, sum) \
	MOVF   (4*(r))(SCALE), F1; \
	MOVF   (4*(r))(START), F2; \
	FCVTSW sum, F3; \
	FMULS  F0, F1, F1; \
	FMADDS F3, F1, F2, F2; \
	MOVF   F2, (4*(r))(DST)

// func linearInt8(dst, start *float32, w *int8, rows int, scale *float32, step float32, x *int8, groups int)
TEXT ·linearInt8(SB), NOSPLIT, $0-64
	MOV  dst+0(FP), DST
	MOV  start+8(FP), START
	MOV  w+16(FP), W
	MOV  rows+24(FP), ROWS
	MOV  scale+32(FP), SCALE
	MOVF step+40(FP), F0
	SLL  $2, ROWS, WSTEP

eight:
	MOV  $0, X12
	MOV  $0, X13
	MOV  $0, X14
	MOV  $0, X15
	MOV  $0, X16
	MOV  $0, X17
	MOV  $0, X18
	MOV  $0, X19
	MOV  W, WK
	MOV  x+48(FP), XK
	MOV  groups+56(FP), K
	BEQZ K, end

group:
	MOVB 0(XK), N0
	MOVB 1(XK), N1
	MOVB 2(XK), N2
	MOVB 3(XK), N3
	ROW(0, X12)
	ROW(1, X13)
	ROW(2, X14)
	ROW(3, X15)
	ROW(4, X16)
	ROW(5, X17)
	ROW(6, X18)
	ROW(7, X19)
	ADD  WSTEP, WK
	ADD  $4, XK
	ADD  $-1, K
	BNEZ K, group

end:
	RESULT(0, X12)
	RESULT(1, X13)
	RESULT(2, X14)
	RESULT(3, X15)
	RESULT(4, X16)
	RESULT(5, X17)
	RESULT(6, X18)
	RESULT(7, X19)
	ADD  $32, W
	ADD  $32, SCALE
	ADD  $32, START
	ADD  $32, DST
	ADD  $-8, ROWS
	BNEZ ROWS, eight
	RET
