//go:build !purego

#include "textflag.h"
#include "activate.h"

#define DST X10
#define SRC X11
#define N X12

// UNARY replaces the floats of src by a function of each, four at a time and then one
// by one, and writes them to dst.
#define UNARY(FUNCTION) \
	MOV  dst_base+0(FP), DST; \
	MOV  dst_len+8(FP), N; \
	MOV  src_base+24(FP), SRC; \
	ADD  $-4, N; \
	BLTZ N, rest; \
by4: \
	LOAD4(SRC); \
	FUNCTION(EACH4); \
	STORE4(DST); \
	ADD  $16, SRC; \
	ADD  $16, DST; \
	ADD  $-4, N; \
	BGEZ N, by4; \
rest: \
	ADD  $4, N; \
	BEQZ N, done; \
by1: \
	LOAD1(SRC); \
	FUNCTION(EACH1); \
	STORE1(DST); \
	ADD  $4, SRC; \
	ADD  $4, DST; \
	ADD  $-1, N; \
	BNEZ N, by1; \
done:

// func Tanh(dst, src []float32)
TEXT ·Tanh(SB), NOSPLIT, $0-48
	TANH_CONSTANTS
	UNARY(TANH)
	RET

// func Sigmoid(dst, src []float32)
TEXT ·Sigmoid(SB), NOSPLIT, $0-48
	SIGMOID_CONSTANTS
	UNARY(SIGMOID)
	RET

// The constants of exp, beside the limits.
#define LOG2E F18
#define SHIFT F19
#define LN2HI F20
#define LN2LO F21
#define E6 F22
#define E5 F23
#define E4 F24
#define E3 F25
#define E2 F26
#define ONE F27

// The steps of exp, where t keeps the sum with SHIFT, u is n, and b the polynomial.
#define SCALE(x, u, t, b) FMADDS x, LOG2E, SHIFT, t
#define NEAREST(x, u, t, b) FSUBS SHIFT, t, u
#define REDUCE_HI(x, u, t, b) FMADDS u, LN2HI, x, x
#define REDUCE_LO(x, u, t, b) FMADDS u, LN2LO, x, x
#define E_5(x, u, t, b) FMADDS E6, x, E5, b
#define E_4(x, u, t, b) FMADDS b, x, E4, b
#define E_3(x, u, t, b) FMADDS b, x, E3, b
#define E_2(x, u, t, b) FMADDS b, x, E2, b
#define E_1(x, u, t, b) FMADDS b, x, ONE, b

// POWERS makes t and u the two powers of two.
#define POWERS(x, u, t, b) \
	FMVXW t, X5; \
	SRL   $1, X5, X6; \
	SUB   X6, X5; \
	SLL   $23, X6; \
	SLL   $23, X5; \
	FMVWX X6, t; \
	FMVWX X5, u

#define TIMES_POWER(x, u, t, b) FMULS t, b, b
#define TIMES_OTHER(x, u, t, b) FMULS u, b, x

#define EXP(EACH) \
	EACH(CLAMP); \
	EACH(SCALE); \
	EACH(NEAREST); \
	EACH(REDUCE_HI); \
	EACH(REDUCE_LO); \
	EACH(E_5); \
	EACH(E_4); \
	EACH(E_3); \
	EACH(E_2); \
	EACH(E_1); \
	EACH(E_1); \
	EACH(POWERS); \
	EACH(TIMES_POWER); \
	EACH(TIMES_OTHER)

// func Exp(dst, src []float32)
TEXT ·Exp(SB), NOSPLIT, $0-48
	MOV  $·expTable(SB), X5
	MOVF 0(X5), LOW
	MOVF 4(X5), HIGH
	MOVF 8(X5), LOG2E
	MOVF 12(X5), SHIFT
	MOVF 16(X5), LN2HI
	MOVF 20(X5), LN2LO
	MOVF 24(X5), E6
	MOVF 28(X5), E5
	MOVF 32(X5), E4
	MOVF 36(X5), E3
	MOVF 40(X5), E2
	MOVF 44(X5), ONE
	UNARY(EXP)
	RET

#define A X11
#define B X13
#define C X14

// func MulAdd(dst, a, b, c []float32)
TEXT ·MulAdd(SB), NOSPLIT, $0-96
	MOV  dst_base+0(FP), DST
	MOV  dst_len+8(FP), N
	MOV  a_base+24(FP), A
	MOV  b_base+48(FP), B
	MOV  c_base+72(FP), C
	BEQZ N, done

loop:
	MOVF   (A), F0
	MOVF   (B), F1
	MOVF   (C), F2
	ADD    $4, A
	ADD    $4, B
	ADD    $4, C
	FMADDS F0, F1, F2, F0
	ADD    $-1, N
	MOVF   F0, (DST)
	ADD    $4, DST
	BNEZ   N, loop

done:
	RET

// func Blend(h, z, hprev, n []float32)
TEXT ·Blend(SB), NOSPLIT, $0-96
	MOV  h_base+0(FP), DST
	MOV  h_len+8(FP), N
	MOV  z_base+24(FP), A
	MOV  hprev_base+48(FP), B
	MOV  n_base+72(FP), C
	BEQZ N, done

loop:
	MOVF   (A), F0
	MOVF   (B), F1
	MOVF   (C), F2
	ADD    $4, A
	ADD    $4, B
	ADD    $4, C
	FSUBS  F2, F1, F1
	FMADDS F0, F1, F2, F0
	ADD    $-1, N
	MOVF   F0, (DST)
	ADD    $4, DST
	BNEZ   N, loop

done:
	RET
