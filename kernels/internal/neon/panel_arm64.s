//go:build !purego

#include "textflag.h"
#include "neon.h"

// The products of a panel of rows with many vectors, as many columns at a time
// as leave registers for the weights and inputs, and then the rest one by one.
// Each weight is loaded once for all columns.

#define ACC R0
#define LDACC R1
#define W R2
#define LDW R3
#define X R4
#define LDX R5
#define INCX R6
#define DEPTH R7
#define COLS R8
#define START R21
#define LDSTART R22

// The cursors of a pass: K counts down, AT is the distance from the first
// input, and X1 to X7 are the columns beside X.
#define WK R9
#define AT R10
#define K R11
#define OUT R12
#define X1 R13
#define X2 R14
#define X3 R15
#define X4 R16
#define X5 R17
#define X6 R19
#define X7 R20

// ARGS loads the arguments of TEXT, with the strides in bytes.
#define ARGS \
	MOVD acc+0(FP), ACC; \
	MOVD ldacc+8(FP), LDACC; \
	MOVD start+16(FP), START; \
	MOVD ldstart+24(FP), LDSTART; \
	MOVD w+32(FP), W; \
	MOVD ldw+40(FP), LDW; \
	MOVD x+48(FP), X; \
	MOVD ldx+56(FP), LDX; \
	MOVD incx+64(FP), INCX; \
	MOVD depth+72(FP), DEPTH; \
	MOVD cols+80(FP), COLS; \
	LSL  $2, LDACC; \
	LSL  $2, LDSTART; \
	LSL  $2, LDW; \
	LSL  $2, LDX; \
	LSL  $2, INCX

// BEGIN and NEXT are the ends of a loop over the depth.
#define BEGIN \
	MOVD W, WK; \
	MOVD $0, AT; \
	MOVD DEPTH, K

#define NEXT(loop) \
	ADD  LDW, WK; \
	ADD  INCX, AT; \
	SUBS $1, K; \
	BNE  loop

// MACn adds the weights w times the inputs x, y … to n columns' sums.
#define MAC1(w, x, a) FMLA_LANE(x, 0, w, a)
#define MAC3(w, x, y, z, a, b, c) MAC1(w, x, a); MAC1(w, y, b); MAC1(w, z, c)

// func panel32(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)
TEXT ·panel32(SB), NOSPLIT, $0-88
	ARGS
	SUBS $3, COLS
	BLT  rest

three:
	ADD    X, LDX, X1
	ADD    X1, LDX, X2
	MOVD   START, OUT
	VLD1.P 64(OUT), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1   (OUT), [V4.S4, V5.S4, V6.S4, V7.S4]
	ADD    LDSTART, START
	MOVD   START, OUT
	VLD1.P 64(OUT), [V8.S4, V9.S4, V10.S4, V11.S4]
	VLD1   (OUT), [V12.S4, V13.S4, V14.S4, V15.S4]
	ADD    LDSTART, START
	MOVD   START, OUT
	VLD1.P 64(OUT), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1   (OUT), [V20.S4, V21.S4, V22.S4, V23.S4]
	ADD    LDSTART, START
	BEGIN

threeLoop:
	FMOVS (X)(AT), F24
	FMOVQ (WK), F27
	FMOVS (X1)(AT), F25
	FMOVS (X2)(AT), F26
	FMOVQ 16(WK), F28
	FMOVQ 32(WK), F29
	MAC3(v27, v24, v25, v26, v0, v8, v16)
	FMOVQ 48(WK), F30
	MAC3(v28, v24, v25, v26, v1, v9, v17)
	FMOVQ 64(WK), F31
	MAC3(v29, v24, v25, v26, v2, v10, v18)
	FMOVQ 80(WK), F27
	MAC3(v30, v24, v25, v26, v3, v11, v19)
	FMOVQ 96(WK), F28
	MAC3(v31, v24, v25, v26, v4, v12, v20)
	FMOVQ 112(WK), F29
	MAC3(v27, v24, v25, v26, v5, v13, v21)
	MAC3(v28, v24, v25, v26, v6, v14, v22)
	MAC3(v29, v24, v25, v26, v7, v15, v23)
	NEXT(threeLoop)

	MOVD   ACC, OUT
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(OUT)
	VST1   [V4.S4, V5.S4, V6.S4, V7.S4], (OUT)
	ADD    ACC, LDACC, OUT
	VST1.P [V8.S4, V9.S4, V10.S4, V11.S4], 64(OUT)
	VST1   [V12.S4, V13.S4, V14.S4, V15.S4], (OUT)
	ADD    LDACC<<1, ACC, OUT
	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(OUT)
	VST1   [V20.S4, V21.S4, V22.S4, V23.S4], (OUT)
	ADD    LDACC, OUT
	SUB    $64, OUT, ACC
	ADD    X2, LDX, X
	SUBS   $3, COLS
	BGE    three

rest:
	ADDS $3, COLS
	BEQ  done

one:
	ADD  $64, START, OUT
	VLD1 (START), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1 (OUT), [V4.S4, V5.S4, V6.S4, V7.S4]
	ADD  LDSTART, START
	ADD  $64, ACC, OUT
	BEGIN

oneLoop:
	FMOVS (X)(AT), F24
	FMOVQ (WK), F16
	FMOVQ 16(WK), F17
	FMOVQ 32(WK), F18
	FMOVQ 48(WK), F19
	MAC1(v16, v24, v0)
	FMOVQ 64(WK), F20
	MAC1(v17, v24, v1)
	FMOVQ 80(WK), F21
	MAC1(v18, v24, v2)
	FMOVQ 96(WK), F22
	MAC1(v19, v24, v3)
	FMOVQ 112(WK), F23
	MAC1(v20, v24, v4)
	MAC1(v21, v24, v5)
	MAC1(v22, v24, v6)
	MAC1(v23, v24, v7)
	NEXT(oneLoop)

	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (ACC)
	VST1 [V4.S4, V5.S4, V6.S4, V7.S4], (OUT)
	ADD  LDACC, ACC
	ADD  LDX, X
	SUBS $1, COLS
	BNE  one

done:
	RET

#define MAC4COLUMNS(w, a, b, c, d) \
	MAC1(w, v24, a); MAC1(w, v25, b); MAC1(w, v26, c); MAC1(w, v27, d)

// LOAD24 and STORE24 move a column of 24 sums from START and to OUT, and go on to the
// next one.
#define LOAD24(a, b, c, d, e, f) \
	FLDPQ (START), (a, b); \
	FLDPQ 32(START), (c, d); \
	FLDPQ 64(START), (e, f); \
	ADD   LDSTART, START

#define STORE24(a, b, c, d, e, f) \
	FSTPQ (a, b), (OUT); \
	FSTPQ (c, d), 32(OUT); \
	FSTPQ (e, f), 64(OUT); \
	ADD   LDACC, OUT

// func panel24(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)
TEXT ·panel24(SB), NOSPLIT, $0-88
	ARGS
	SUBS $4, COLS
	BLT  rest

four:
	ADD  X, LDX, X1
	ADD  X1, LDX, X2
	ADD  X2, LDX, X3
	LOAD24(F0, F1, F2, F3, F4, F5)
	LOAD24(F6, F7, F8, F9, F10, F11)
	LOAD24(F12, F13, F14, F15, F16, F17)
	LOAD24(F18, F19, F20, F21, F22, F23)
	BEGIN

fourLoop:
	FMOVS (X)(AT), F24
	FMOVQ (WK), F28
	FMOVS (X1)(AT), F25
	FMOVS (X2)(AT), F26
	FMOVS (X3)(AT), F27
	FMOVQ 16(WK), F29
	MAC4COLUMNS(v28, v0, v6, v12, v18)
	FMOVQ 32(WK), F30
	MAC4COLUMNS(v29, v1, v7, v13, v19)
	FMOVQ 48(WK), F31
	MAC4COLUMNS(v30, v2, v8, v14, v20)
	FMOVQ 64(WK), F28
	MAC4COLUMNS(v31, v3, v9, v15, v21)
	FMOVQ 80(WK), F29
	MAC4COLUMNS(v28, v4, v10, v16, v22)
	MAC4COLUMNS(v29, v5, v11, v17, v23)
	NEXT(fourLoop)

	MOVD ACC, OUT
	STORE24(F0, F1, F2, F3, F4, F5)
	STORE24(F6, F7, F8, F9, F10, F11)
	STORE24(F12, F13, F14, F15, F16, F17)
	STORE24(F18, F19, F20, F21, F22, F23)
	MOVD OUT, ACC
	ADD  X3, LDX, X
	SUBS $4, COLS
	BGE  four

rest:
	ADDS $4, COLS
	BEQ  done

one:
	LOAD24(F0, F1, F2, F3, F4, F5)
	BEGIN

oneLoop:
	FMOVS (X)(AT), F24
	FMOVQ (WK), F16
	FMOVQ 16(WK), F17
	FMOVQ 32(WK), F18
	FMOVQ 48(WK), F19
	MAC1(v16, v24, v0)
	FMOVQ 64(WK), F20
	MAC1(v17, v24, v1)
	FMOVQ 80(WK), F21
	MAC1(v18, v24, v2)
	MAC1(v19, v24, v3)
	MAC1(v20, v24, v4)
	MAC1(v21, v24, v5)
	NEXT(oneLoop)

	MOVD ACC, OUT
	STORE24(F0, F1, F2, F3, F4, F5)
	MOVD OUT, ACC
	ADD  LDX, X
	SUBS $1, COLS
	BNE  one

done:
	RET

#define MAC4ROWS(x, a, b, c, d) \
	MAC1(v28, x, a); MAC1(v29, x, b); MAC1(v30, x, c); MAC1(v31, x, d)

// func panel16(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)
TEXT ·panel16(SB), NOSPLIT, $0-88
	ARGS
	SUBS $6, COLS
	BLT  rest

six:
	ADD  X, LDX, X1
	ADD  X1, LDX, X2
	ADD  X2, LDX, X3
	ADD  X3, LDX, X4
	ADD  X4, LDX, X5
	VLD1 (START), [V0.S4, V1.S4, V2.S4, V3.S4]
	ADD  LDSTART, START
	VLD1 (START), [V4.S4, V5.S4, V6.S4, V7.S4]
	ADD  LDSTART, START
	VLD1 (START), [V8.S4, V9.S4, V10.S4, V11.S4]
	ADD  LDSTART, START
	VLD1 (START), [V12.S4, V13.S4, V14.S4, V15.S4]
	ADD  LDSTART, START
	VLD1 (START), [V16.S4, V17.S4, V18.S4, V19.S4]
	ADD  LDSTART, START
	VLD1 (START), [V20.S4, V21.S4, V22.S4, V23.S4]
	ADD  LDSTART, START
	BEGIN

sixLoop:
	FMOVS (X)(AT), F24
	FMOVQ (WK), F28
	FMOVQ 16(WK), F29
	FMOVQ 32(WK), F30
	FMOVQ 48(WK), F31
	FMOVS (X1)(AT), F25
	MAC4ROWS(v24, v0, v1, v2, v3)
	FMOVS (X2)(AT), F26
	MAC4ROWS(v25, v4, v5, v6, v7)
	FMOVS (X3)(AT), F27
	MAC4ROWS(v26, v8, v9, v10, v11)
	FMOVS (X4)(AT), F24
	MAC4ROWS(v27, v12, v13, v14, v15)
	FMOVS (X5)(AT), F25
	MAC4ROWS(v24, v16, v17, v18, v19)
	MAC4ROWS(v25, v20, v21, v22, v23)
	NEXT(sixLoop)

	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V4.S4, V5.S4, V6.S4, V7.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V8.S4, V9.S4, V10.S4, V11.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V12.S4, V13.S4, V14.S4, V15.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V16.S4, V17.S4, V18.S4, V19.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V20.S4, V21.S4, V22.S4, V23.S4], (ACC)
	ADD  LDACC, ACC
	ADD  X5, LDX, X
	SUBS $6, COLS
	BGE  six

rest:
	ADDS $6, COLS
	BEQ  done

one:
	VLD1 (START), [V0.S4, V1.S4, V2.S4, V3.S4]
	ADD  LDSTART, START
	BEGIN

oneLoop:
	FMOVS (X)(AT), F24
	VLD1  (WK), [V28.S4, V29.S4, V30.S4, V31.S4]
	MAC4ROWS(v24, v0, v1, v2, v3)
	NEXT(oneLoop)

	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (ACC)
	ADD  LDACC, ACC
	ADD  LDX, X
	SUBS $1, COLS
	BNE  one

done:
	RET

#define MAC2ROWS(x, a, b) MAC1(v16, x, a); MAC1(v17, x, b)

// func panel8(acc *float32, ldacc int, start *float32, ldstart int, w *float32, ldw int, x *float32, ldx, incx, depth, cols int)
TEXT ·panel8(SB), NOSPLIT, $0-88
	ARGS
	SUBS $8, COLS
	BLT  rest

eight:
	ADD  X, LDX, X1
	ADD  X1, LDX, X2
	ADD  X2, LDX, X3
	ADD  X3, LDX, X4
	ADD  X4, LDX, X5
	ADD  X5, LDX, X6
	ADD  X6, LDX, X7
	VLD1 (START), [V0.S4, V1.S4]
	ADD  LDSTART, START
	VLD1 (START), [V2.S4, V3.S4]
	ADD  LDSTART, START
	VLD1 (START), [V4.S4, V5.S4]
	ADD  LDSTART, START
	VLD1 (START), [V6.S4, V7.S4]
	ADD  LDSTART, START
	VLD1 (START), [V8.S4, V9.S4]
	ADD  LDSTART, START
	VLD1 (START), [V10.S4, V11.S4]
	ADD  LDSTART, START
	VLD1 (START), [V12.S4, V13.S4]
	ADD  LDSTART, START
	VLD1 (START), [V14.S4, V15.S4]
	ADD  LDSTART, START
	BEGIN

eightLoop:
	FMOVQ (WK), F16
	FMOVQ 16(WK), F17
	FMOVS (X)(AT), F24
	FMOVS (X1)(AT), F25
	FMOVS (X2)(AT), F26
	MAC2ROWS(v24, v0, v1)
	FMOVS (X3)(AT), F27
	MAC2ROWS(v25, v2, v3)
	FMOVS (X4)(AT), F28
	MAC2ROWS(v26, v4, v5)
	FMOVS (X5)(AT), F29
	MAC2ROWS(v27, v6, v7)
	FMOVS (X6)(AT), F30
	MAC2ROWS(v28, v8, v9)
	FMOVS (X7)(AT), F31
	MAC2ROWS(v29, v10, v11)
	MAC2ROWS(v30, v12, v13)
	MAC2ROWS(v31, v14, v15)
	NEXT(eightLoop)

	VST1 [V0.S4, V1.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V2.S4, V3.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V4.S4, V5.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V6.S4, V7.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V8.S4, V9.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V10.S4, V11.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V12.S4, V13.S4], (ACC)
	ADD  LDACC, ACC
	VST1 [V14.S4, V15.S4], (ACC)
	ADD  LDACC, ACC
	ADD  X7, LDX, X
	SUBS $8, COLS
	BGE  eight

rest:
	ADDS $8, COLS
	BEQ  done

one:
	VLD1 (START), [V0.S4, V1.S4]
	ADD  LDSTART, START
	BEGIN

oneLoop:
	FMOVS (X)(AT), F24
	VLD1  (WK), [V16.S4, V17.S4]
	MAC2ROWS(v24, v0, v1)
	NEXT(oneLoop)

	VST1 [V0.S4, V1.S4], (ACC)
	ADD  LDACC, ACC
	ADD  LDX, X
	SUBS $1, COLS
	BNE  one

done:
	RET
