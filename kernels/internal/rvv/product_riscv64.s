//go:build !purego

#include "textflag.h"
#include "rvv.h"

#define DST X5
#define START X6
#define W X7
#define LDW X8
#define ROWS X9
#define X X10
#define INCX X11
#define DEPTH X12

// COLUMN loads the weights of a column and the number of the vector, and TIMES adds
// their products to the sums in V0.
#define COLUMN(w, x) \
	VLE32V (W), w; \
	MOVF   (X), x; \
	ADD    LDW, W; \
	ADD    INCX, X

#define TIMES(w, x) VFMACCVF w, x, V0

// func chains(dst, start, w *float32, ldw, rows int, x *float32, incx, depth int)
TEXT ·chains(SB), NOSPLIT, $0-64
	MOV    dst+0(FP), DST
	MOV    start+8(FP), START
	MOV    w+16(FP), W
	MOV    ldw+24(FP), LDW
	MOV    rows+32(FP), ROWS
	MOV    x+40(FP), X
	MOV    incx+48(FP), INCX
	MOV    depth+56(FP), DEPTH
	SLL    $2, LDW
	SLL    $2, INCX
	WIDTH(ROWS, wider)
	VLE32V (START), V0
	ADD    $-4, DEPTH
	BLTZ   DEPTH, rest

by4:
	COLUMN(V8, F0)
	COLUMN(V16, F1)
	COLUMN(V24, F2)
	TIMES(V8, F0)
	COLUMN(V8, F3)
	TIMES(V16, F1)
	TIMES(V24, F2)
	TIMES(V8, F3)
	ADD    $-4, DEPTH
	BGEZ   DEPTH, by4

rest:
	ADD    $4, DEPTH
	BEQZ   DEPTH, end

by1:
	COLUMN(V8, F0)
	TIMES(V8, F0)
	ADD    $-1, DEPTH
	BNEZ   DEPTH, by1

end:
	VSE32V V0, (DST)
	RET

// func chainsHalf(dst, start *float32, w *uint16, rows int, x *float32, depth int)
TEXT ·chainsHalf(SB), NOSPLIT, $0-48
	MOV    dst+0(FP), DST
	MOV    start+8(FP), START
	MOV    w+16(FP), W
	MOV    rows+24(FP), ROWS
	MOV    x+32(FP), X
	MOV    depth+40(FP), DEPTH
	WIDTH(ROWS, wider)
	WIDEN_CONSTANTS
	SLL    $1, ROWS, LDW
	VLE32V (START), V8
	BEQZ   DEPTH, end

column:
	WIDEN(W)
	MOVF     (X), F0
	ADD      LDW, W
	ADD      $4, X
	VFMACCVF V16, F0, V8
	ADD      $-1, DEPTH
	BNEZ     DEPTH, column

end:
	VSE32V V8, (DST)
	RET

// func Widen(dst []float32, src []uint16)
TEXT ·Widen(SB), NOSPLIT, $0-48
	MOV  dst_base+0(FP), DST
	MOV  dst_len+8(FP), ROWS
	MOV  src_base+24(FP), W
	WIDEN_CONSTANTS
	BEQZ ROWS, done

strip:
	VSETVLI ROWS, E32, M8, TA, MU, X10
	WIDEN(W)
	VSE32V  V16, (DST)
	SUB     X10, ROWS
	SLL     $1, X10
	ADD     X10, W
	SLL     $1, X10
	ADD     X10, DST
	BNEZ    ROWS, strip

done:
	RET
